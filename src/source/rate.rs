//! How often a site is asked: evenly spaced, first come, first served.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout_at};

/// The runtime's clock, so that a wait and the limiter agree on the time.
#[derive(Debug, Clone)]
struct RuntimeClock {
    began: Instant,
}

impl Clock for RuntimeClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        self.began.elapsed().into()
    }
}

/// Turns at one site.
pub(super) struct Rate {
    limiter: RateLimiter<NotKeyed, InMemoryState, RuntimeClock, NoOpMiddleware<Nanos>>,
    /// From one turn to the next.
    period: Duration,
    /// Held by whoever is next. The runtime's mutex is fair, the limiter is not.
    next: Mutex<()>,
    waiting: AtomicU32,
}

impl Rate {
    /// So many turns a second; one at a time, or a quiet second would be followed by a flood.
    pub(super) fn new(per_second: NonZeroU32) -> Self {
        let quota = Quota::per_second(per_second).allow_burst(NonZeroU32::MIN);
        let clock = RuntimeClock {
            began: Instant::now(),
        };
        Self {
            limiter: RateLimiter::direct_with_clock(quota, clock),
            period: Duration::from_secs(1) / per_second.get(),
            next: Mutex::new(()),
            waiting: AtomicU32::new(0),
        }
    }

    /// Waits for a turn. Where it may come too late for `deadline` the wait it would take is told
    /// instead, at once.
    pub(super) async fn turn(&self, deadline: Instant) -> Result<(), Duration> {
        let waiting = Waiting::join(&self.waiting);
        let wait = self.period * (waiting.ahead + 1);
        if Instant::now() + wait >= deadline {
            return Err(wait);
        }
        timeout_at(deadline, self.first_in_line())
            .await
            .map_err(|_| self.period)
    }

    async fn first_in_line(&self) {
        let _next = self.next.lock().await;
        while let Err(too_early) = self.limiter.check() {
            sleep(too_early.wait_time_from(self.limiter.clock().now())).await;
        }
    }
}

/// A place in the line, given up when it is dropped.
struct Waiting<'a> {
    line: &'a AtomicU32,
    /// How many came before.
    ahead: u32,
}

impl<'a> Waiting<'a> {
    fn join(line: &'a AtomicU32) -> Self {
        let ahead = line.fetch_add(1, Ordering::Relaxed);
        Self { line, ahead }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.line.fetch_sub(1, Ordering::Relaxed);
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
    async fn turns_are_evenly_spaced_whatever_the_crowd() {
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
    async fn who_would_wait_too_long_is_told_at_once_and_for_how_long() {
        let (rate, began) = (four_a_second(), Instant::now());
        let deadline = began + Duration::from_millis(600);
        let told = join_all((0..5).map(|_| rate.turn(deadline))).await;
        assert_eq!(told.iter().filter(|turn| turn.is_ok()).count(), 3);
        assert_eq!(told[3..], [Err(Duration::from_millis(750)); 2]);
        assert_eq!(rate.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn who_leaves_takes_no_turn() {
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
