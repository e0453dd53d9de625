//! The shared cache's metrics.

use std::sync::atomic::{AtomicU64, Ordering};

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use tokio::time::Instant;

const REQUESTS: &str = "gonggang_shared_cache_requests_total";
const CONNECTED: &str = "gonggang_shared_cache_connected";
/// Seconds that the shared cache took to answer, by command.
pub const SECONDS: &str = "gonggang_shared_cache_seconds";

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Hit,
    Miss,
    Stored,
    /// The value is not in this version's format.
    Unreadable,
    /// The server refused the command, failed or was too slow.
    Failed,
    /// Not sent, for lack of a connection.
    NotConnected,
}

const OUTCOMES: [(Outcome, &str); 6] = [
    (Outcome::Hit, "hit"),
    (Outcome::Miss, "miss"),
    (Outcome::Stored, "stored"),
    (Outcome::Unreadable, "unreadable"),
    (Outcome::Failed, "error"),
    (Outcome::NotConnected, "not_connected"),
];

/// Describes each metric.
pub(in crate::cache) fn describe() {
    describe_counter!(REQUESTS, "Commands to the shared cache, by outcome.");
    describe_gauge!(CONNECTED, "1 while the shared cache answers.");
    describe_histogram!(SECONDS, "Seconds that the shared cache took to answer.");
    for (_, name) in OUTCOMES {
        counter!(REQUESTS, "result" => name).absolute(0);
    }
}

/// Shows whether there is a connection.
pub(super) fn connected(is_connected: bool) {
    gauge!(CONNECTED).set(f64::from(u8::from(is_connected)));
}

/// Commands by outcome.
#[derive(Debug, Default)]
pub(super) struct Counts([AtomicU64; OUTCOMES.len()]);

impl Counts {
    pub(super) fn count(&self, outcome: Outcome) {
        let (_, name) = OUTCOMES[outcome as usize];
        self.0[outcome as usize].fetch_add(1, Ordering::Relaxed);
        counter!(REQUESTS, "result" => name).increment(1);
    }

    /// Measures a command, if it was sent.
    pub(super) async fn timed<T>(
        &self,
        command: &'static str,
        asked: impl Future<Output = Result<T, Outcome>>,
    ) -> Result<T, Outcome> {
        let began = Instant::now();
        let answer = asked.await;
        if !matches!(answer, Err(Outcome::NotConnected)) {
            histogram!(SECONDS, "command" => command).record(began.elapsed());
        }
        answer
    }

    pub(super) fn hits(&self) -> u64 {
        self.of(Outcome::Hit)
    }

    pub(super) fn misses(&self) -> u64 {
        self.of(Outcome::Miss)
    }

    pub(super) fn errors(&self) -> u64 {
        let errors = [Outcome::Unreadable, Outcome::Failed, Outcome::NotConnected];
        errors.map(|outcome| self.of(outcome)).iter().sum()
    }

    fn of(&self, outcome: Outcome) -> u64 {
        self.0[outcome as usize].load(Ordering::Relaxed)
    }
}
