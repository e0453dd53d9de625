//! How old an answer is.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// When an answer was read, by two clocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Age {
    /// By the wall clock.
    pub(super) fetched_at: SystemTime,
    /// Its age when it came here: another replica may have read it.
    on_arrival: Duration,
    /// By the monotonic clock.
    arrived_at: Instant,
}

impl Age {
    /// Of an answer that was read just now.
    pub(super) fn new() -> Self {
        Self {
            fetched_at: SystemTime::now(),
            on_arrival: Duration::ZERO,
            arrived_at: Instant::now(),
        }
    }

    /// Of an answer that was read at `fetched_at`. Another replica's clock may be ahead of ours; then
    /// the age is zero.
    pub(super) fn since(fetched_at: SystemTime) -> Self {
        Self {
            fetched_at,
            on_arrival: fetched_at.elapsed().unwrap_or_default(),
            arrived_at: Instant::now(),
        }
    }

    /// The longer of what both clocks say: the wall clock may have been set back, and the monotonic
    /// clock stands still while the machine sleeps.
    pub(super) fn elapsed(&self) -> Duration {
        let by_wall = self.fetched_at.elapsed().unwrap_or_default();
        self.on_arrival
            .saturating_add(self.arrived_at.elapsed())
            .max(by_wall)
    }
}
