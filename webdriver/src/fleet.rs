//! The fleet: started, asked for visits, shut down.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};

use tokio::{
    sync::{Semaphore, oneshot},
    time::timeout,
};
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};

use crate::{
    authorities::TrustStore,
    config::{Browser, Endpoint, FleetConfig, LocalEndpoint},
    connection::Connection,
    driver::LocalDrivers,
    driver_spawner::DriverSpawner,
    error::{StartError, Step, VisitError},
    find::find_binaries,
    processes,
    queue::{Job, Queue, Refusal},
    reaper::Reaper,
    relay::Relay,
    remote_session::RemoteEnd,
    session::{Backend, Session, SessionFactory},
    slot::Slot,
    status::{FleetStatus, StatusBoard, millis},
    visit::{Visit, Visited},
    watch,
};

/// A supervised pool of browser sessions.
///
/// Dropping it kills the browsers and drivers it started; [`Fleet::shutdown`] lets visits finish.
#[derive(Debug)]
pub struct Fleet {
    shared: Arc<Shared>,
    slots: TaskTracker,
    /// Stops the slot tasks when the fleet is dropped.
    _stop: DropGuard,
}

/// What callers and slot tasks share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) factory: SessionFactory,
    pub(crate) status: StatusBoard,
    pub(crate) queue: Queue,
    /// One for each slot that may renew its session at a time: half of them, so that the others serve.
    pub(crate) renewals: Arc<Semaphore>,
    /// For each slot, what its session takes beyond its bounds.
    pub(crate) excess: Vec<watch::Sender>,
    /// Cancelled when slot tasks shall end, whatever they do.
    pub(crate) stop: CancellationToken,
    /// Visits admitted and not yet answered; closed: no more are admitted.
    in_flight: TaskTracker,
}

/// A visit that a session has taken. It goes on, and is cleaned up after, if this is dropped.
#[derive(Debug)]
pub struct RunningVisit<'a> {
    fleet: &'a Fleet,
    answer: oneshot::Receiver<Result<Visited, VisitError>>,
    deadline: Instant,
}

impl RunningVisit<'_> {
    /// Waits for what the page gives.
    ///
    /// # Errors
    /// See [`VisitError`]. None of them comes later than the visit's deadline.
    pub async fn finish(self) -> Result<Visited, VisitError> {
        self.fleet.await_answer(self.answer, self.deadline).await
    }
}

impl Fleet {
    /// Finds the programs, opens the first session and leaves the others to their slots.
    ///
    /// # Errors
    /// Whatever keeps the first session from being opened: a fleet that starts has worked once.
    pub async fn start(config: FleetConfig) -> Result<Self, StartError> {
        if config.slots == 0 {
            return Err(StartError::NoSlots);
        }
        let factory = session_factory(config).await?;
        let first = Session::open(&factory, &mut None).await?;
        let shared = Arc::new(Shared::new(factory));
        let slots = TaskTracker::new();
        let mut first = Some(first);
        for number in 0..shared.factory.config.slots {
            slots.spawn(supervise(number, Arc::clone(&shared), first.take()));
        }
        if matches!(shared.factory.backend, Backend::Local(_)) {
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
    /// Cancel-safe: a caller that leaves while waiting frees its place; a visit that has begun is
    /// finished and cleaned up after without it.
    ///
    /// # Errors
    /// See [`VisitError`]. None of them comes later than the visit's deadline.
    pub async fn visit(&self, visit: Visit) -> Result<Visited, VisitError> {
        self.begin(visit).await?.finish().await
    }

    /// Waits for a session and sets the visit going on it: the first half of [`Fleet::visit`], for
    /// callers who would rather leave while they wait than once it has begun.
    ///
    /// Cancel-safe: a caller that leaves frees its place, and nothing was done.
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

    /// A slot keeps the deadline by itself, except while it opens the session for a second try.
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

    /// Whether a live session answered lately, and visits are taken.
    pub fn is_ready(&self) -> bool {
        let limits = &self.shared.factory.config.limits;
        let lately = 3 * limits.probe;
        let last = self.shared.status.last_answer_of_a_live_session();
        !self.shared.in_flight.is_closed() && last.is_some_and(|ago| ago < lately)
    }

    /// The fleet at this moment.
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

    /// Bytes of memory that our drivers and browsers take; `None` where they run elsewhere. Reads
    /// `/proc`, about 20 ms a session: not for a thread that others wait for.
    pub fn memory(&self) -> Option<u64> {
        if matches!(self.shared.factory.backend, Backend::Remote(_)) {
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

    /// Takes no more visits, gives the admitted ones `grace` to finish, then ends every session,
    /// driver and browser and removes what they wrote.
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

impl Shared {
    fn new(factory: SessionFactory) -> Self {
        Self {
            status: StatusBoard::new(factory.config.slots),
            queue: Queue::new(factory.config.queue),
            excess: (0..factory.config.slots)
                .map(|_| watch::Sender::new(None))
                .collect(),
            renewals: Arc::new(Semaphore::new(factory.config.slots.div_ceil(2))),
            stop: CancellationToken::new(),
            in_flight: TaskTracker::new(),
            factory,
        }
    }
}

fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

async fn session_factory(mut config: FleetConfig) -> Result<SessionFactory, StartError> {
    let backend = match &config.endpoint {
        Endpoint::Local(local) => Backend::Local(Box::new(local_drivers(&config, local).await?)),
        Endpoint::Remote(url) => {
            let remote = RemoteEnd::new(Connection::new(url)?, config.limits);
            Backend::Remote(Arc::new(remote))
        }
    };
    if let Backend::Local(drivers) = &backend
        && let Some(relay) = &drivers.relay
    {
        config.browser.proxy = Some(relay.address().clone());
    }
    Ok(SessionFactory { config, backend })
}

async fn local_drivers(
    config: &FleetConfig,
    local: &LocalEndpoint,
) -> Result<LocalDrivers, StartError> {
    let thread = |source| StartError::NotStarted {
        path: "driver-spawner".into(),
        source,
    };
    let binaries = find_binaries(config.browser.kind, local)?;
    let reaper = Reaper::start(local.temp_dir.as_deref()).map_err(StartError::TempDir)?;
    let trust = match config.browser.authorities.as_slice() {
        [] => None,
        _ if config.browser.kind == Browser::Firefox => None,
        authorities => Some(TrustStore::create(reaper.root(), authorities).await?),
    };
    let relay = match &config.browser.proxy {
        Some(proxy) => Some(Relay::start(proxy, &config.browser).await),
        None => None,
    };
    Ok(LocalDrivers {
        kind: config.browser.kind,
        binaries,
        reaper: Arc::new(reaper),
        spawner: DriverSpawner::start().map_err(thread)?,
        trust,
        relay: relay.transpose().map_err(StartError::Relay)?,
    })
}

/// When those who wait now will have been served, if visits take as long as they lately did, or will have left: none
/// waits for longer than `queue_timeout`.
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

/// A slot whose task panics is begun anew: the number of slots never changes.
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
    fn callers_are_served_in_rounds_of_as_many_as_there_are_sessions() {
        let (second, timeout) = (Duration::from_secs(1), Duration::from_secs(5));
        assert_eq!(until_served(second, 0, 2, timeout), second);
        assert_eq!(until_served(second, 4, 2, timeout), 3 * second);
    }

    /// Sixteen callers wait at a session whose last visits took 10 s: after 5 s the queue is empty.
    #[test]
    fn no_caller_is_sent_away_for_longer_than_the_queue_can_be_full() {
        let (slow, timeout) = (Duration::from_secs(10), Duration::from_secs(5));
        assert_eq!(until_served(slow, 16, 1, timeout), timeout);
    }
}
