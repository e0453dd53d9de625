//! The way of a line to standard error: a bounded queue and a thread that writes, so that no request
//! waits for the log's reader.

use std::io::BufWriter;
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};

use super::bars::AboveProgressBars;

/// Lines that may wait, about 2 MiB. Further ones are dropped and counted.
const QUEUE: usize = 8192;
/// Bytes that are written at once while many lines wait.
const BATCH: usize = 64 * 1024;
/// Longest wait for the last lines.
const FLUSH_TIME: Duration = Duration::from_secs(1);

/// Only the first log of a process writes, so there is one count.
static DROPPED: OnceLock<ErrorCounter> = OnceLock::new();

/// Lines dropped because the queue was full.
pub fn dropped() -> u64 {
    DROPPED
        .get()
        .map_or(0, |count| count.dropped_lines() as u64)
}

pub(super) fn start() -> (NonBlocking, FlushGuard) {
    let (lines, guard) = NonBlockingBuilder::default()
        .buffered_lines_limit(QUEUE)
        .thread_name("log")
        .finish(BufWriter::with_capacity(BATCH, AboveProgressBars));
    let _ = DROPPED.set(lines.error_counter());
    (lines, FlushGuard(Some(guard)))
}

/// Writes the waiting lines when it is dropped.
#[derive(Debug)]
pub(super) struct FlushGuard(Option<WorkerGuard>);

impl Drop for FlushGuard {
    fn drop(&mut self) {
        let guard = self.0.take();
        let (flushed, wait) = mpsc::channel();
        // Where the queue stays full the library reports that on standard output, which may be closed
        // or block as well. A thread can be left behind with it.
        thread::spawn(move || {
            drop(guard);
            let _ = flushed.send(());
        });
        let _ = wait.recv_timeout(FLUSH_TIME);
    }
}
