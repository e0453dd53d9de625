//! A fair, bounded, cancel-safe queue of callers that wait for a session.
//!
//! A slot with a ready session adds a permit to a semaphore. A caller takes one and sends its visit to
//! the first slot that receives it. Callers wait in the semaphore, which is first-in, first-out and
//! drops those that leave.
//!
//! Invariant: slots that wait for a visit = permits + visits sent and not yet taken. It holds because
//! there is no await between taking a permit and sending.

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
    /// How often it was started.
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

    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(SeqCst)
    }

    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    /// Waits for a session and sends the job made by `job` (given the time waited) to it.
    ///
    /// Cancel-safe: a caller that leaves while it waits frees its place. After the job was sent it
    /// holds nothing.
    pub(crate) async fn send(
        &self,
        limit: Duration,
        job: impl FnOnce(Duration) -> Job,
    ) -> Result<(), Refusal> {
        let began = Instant::now();
        self.acquire(limit).await?;
        // No await from here on, for the invariant.
        self.jobs
            .0
            .try_send(job(began.elapsed()))
            .map_err(|_| Refusal::Closed)
    }

    /// The semaphore gives permits to waiters first, so `try_acquire` overtakes none of them.
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

    /// A slot takes its offer back. `false`: a caller has taken it, and a visit may be on its way.
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

    /// Refuses all callers that wait, and drops the visits that no slot has taken.
    pub(crate) fn close(&self) {
        self.ready.close();
        self.jobs.0.close();
        while self.jobs.1.try_recv().is_ok() {}
    }
}

/// A place in the queue, freed on drop.
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

    use futures_util::future::LocalBoxFuture;

    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    #[tokio::test]
    async fn a_caller_beyond_the_capacity_is_refused_at_once() {
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
    async fn no_caller_waits_longer_than_the_limit() {
        let queue = Queue::new(1);
        let refusal = Refusal::Timeout { waited: LONG };
        assert_eq!(queue.acquire(LONG).await, Err(refusal));
        assert_eq!(queue.waiting(), 0);
    }

    #[tokio::test]
    async fn an_offer_can_be_withdrawn_until_a_caller_takes_it() {
        let queue = Queue::new(1);
        queue.offer();
        assert!(queue.withdraw());
        queue.offer();
        assert_eq!(queue.acquire(LONG).await, Ok(()));
        assert!(!queue.withdraw());
    }

    #[tokio::test]
    async fn a_closed_queue_refuses_callers() {
        let queue = Queue::new(1);
        queue.close();
        assert_eq!(queue.acquire(LONG).await, Err(Refusal::Closed));
    }

    /// One step of a slot or a caller.
    #[derive(Debug, Clone, Copy)]
    enum Move {
        SlotOffers,
        SlotWithdraws,
        SlotTakes,
        CallerComes,
        /// The caller that came first leaves, whatever it waits for.
        CallerLeaves,
        CallersGoOn,
    }

    const MOVES: [Move; 6] = [
        Move::SlotOffers,
        Move::SlotWithdraws,
        Move::SlotTakes,
        Move::CallerComes,
        Move::CallerLeaves,
        Move::CallersGoOn,
    ];

    type Sending<'a> = LocalBoxFuture<'a, Result<(), Refusal>>;

    /// Two slots, and callers as futures polled by hand.
    struct World<'a> {
        queue: &'a Queue,
        callers: Vec<Sending<'a>>,
        waiting_slots: usize,
    }

    impl<'a> World<'a> {
        fn go(&mut self, step: Move) {
            match step {
                Move::SlotOffers if self.waiting_slots < 2 => {
                    self.queue.offer();
                    self.waiting_slots += 1;
                }
                Move::SlotWithdraws if self.waiting_slots > 0 && self.queue.withdraw() => {
                    self.waiting_slots -= 1;
                }
                Move::SlotTakes => {
                    let taken = self.queue.jobs.1.try_recv().is_ok();
                    self.waiting_slots -= usize::from(taken);
                }
                Move::CallerComes => {
                    let queue: &'a Queue = self.queue;
                    self.callers.push(Box::pin(queue.send(LONG, job)));
                    self.poll_all();
                }
                Move::CallerLeaves if !self.callers.is_empty() => drop(self.callers.remove(0)),
                Move::CallersGoOn => self.poll_all(),
                _ => {}
            }
        }

        fn poll_all(&mut self) {
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            self.callers
                .retain_mut(|caller| caller.as_mut().poll(&mut context).is_pending());
        }

        /// Checks the invariant before and after all callers are polled. A permit on its way to a
        /// caller is neither available nor sent until that caller is polled or leaves.
        fn check(&mut self, steps: &[Move]) {
            let sent = self.queue.jobs.1.len();
            let accounted = self.queue.ready.available_permits() + sent;
            assert!(
                accounted <= self.waiting_slots,
                "a visit without a slot: {steps:?}"
            );
            self.poll_all();
            let sent = self.queue.jobs.1.len();
            let accounted = self.queue.ready.available_permits() + sent;
            assert_eq!(accounted, self.waiting_slots, "a slot is lost: {steps:?}");
            assert_eq!(
                self.callers.len(),
                self.queue.waiting(),
                "a place is lost: {steps:?}"
            );
        }
    }

    fn job(queued: Duration) -> Job {
        let visit = Visit {
            url: url::Url::parse("about:blank").expect("an address"),
            script: "".into(),
            args: Vec::new(),
            is_final: None,
            page_timeout: LONG,
            deadline: Instant::now(),
        };
        Job {
            visit,
            queued,
            tries: 0,
            reply: oneshot::channel().0,
            in_flight: tokio_util::task::TaskTracker::new().token(),
        }
    }

    /// All 55 986 orders of up to six steps. Polling by hand must not use up the test's own budget in
    /// the runtime.
    #[tokio::test]
    async fn no_order_of_steps_loses_a_slot_or_a_place() {
        tokio::task::unconstrained(async {
            for length in 1..=6_u32 {
                for number in 0..MOVES.len().pow(length) {
                    let digit = |place| number / MOVES.len().pow(place) % MOVES.len();
                    live(
                        &(0..length)
                            .map(|place| MOVES[digit(place)])
                            .collect::<Vec<_>>(),
                    );
                }
            }
        })
        .await;
    }

    fn live(steps: &[Move]) {
        let queue = Queue::new(2);
        let mut world = World {
            queue: &queue,
            callers: Vec::new(),
            waiting_slots: 0,
        };
        for step in steps {
            world.go(*step);
        }
        world.check(steps);
    }
}
