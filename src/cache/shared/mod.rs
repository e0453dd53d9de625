//! Answers that replicas share on a server that speaks the Redis protocol.
//!
//! It never slows a caller down by much: a question waits for it at most [`READ_LIMIT`], and not at all
//! without a connection. Writes happen in the background.

mod connection;
mod counts;
mod value;

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use utoipa::ToSchema;

use super::age::Age;
use super::entry::{CacheEntry, Definitive};
use super::url::CacheUrl;
use connection::RedisConnection;
pub use counts::SECONDS;
pub(super) use counts::describe;
use counts::{CommandCounts, CommandOutcome};
use timetable::share_link::Identifier;

/// Longest that a question waits for the server.
const READ_LIMIT: Duration = Duration::from_millis(50);
/// Longest that one write may take; no caller waits for it.
const WRITE_LIMIT: Duration = Duration::from_secs(1);
/// Answers that may wait to be written; further ones are dropped.
const WRITES: usize = 256;

/// The shared cache.
pub(super) struct SharedCache {
    connection: Arc<RedisConnection>,
    writes: mpsc::Sender<Write>,
    counts: Arc<CommandCounts>,
    /// End when this is dropped.
    _tasks: JoinSet<()>,
}

/// The shared cache at one moment.
#[derive(Debug, Serialize, ToSchema)]
pub struct SharedStatus {
    /// Whether the server answers.
    connected: bool,
    /// Answers found there.
    hits: u64,
    /// Questions without an answer there.
    misses: u64,
    /// Commands that failed, or were not sent for lack of a connection.
    errors: u64,
}

struct Write(Identifier, Arc<CacheEntry>);

impl SharedCache {
    /// Starts to connect.
    pub(super) fn open(url: &CacheUrl) -> Self {
        let connection = Arc::new(RedisConnection::default());
        let counts = Arc::new(CommandCounts::default());
        let (writes, waiting) = mpsc::channel(WRITES);
        let mut tasks = JoinSet::new();
        tasks.spawn(connection::keep_open(Arc::clone(&connection), url.clone()));
        tasks.spawn(write_all(
            Arc::clone(&connection),
            Arc::clone(&counts),
            waiting,
        ));
        Self {
            connection,
            writes,
            counts,
            _tasks: tasks,
        }
    }

    /// The answer about `identifier` that a replica wrote, and its age.
    pub(super) async fn get(&self, identifier: &Identifier) -> Option<(Definitive, Age)> {
        // A range, so that a huge value from another writer does not fill the memory.
        let mut command = redis::cmd("GETRANGE");
        command
            .arg(value::key(identifier))
            .arg(0)
            .arg(value::MAX_BYTES);
        let value: Result<Vec<u8>, CommandOutcome> = self
            .counts
            .timed("get", self.connection.ask(&command, READ_LIMIT))
            .await;
        let (answer, outcome) = match value {
            Ok(value) if value.is_empty() => (None, CommandOutcome::Miss),
            Ok(value) => match value::decode(&value, identifier) {
                Some(answer) => (Some(answer), CommandOutcome::Hit),
                None => (None, CommandOutcome::Unreadable),
            },
            Err(outcome) => (None, outcome),
        };
        self.counts.count(outcome);
        answer
    }

    /// Queues the answer to be written for the other replicas.
    pub(super) fn put(&self, identifier: Identifier, entry: Arc<CacheEntry>) {
        if self.writes.try_send(Write(identifier, entry)).is_err() {
            self.counts.count(CommandOutcome::Failed);
        }
    }

    pub(super) fn status(&self) -> SharedStatus {
        SharedStatus {
            connected: self.connection.is_connected(),
            hits: self.counts.hits(),
            misses: self.counts.misses(),
            errors: self.counts.errors(),
        }
    }
}

/// Writes one answer after the other, so that an older answer of this replica never replaces a newer one.
async fn write_all(
    connection: Arc<RedisConnection>,
    counts: Arc<CommandCounts>,
    mut waiting: mpsc::Receiver<Write>,
) {
    while let Some(Write(identifier, entry)) = waiting.recv().await {
        let lifetime = entry.rest().as_millis() as u64;
        let Some(encoded) = value::encode(&identifier, &entry).filter(|_| lifetime > 0) else {
            continue;
        };
        let mut command = redis::cmd("SET");
        command
            .arg(value::key(&identifier))
            .arg(encoded)
            .arg("PX")
            .arg(lifetime);
        let outcome = match counts
            .timed("set", connection.ask::<()>(&command, WRITE_LIMIT))
            .await
        {
            Ok(()) => CommandOutcome::Stored,
            Err(outcome) => outcome,
        };
        counts.count(outcome);
    }
}
