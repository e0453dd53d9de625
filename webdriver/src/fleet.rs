//! The fleet: starting it, visits, shutting it down.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};

use tokio::{sync::oneshot, time::timeout};
use tokio_util::{
    sync::DropGuard,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};

use crate::{
    config::FleetConfig,
    error::{StartError, Step, VisitError},
    processes,
    queue::{Job, Refusal},
    session::Session,
    session_factory::SessionFactory,
    shared::Shared,
    slot::Slot,
    status::{FleetStatus, millis},
    visit::{Visit, Visited},
    watch,
};

/// A supervised pool of browser sessions.
///
/// Dropping it kills its browsers and drivers. [`Fleet::shutdown`] lets visits finish first.
#[derive(Debug)]
pub struct Fleet {
    shared: Arc<Shared>,
    slots: TaskTracker,
    /// Stops the slot tasks on drop.
    _stop: DropGuard,
}

/// A visit that a session has taken. It finishes, and is cleaned up after, even if this is dropped.
#[derive(Debug)]
pub struct RunningVisit<'a> {
    fleet: &'a Fleet,
    answer: oneshot::Receiver<Result<Visited, VisitError>>,
    deadline: Instant,
}

impl RunningVisit<'_> {
    /// Waits for the result.
    ///
    /// # Errors
    /// See [`VisitError`]. None of them comes later than the visit's deadline.
    pub async fn finish(self) -> Result<Visited, VisitError> {
        self.fleet.await_answer(self.answer, self.deadline).await
    }
}

impl Fleet {
    /// Finds the programs and opens the first session. The slots open the others in the background.
    ///
    /// # Errors
    /// The first session cannot be opened.
    pub async fn start(config: FleetConfig) -> Result<Self, StartError> {
        if config.slots == 0 {
            return Err(StartError::NoSlots);
        }
        let factory = SessionFactory::create(config).await?;
        let first = factory.open(&mut None).await?;
        let shared = Arc::new(Shared::new(factory));
        let slots = TaskTracker::new();
        let mut first = Some(first);
        for number in 0..shared.factory.config.slots {
            slots.spawn(supervise(number, Arc::clone(&shared), first.take()));
        }
        if shared.factory.is_local() {
            slots.spawn(watch::watch(Arc::clone(&shared)));
        }
        slots.close();
        let stop = shared.stop.clone().drop_guard();
        Ok(Self {
            shared,
            slots,
            _stop: stop,
        })
    }

    /// Loads a page and runs a script in it.
    ///
    /// Cancel-safe: a caller that leaves while it waits frees its place. A visit that has started
    /// finishes without the caller, and is cleaned up after.
    ///
    /// # Errors
    /// See [`VisitError`]. None of them comes later than the visit's deadline.
    pub async fn visit(&self, visit: Visit) -> Result<Visited, VisitError> {
        self.begin(visit).await?.finish().await
    }

    /// Waits for a session and starts the visit on it: the first half of [`Fleet::visit`], for callers
    /// that may leave before the visit has started, but not after.
    ///
    /// Cancel-safe: a caller that leaves frees its place, and no visit is started.
    ///
    /// # Errors
    /// See [`VisitError`].
    pub async fn begin(&self, visit: Visit) -> Result<RunningVisit<'_>, VisitError> {
        let in_flight = self.admit()?;
        let deadline = visit.deadline;
        let (reply, answer) = oneshot::channel();
        let job = |queued| Job {
            visit,
            queued,
            tries: 0,
            reply,
            in_flight,
        };
        let limit = self.shared.factory.config.queue_timeout;
        let sent = self.shared.queue.send(limit.min(left(deadline)), job).await;
        sent.map_err(|refusal| self.refused(&refusal))?;
        Ok(RunningVisit {
            fleet: self,
            answer,
            deadline,
        })
    }

    fn admit(&self) -> Result<TaskTrackerToken, VisitError> {
        if self.shared.in_flight.is_closed() {
            return Err(VisitError::Draining);
        }
        self.check_available()?;
        Ok(self.shared.in_flight.token())
    }

    fn check_available(&self) -> Result<(), VisitError> {
        match self.shared.status.all_down() {
            Some((message, retry_after)) => Err(VisitError::Unavailable {
                message,
                retry_after,
            }),
            None => Ok(()),
        }
    }

    fn refused(&self, refusal: &Refusal) -> VisitError {
        let retry_after = self.retry_after();
        match *refusal {
            Refusal::Full { waiting } => VisitError::QueueFull {
                waiting,
                retry_after,
            },
            Refusal::Timeout { waited } => match self.check_available() {
                Err(unavailable) => unavailable,
                Ok(()) => VisitError::QueueTimeout {
                    waited,
                    retry_after,
                },
            },
            Refusal::Closed => VisitError::Draining,
        }
    }

    fn retry_after(&self) -> Duration {
        let config = &self.shared.factory.config;
        let waiting = self.shared.queue.waiting();
        let service_time = self.shared.status.service_time();
        until_served(service_time, waiting, config.slots, config.queue_timeout)
    }

    /// A slot keeps the deadline itself, except while it opens a session for a second try.
    async fn await_answer(
        &self,
        answer: oneshot::Receiver<Result<Visited, VisitError>>,
        deadline: Instant,
    ) -> Result<Visited, VisitError> {
        let limit = left(deadline);
        match timeout(limit, answer).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) if self.shared.stop.is_cancelled() => Err(VisitError::Draining),
            Ok(Err(_)) => Err(VisitError::Crashed {
                step: Step::Script,
                message: "the slot's task ended".into(),
            }),
            Err(_) => Err(VisitError::Timeout {
                step: Step::Connect,
                after: limit,
            }),
        }
    }

    /// Whether visits are taken and an open session has answered within three probe intervals.
    pub fn is_ready(&self) -> bool {
        let limits = &self.shared.factory.config.limits;
        let lately = 3 * limits.probe;
        let last = self.shared.status.last_answer_of_a_live_session();
        !self.shared.in_flight.is_closed() && last.is_some_and(|ago| ago < lately)
    }

    /// The state of the fleet now.
    pub fn status(&self) -> FleetStatus {
        let Shared { status, queue, .. } = &*self.shared;
        FleetStatus {
            slots: status.slots(),
            queue: queue.waiting(),
            queue_capacity: queue.capacity(),
            draining: self.shared.in_flight.is_closed(),
            opened: status.opened.load(Relaxed),
            failed_to_open: status.failed_to_open.load(Relaxed),
            closed: status.closed_by_reason(),
            visits: status.visits.load(Relaxed),
            retried: status.retried.load(Relaxed),
            refused_requests: status.refused.load(Relaxed) + self.shared.factory.refused(),
            site_faults: status.site_faults.by_reason(),
            last_site_fault: status.site_faults.last(),
            last_answered_ms: status.last_answered().map(millis),
            service_time_ms: status.service_time().as_secs_f64() * 1000.0,
            drivers_tied: self.shared.factory.ties_drivers_to_us(),
        }
    }

    /// Bytes of memory that local drivers and browsers use; `None` for a remote endpoint. Reads
    /// `/proc` for about 20 ms a session, so do not call it on a runtime's thread.
    pub fn memory(&self) -> Option<u64> {
        if !self.shared.factory.is_local() {
            return None;
        }
        let slots = self.shared.status.slots();
        let groups = slots.iter().filter_map(|slot| slot.process_group);
        let usages = processes::usages(&groups.collect::<Vec<_>>());
        let taken = usages
            .iter()
            .map(|usage| processes::proportional(&usage.members));
        Some(taken.sum())
    }

    /// Refuses new visits and gives admitted ones `grace` to finish. Then ends every session, driver
    /// and browser, and removes their files.
    pub async fn shutdown(&self, grace: Duration) {
        self.shared.in_flight.close();
        if timeout(grace, self.shared.in_flight.wait()).await.is_err() {
            tracing::warn!(?grace, "visits are still running and are cut off");
        }
        self.shared.stop.cancel();
        self.shared.queue.close();
        self.slots.wait().await;
        self.shared.factory.clear().await;
    }
}

fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

/// When the callers that wait now will have been served, at the mean service time. At most
/// `queue_timeout`, after which all of them have left.
fn until_served(
    service_time: Duration,
    waiting: usize,
    slots: usize,
    queue_timeout: Duration,
) -> Duration {
    let rounds = (waiting + 1).div_ceil(slots.max(1));
    let rounds = u32::try_from(rounds).unwrap_or(u32::MAX);
    service_time.saturating_mul(rounds).min(queue_timeout)
}

/// Restarts a slot whose task panics, so the number of slots never changes.
async fn supervise(number: usize, shared: Arc<Shared>, first: Option<Session>) {
    let mut first = first;
    loop {
        let slot = Slot {
            number,
            shared: Arc::clone(&shared),
        };
        match tokio::spawn(slot.run(first.take())).await {
            Err(error) if error.is_panic() => tracing::error!(number, "slot task panicked"),
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_round_serves_as_many_callers_as_there_are_sessions() {
        let (second, timeout) = (Duration::from_secs(1), Duration::from_secs(5));
        assert_eq!(until_served(second, 0, 2, timeout), second);
        assert_eq!(until_served(second, 4, 2, timeout), 3 * second);
    }

    /// Sixteen callers wait at a session whose last visits took 10 s: after 5 s the queue is empty.
    #[test]
    fn retry_after_is_never_longer_than_the_queue_can_be_full() {
        let (slow, timeout) = (Duration::from_secs(10), Duration::from_secs(5));
        assert_eq!(until_served(slow, 16, 1, timeout), timeout);
    }
}
