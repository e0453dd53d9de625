//! What is counted of the shared cache, under which names.

use std::sync::atomic::{AtomicU64, Ordering};

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use tokio::time::Instant;

use super::line::Trouble;

const REQUESTS: &str = "gonggang_shared_cache_requests_total";
const CONNECTED: &str = "gonggang_shared_cache_connected";
/// Seconds that the shared cache took to answer, by command.
pub const SECONDS: &str = "gonggang_shared_cache_seconds";

/// What came of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Hit,
    Miss,
    Stored,
    /// A value that no replica of this version wrote.
    Unreadable,
    /// The server refused it, failed or was too slow.
    Failed,
    /// Not sent: the server does not answer.
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

/// Says what each name means.
pub(in crate::cache) fn describe() {
    describe_counter!(
        REQUESTS,
        "Commands to the shared cache, by what came of them."
    );
    describe_gauge!(CONNECTED, "1 while the shared cache answers.");
    describe_histogram!(SECONDS, "Seconds that the shared cache took to answer.");
    for (_, name) in OUTCOMES {
        counter!(REQUESTS, "result" => name).absolute(0);
    }
}

/// Whether there is a connection.
pub(super) fn connected(is_connected: bool) {
    gauge!(CONNECTED).set(f64::from(u8::from(is_connected)));
}

/// Commands by what came of them.
#[derive(Debug, Default)]
pub(super) struct Counts([AtomicU64; OUTCOMES.len()]);

impl Counts {
    pub(super) fn count(&self, outcome: Outcome) {
        let (_, name) = OUTCOMES[outcome as usize];
        self.0[outcome as usize].fetch_add(1, Ordering::Relaxed);
        counter!(REQUESTS, "result" => name).increment(1);
    }

    /// Measures a command that was sent.
    pub(super) async fn timed<T>(
        &self,
        command: &'static str,
        asked: impl Future<Output = Result<T, Trouble>>,
    ) -> Result<T, Trouble> {
        let began = Instant::now();
        let answer = asked.await;
        if !matches!(answer, Err(Trouble::NotConnected)) {
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

impl From<Trouble> for Outcome {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::NotConnected => Self::NotConnected,
            Trouble::Lost | Trouble::Refused => Self::Failed,
        }
    }
}
