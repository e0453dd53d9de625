//! The rate at which a site is asked: evenly spaced turns, first come, first served.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until, timeout_at};

/// Turns at one site.
pub(super) struct Rate {
    /// From one turn to the next.
    period: Duration,
    /// When the next turn is due. The mutex is fair, so callers get their turns in order.
    next: Mutex<Instant>,
    waiting: AtomicU32,
}

impl Rate {
    pub(super) fn new(per_second: NonZeroU32) -> Self {
        Self {
            period: Duration::from_secs(1) / per_second.get(),
            next: Mutex::new(Instant::now()),
            waiting: AtomicU32::new(0),
        }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// The expected wait, at once, where it would end after `deadline`.
    pub(super) async fn turn(&self, deadline: Instant) -> Result<(), Duration> {
        let waiting = Waiting::join(&self.waiting);
        let wait = self.period * (waiting.ahead + 1);
        if Instant::now() + wait >= deadline {
            return Err(wait);
        }
        timeout_at(deadline, self.next_turn())
            .await
            .map_err(|_| self.period)
    }

    /// A caller that leaves before its turn takes none.
    async fn next_turn(&self) {
        let mut next = self.next.lock().await;
        sleep_until(*next).await;
        *next = Instant::now() + self.period;
    }
}

/// A place in the queue until it is dropped.
struct Waiting<'a> {
    queue: &'a AtomicU32,
    /// Callers that came before.
    ahead: u32,
}

impl<'a> Waiting<'a> {
    fn join(queue: &'a AtomicU32) -> Self {
        let ahead = queue.fetch_add(1, Ordering::Relaxed);
        Self { queue, ahead }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.queue.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;

    use super::*;

    fn four_a_second() -> Rate {
        Rate::new(NonZeroU32::new(4).unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn turns_are_evenly_spaced_for_any_number_of_callers() {
        let (rate, began) = (four_a_second(), Instant::now());
        let deadline = began + Duration::from_mins(1);
        let turns = (0..9).map(|_| async {
            rate.turn(deadline).await.unwrap();
            began.elapsed().as_millis() / 10
        });
        let turns = join_all(turns).await;
        assert_eq!(turns, [0, 25, 50, 75, 100, 125, 150, 175, 200]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_would_wait_past_its_deadline_learns_the_wait_at_once() {
        let (rate, began) = (four_a_second(), Instant::now());
        let deadline = began + Duration::from_millis(600);
        let told = join_all((0..5).map(|_| rate.turn(deadline))).await;
        assert_eq!(told.iter().filter(|turn| turn.is_ok()).count(), 3);
        assert_eq!(told[3..], [Err(Duration::from_millis(750)); 2]);
        assert_eq!(rate.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_leaves_takes_no_turn() {
        let (rate, began) = (four_a_second(), Instant::now());
        let deadline = began + Duration::from_mins(1);
        rate.turn(deadline).await.unwrap();
        for _ in 0..10 {
            let soon = began + Duration::from_millis(1);
            assert!(timeout_at(soon, rate.turn(deadline)).await.is_err());
        }
        rate.turn(deadline).await.unwrap();
        assert!(
            began.elapsed() < Duration::from_millis(300),
            "{:?}",
            began.elapsed()
        );
    }
}
