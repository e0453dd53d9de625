//! The stream of one caller. A caller that does not read its answer is cut off; a caller that has closed
//! only its own side still gets it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use super::connections::Activity;
use super::limits::HALF_CLOSED_TIME;

type Timer = Pin<Box<Sleep>>;

/// A stream and the state of its caller.
pub(super) struct CallerStream {
    stream: TcpStream,
    activity: Activity,
    write_time: Duration,
    /// Runs while the caller reads nothing.
    unread: Option<Timer>,
    /// Part of an answer is still to be written.
    is_writing: bool,
    /// Runs once the caller has closed its side.
    ended: Option<Timer>,
}

impl CallerStream {
    pub(super) fn new(stream: TcpStream, activity: Activity, write_time: Duration) -> Self {
        Self {
            stream,
            activity,
            write_time,
            unread: None,
            is_writing: false,
            ended: None,
        }
    }

    /// An error once nothing could be written for too long.
    fn poll_unread(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let write_time = self.write_time;
        let unread = self
            .unread
            .get_or_insert_with(|| Box::pin(sleep(write_time)));
        ready!(unread.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// Handles the result of writing `length` bytes.
    fn written(
        &mut self,
        written: Poll<io::Result<usize>>,
        length: usize,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        self.is_writing = !matches!(written, Poll::Ready(Ok(all)) if all == length);
        match written {
            Poll::Pending => self.poll_unread(cx),
            Poll::Ready(_) => {
                self.unread = None;
                written
            }
        }
    }

    /// Ready when the server may see that the caller has closed its side; it then ends the connection.
    ///
    /// Seen while an answer is made, it would look like a caller that left, and the answer would be dropped.
    fn poll_ended(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.is_writing {
            // Continues when the caller reads or is cut off.
            return Poll::Pending;
        }
        if !self.activity.is_answering() {
            return Poll::Ready(());
        }
        let ended = self
            .ended
            .get_or_insert_with(|| Box::pin(sleep(HALF_CLOSED_TIME)));
        ended.as_mut().poll(cx)
    }
}

impl AsyncRead for CallerStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        if buf.filled().len() == before {
            ready!(self.poll_ended(cx));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for CallerStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.written(written, buf.len(), cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        let length = bufs.iter().map(|buf| buf.len()).sum();
        self.written(written, length, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl Drop for CallerStream {
    fn drop(&mut self) {
        // The unread rest would stay in the system's memory for minutes.
        if self.is_writing {
            let _ = self.stream.set_zero_linger();
        }
    }
}
