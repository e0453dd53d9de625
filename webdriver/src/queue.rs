//! Who may have a session, and who must wait: a fair, bounded, cancel-safe queue.
//!
//! A slot with a session ready puts one permit into a semaphore; a caller takes one and sends its
//! visit to whichever slot comes first. Callers wait in the semaphore, which is FIFO and forgets
//! those who leave. Invariant: slots that wait for a visit = permits + visits sent and not yet taken,
//! because nothing is awaited between taking a permit and sending.

use std::{
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    time::{Duration, Instant},
};

use tokio::{
    sync::{Semaphore, oneshot},
    time::timeout,
};
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::{
    error::VisitError,
    visit::{Visit, Visited},
};

/// A visit on its way to a slot.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) visit: Visit,
    /// How long it waited for a session.
    pub(crate) queued: Duration,
    /// How often it was begun.
    pub(crate) tries: u32,
    pub(crate) reply: oneshot::Sender<Result<Visited, VisitError>>,
    /// Shutting down waits for this.
    pub(crate) in_flight: TaskTrackerToken,
}

/// Why a caller got no session.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Full { waiting: usize },
    Timeout { waited: Duration },
    Closed,
}

#[derive(Debug)]
pub(crate) struct Queue {
    ready: Semaphore,
    waiting: AtomicUsize,
    capacity: usize,
    jobs: (async_channel::Sender<Job>, async_channel::Receiver<Job>),
}

impl Queue {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            ready: Semaphore::new(0),
            waiting: AtomicUsize::new(0),
            capacity,
            jobs: async_channel::unbounded(),
        }
    }

    /// Callers waiting now.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(SeqCst)
    }

    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    /// Waits for a session and sends the job made by `job` (given the time waited) to it.
    ///
    /// Cancel-safe: a caller that leaves while waiting gives up its place, and one that left after
    /// the job was sent has nothing more to give up.
    pub(crate) async fn send(
        &self,
        limit: Duration,
        job: impl FnOnce(Duration) -> Job,
    ) -> Result<(), Refusal> {
        let began = Instant::now();
        self.acquire(limit).await?;
        // No await from here on: see the invariant.
        self.jobs
            .0
            .try_send(job(began.elapsed()))
            .map_err(|_| Refusal::Closed)
    }

    /// The semaphore hands permits to waiters first, so trying does not overtake anybody.
    async fn acquire(&self, limit: Duration) -> Result<(), Refusal> {
        if let Ok(permit) = self.ready.try_acquire() {
            permit.forget();
            return Ok(());
        }
        let _place = Place::take(self)?;
        match timeout(limit, self.ready.acquire()).await {
            Ok(Ok(permit)) => {
                permit.forget();
                Ok(())
            }
            Ok(Err(_)) => Err(Refusal::Closed),
            Err(_) => Err(Refusal::Timeout { waited: limit }),
        }
    }

    /// A slot has a session ready.
    pub(crate) fn offer(&self) {
        self.ready.add_permits(1);
    }

    /// A slot wants its session for itself. `false`: a visit is on its way already.
    pub(crate) fn withdraw(&self) -> bool {
        self.ready
            .try_acquire()
            .map(tokio::sync::SemaphorePermit::forget)
            .is_ok()
    }

    /// The next visit for a slot that made an offer.
    pub(crate) async fn next(&self) -> Option<Job> {
        self.jobs.1.recv().await.ok()
    }

    /// Sends everybody who waits away, and drops the visits no slot took.
    pub(crate) fn close(&self) {
        self.ready.close();
        self.jobs.0.close();
        while self.jobs.1.try_recv().is_ok() {}
    }
}

/// A place in the queue, given back however the wait ends.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(queue: &'a Queue) -> Result<Self, Refusal> {
        let more = |waiting| (waiting < queue.capacity).then_some(waiting + 1);
        match queue.waiting.fetch_update(SeqCst, SeqCst, more) {
            Ok(_) => Ok(Self(&queue.waiting)),
            Err(waiting) => Err(Refusal::Full { waiting }),
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    #[tokio::test]
    async fn one_caller_too_many_is_refused_at_once() {
        let queue = Arc::new(Queue::new(1));
        let first = tokio::spawn({
            let queue = Arc::clone(&queue);
            async move { queue.acquire(LONG).await }
        });
        while queue.waiting() == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(queue.acquire(LONG).await, Err(Refusal::Full { waiting: 1 }));
        queue.offer();
        assert_eq!(first.await.expect("no panic"), Ok(()));
        assert_eq!(queue.waiting(), 0);
    }

    #[tokio::test]
    async fn a_caller_that_leaves_frees_its_place() {
        let queue = Queue::new(1);
        let gone = timeout(Duration::ZERO, queue.acquire(LONG)).await;
        assert!(gone.is_err());
        assert_eq!(queue.waiting(), 0);
        queue.offer();
        assert_eq!(queue.acquire(LONG).await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_longer_than_the_limit() {
        let queue = Queue::new(1);
        let refusal = Refusal::Timeout { waited: LONG };
        assert_eq!(queue.acquire(LONG).await, Err(refusal));
        assert_eq!(queue.waiting(), 0);
    }

    #[tokio::test]
    async fn an_offer_can_be_taken_back_until_a_caller_has_it() {
        let queue = Queue::new(1);
        queue.offer();
        assert!(queue.withdraw());
        queue.offer();
        assert_eq!(queue.acquire(LONG).await, Ok(()));
        assert!(!queue.withdraw());
    }

    #[tokio::test]
    async fn closing_sends_everybody_away() {
        let queue = Queue::new(1);
        queue.close();
        assert_eq!(queue.acquire(LONG).await, Err(Refusal::Closed));
    }
}
