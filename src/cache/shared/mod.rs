//! Answers shared by several replicas, on a server that speaks Redis's protocol.
//!
//! It may only ever help: a question waits for it [`PATIENCE`] at most and not at all while the
//! server does not answer; what is written is written behind the caller's back.

mod counts;
mod line;
mod url;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use utoipa::ToSchema;

use super::answer::Answer;
use super::kept::Kept;
pub use counts::SECONDS;
pub(super) use counts::describe;
use counts::{Counts, Outcome};
use line::{Line, Trouble};
use timetable::share_link::Identifier;
pub use url::{CacheUrl, InvalidCacheUrl};

/// Longest that a question waits for the server.
const PATIENCE: Duration = Duration::from_millis(50);
/// Longest that writing one answer may take; nobody waits for it.
const WRITING: Duration = Duration::from_secs(1);
/// Answers that may wait to be written; more are not shared.
const WRITES: usize = 256;

/// The shared cache.
pub(super) struct Shared {
    line: Arc<Line>,
    writes: mpsc::Sender<Write>,
    counts: Arc<Counts>,
    /// Ended when this is dropped.
    _tasks: JoinSet<()>,
}

/// The shared cache at one moment.
#[derive(Debug, Serialize, ToSchema)]
pub struct SharedStatus {
    /// The server answers.
    connected: bool,
    /// Answers found there.
    hits: u64,
    /// Questions it had no answer for.
    misses: u64,
    /// Commands that failed, or were not sent because the server does not answer.
    errors: u64,
}

struct Write(Identifier, Arc<Kept>);

impl Shared {
    /// Begins to connect.
    pub(super) fn open(url: &CacheUrl) -> Self {
        let line = Arc::new(Line::default());
        let counts = Arc::new(Counts::default());
        let (writes, waiting) = mpsc::channel(WRITES);
        let mut tasks = JoinSet::new();
        tasks.spawn(line::keep(Arc::clone(&line), url.clone()));
        tasks.spawn(write_all(Arc::clone(&line), Arc::clone(&counts), waiting));
        Self {
            line,
            writes,
            counts,
            _tasks: tasks,
        }
    }

    /// What another replica knows of `identifier`.
    pub(super) async fn get(&self, identifier: &Identifier) -> Option<Answer> {
        // Asked for in part, so that no value of whatever origin fills the memory.
        let mut command = redis::cmd("GETRANGE");
        command
            .arg(wire::key(identifier))
            .arg(0)
            .arg(wire::MAX_BYTES);
        let value: Result<Vec<u8>, Trouble> = self
            .counts
            .timed("get", self.line.ask(&command, PATIENCE))
            .await;
        let (answer, outcome) = match value {
            Ok(value) if value.is_empty() => (None, Outcome::Miss),
            Ok(value) => match wire::read(&value, identifier) {
                Some(answer) => (Some(answer), Outcome::Hit),
                None => (None, Outcome::Unreadable),
            },
            Err(trouble) => (None, trouble.into()),
        };
        self.counts.count(outcome);
        answer
    }

    /// Has it written for the others.
    pub(super) fn put(&self, identifier: Identifier, kept: Arc<Kept>) {
        if self.writes.try_send(Write(identifier, kept)).is_err() {
            self.counts.count(Outcome::Failed);
        }
    }

    pub(super) fn status(&self) -> SharedStatus {
        SharedStatus {
            connected: self.line.is_connected(),
            hits: self.counts.hits(),
            misses: self.counts.misses(),
            errors: self.counts.errors(),
        }
    }
}

/// Writes one after the other, so that a newer answer is never overwritten by an older one of ours.
async fn write_all(line: Arc<Line>, counts: Arc<Counts>, mut waiting: mpsc::Receiver<Write>) {
    while let Some(Write(identifier, kept)) = waiting.recv().await {
        let lifetime = kept.rest().as_millis() as u64;
        let Some(value) = wire::written(&identifier, &kept.answer).filter(|_| lifetime > 0) else {
            continue;
        };
        let mut command = redis::cmd("SET");
        command
            .arg(wire::key(&identifier))
            .arg(value)
            .arg("PX")
            .arg(lifetime);
        let outcome = match counts.timed("set", line.ask::<()>(&command, WRITING)).await {
            Ok(()) => Outcome::Stored,
            Err(trouble) => trouble.into(),
        };
        counts.count(outcome);
    }
}
