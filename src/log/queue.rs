//! The way from whoever logs to standard error: a queue, and a thread that writes what is in it, so
//! that no request waits for whoever reads the log.

use std::io::{self, BufWriter, Write};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::Duration;

use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};

use super::bars::Above;

/// Lines that may wait, some megabytes. What comes while nobody reads is dropped and counted beyond
/// that: a service that waits for its log would stop with it.
const LINES: usize = 8192;
/// Bytes that are written at a time: what a pipe holds.
const BYTES: usize = 64 * 1024;
/// How long lines gather before they are written. A thread that is woken for each of them costs
/// more than all else that a kept answer takes.
const REST: Duration = Duration::from_millis(10);

static LOST: OnceLock<ErrorCounter> = OnceLock::new();

/// Where to write lines, and what sees to it that the last ones are written: for a second at most,
/// when it is dropped.
pub(super) fn start() -> (NonBlocking, WorkerGuard) {
    NonBlockingBuilder::default()
        .buffered_lines_limit(LINES)
        .thread_name("log")
        .finish(Batches(BufWriter::with_capacity(BYTES, Above)))
}

/// Makes `queue` the one whose losses are told.
pub(super) fn watch(queue: ErrorCounter) {
    // Only the first log of a process writes.
    let _ = LOST.set(queue);
}

/// Lines that were dropped because nobody read those before them.
pub fn lost() -> u64 {
    LOST.get().map_or(0, |lost| lost.dropped_lines() as u64)
}

/// Writes whole lines, many at a time.
struct Batches(BufWriter<Above>);

impl Write for Batches {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    /// Called when the queue is empty.
    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()?;
        sleep(REST);
        Ok(())
    }
}
