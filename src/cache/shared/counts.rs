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
pub(super) enum CommandOutcome {
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

const OUTCOMES: [(CommandOutcome, &str); 6] = [
    (CommandOutcome::Hit, "hit"),
    (CommandOutcome::Miss, "miss"),
    (CommandOutcome::Stored, "stored"),
    (CommandOutcome::Unreadable, "unreadable"),
    (CommandOutcome::Failed, "error"),
    (CommandOutcome::NotConnected, "not_connected"),
];

/// Describes each metric.
pub(crate) fn describe() {
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
pub(super) struct CommandCounts([AtomicU64; OUTCOMES.len()]);

impl CommandCounts {
    pub(super) fn count(&self, outcome: CommandOutcome) {
        let (_, name) = OUTCOMES[outcome as usize];
        self.0[outcome as usize].fetch_add(1, Ordering::Relaxed);
        counter!(REQUESTS, "result" => name).increment(1);
    }

    /// Measures a command, if it was sent.
    pub(super) async fn timed<T>(
        &self,
        command: &'static str,
        asked: impl Future<Output = Result<T, CommandOutcome>>,
    ) -> Result<T, CommandOutcome> {
        let began = Instant::now();
        let answer = asked.await;
        if !matches!(answer, Err(CommandOutcome::NotConnected)) {
            histogram!(SECONDS, "command" => command).record(began.elapsed());
        }
        answer
    }

    pub(super) fn hits(&self) -> u64 {
        self.of(CommandOutcome::Hit)
    }

    pub(super) fn misses(&self) -> u64 {
        self.of(CommandOutcome::Miss)
    }

    pub(super) fn errors(&self) -> u64 {
        let errors = [
            CommandOutcome::Unreadable,
            CommandOutcome::Failed,
            CommandOutcome::NotConnected,
        ];
        errors.map(|outcome| self.of(outcome)).iter().sum()
    }

    fn of(&self, outcome: CommandOutcome) -> u64 {
        self.0[outcome as usize].load(Ordering::Relaxed)
    }
}
