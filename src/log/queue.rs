//! The way from whoever logs to standard error: lines gather in memory, and a thread writes them, so
//! that no request waits for whoever reads the log.

use std::io::{self, Write};
use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::bars::Above;

/// Bytes of lines that may wait, some eight thousand of them. What comes while nobody reads is
/// dropped and counted beyond that: a service that waits for its log would stop with it.
const ROOM: usize = 2 * 1024 * 1024;
/// Room that stays after a burst, in bytes.
const USUAL: usize = 256 * 1024;
/// How long lines gather before they are written. A thread that is woken for each of them costs
/// more than all else that a kept answer takes.
const REST: Duration = Duration::from_millis(10);
/// How long the last lines may take to be written.
const FAREWELL: Duration = Duration::from_secs(1);

/// Only the first log of a process writes, so there is one count.
static LOST: AtomicU64 = AtomicU64::new(0);

/// Lines that were dropped because nobody read those before them.
pub fn lost() -> u64 {
    LOST.load(Ordering::Relaxed)
}

/// Where to leave lines, and what sees to it that the last ones are written.
pub(super) fn start() -> io::Result<(Queue, Farewell)> {
    let queue = Queue::default();
    let writer = queue.clone();
    thread::Builder::new()
        .name("log".to_owned())
        .spawn(move || writer.write_until_closed(&mut Above))?;
    Ok((queue.clone(), Farewell(queue)))
}

/// Lines on their way.
#[derive(Debug, Clone, Default)]
pub(super) struct Queue(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    /// Something has come for the writer: a line, or the end.
    news: Condvar,
    ended: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    lines: Vec<u8>,
    /// The writer has nothing to do and has to be woken.
    is_idle: bool,
    is_closed: bool,
    has_ended: bool,
}

impl Queue {
    /// Leaves a line with its end, or drops it where there is no room.
    pub(super) fn push(&self, line: &[u8]) {
        let mut waiting = self.lock();
        if waiting.lines.len() + line.len() > ROOM {
            LOST.fetch_add(1, Ordering::Relaxed);
            return;
        }
        waiting.lines.extend_from_slice(line);
        if mem::take(&mut waiting.is_idle) {
            self.0.news.notify_one();
        }
    }

    fn write_until_closed(&self, to: &mut impl Write) {
        let mut lines = Vec::new();
        while self.take(&mut lines) {
            // Whoever would have to be told reads no log.
            let _ = to.write_all(&lines);
            lines.clear();
            lines.shrink_to(USUAL);
            self.rest();
        }
        self.lock().has_ended = true;
        self.0.ended.notify_all();
    }

    /// Waits for lines and puts them in place of the empty `lines`; false once there will be none.
    fn take(&self, lines: &mut Vec<u8>) -> bool {
        let is_quiet = |waiting: &mut Waiting| {
            waiting.is_idle = waiting.lines.is_empty() && !waiting.is_closed;
            waiting.is_idle
        };
        let woken = self.0.news.wait_while(self.lock(), is_quiet);
        let mut waiting = woken.unwrap_or_else(PoisonError::into_inner);
        mem::swap(lines, &mut waiting.lines);
        !lines.is_empty()
    }

    fn rest(&self) {
        let is_open = |waiting: &mut Waiting| !waiting.is_closed;
        let _ = self.0.news.wait_timeout_while(self.lock(), REST, is_open);
    }

    /// No code panics while it holds the lock, and what it guards would still be right.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes whole lines.
impl Write for Queue {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Has the last lines written when it is dropped, and waits for that a moment.
#[derive(Debug)]
pub(super) struct Farewell(Queue);

impl Drop for Farewell {
    fn drop(&mut self) {
        let Queue(shared) = &self.0;
        let mut waiting = self.0.lock();
        waiting.is_closed = true;
        shared.news.notify_one();
        let is_busy = |waiting: &mut Waiting| !waiting.has_ended;
        let _ = shared.ended.wait_timeout_while(waiting, FAREWELL, is_busy);
    }
}

#[cfg(test)]
impl Queue {
    /// What a reader gets of lines that were left before it came.
    pub(super) fn written(&self) -> Vec<u8> {
        let mut read = Vec::new();
        self.lock().is_closed = true;
        self.write_until_closed(&mut read);
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_out_whole_and_in_their_order() {
        let queue = Queue::default();
        for line in ["one\n", "two\n"] {
            queue.push(line.as_bytes());
        }
        assert_eq!(queue.written(), b"one\ntwo\n");
    }

    #[test]
    fn a_line_that_has_no_room_is_dropped_and_counted_and_a_shorter_one_still_fits() {
        let (queue, before) = (Queue::default(), lost());
        queue.push(&vec![b'x'; ROOM - 1]);
        queue.push(b"y\n");
        assert_eq!(lost() - before, 1);
        queue.push(b"\n");
        assert_eq!((lost() - before, queue.written().len()), (1, ROOM));
    }
}
