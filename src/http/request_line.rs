//! Connections whose first request line may be longer than any link.
//!
//! hyper answers an address over 64 KiB with a bare 414. So that a pasted novel is refused in the
//! words of the interface it was sent to, the line is cut here, long before that and long after
//! any link has ended. Later lines of the same connection are left to hyper.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes of a request line that are passed on.
const MAX_LINE_BYTES: usize = 16 * 1024;

/// A connection, and how far into its first line it is.
pub(super) struct Connection<S> {
    stream: S,
    line: Line,
}

impl<S> Connection<S> {
    /// A connection whose first line has not come yet.
    pub(super) fn new(stream: S) -> Self {
        Self {
            stream,
            line: Line::default(),
        }
    }
}

/// The first line of a connection.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    /// So many bytes have passed.
    Passing(usize),
    /// Too many have: those up to the next blank are dropped.
    Cutting,
    /// It is over.
    Over,
}

impl Default for Line {
    fn default() -> Self {
        Self::Passing(0)
    }
}

impl Line {
    /// Whether this byte is passed on.
    fn passes(&mut self, byte: u8) -> bool {
        *self = match *self {
            Self::Over => Self::Over,
            Self::Passing(_) if byte == b'\n' => Self::Over,
            Self::Passing(MAX_LINE_BYTES) => Self::Cutting,
            Self::Passing(passed) => Self::Passing(passed + 1),
            // What follows is ` HTTP/1.1`, or the end of a line that has no such thing.
            Self::Cutting if byte == b' ' || byte == b'\n' => Self::Over,
            Self::Cutting => Self::Cutting,
        };
        *self != Self::Cutting
    }

    /// Moves the bytes that pass to the front; how many there are.
    fn filter(&mut self, bytes: &mut [u8]) -> usize {
        let mut kept = 0;
        for index in 0..bytes.len() {
            if *self == Self::Over {
                bytes.copy_within(index.., kept);
                return kept + bytes.len() - index;
            }
            if self.passes(bytes[index]) {
                bytes[kept] = bytes[index];
                kept += 1;
            }
        }
        kept
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Connection<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        loop {
            ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
            let read = buf.filled().len() - before;
            let kept = self.line.filter(&mut buf.filled_mut()[before..]);
            buf.set_filled(before + kept);
            // Nothing read is the end of the connection; nothing kept is not.
            if read == 0 || kept > 0 {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    async fn received(sent: &[&[u8]]) -> Vec<u8> {
        let (mut near, far) = tokio::io::duplex(1 << 20);
        for part in sent {
            near.write_all(part).await.unwrap();
        }
        drop(near);
        let mut bytes = Vec::new();
        let mut connection = Connection::new(far);
        connection.read_to_end(&mut bytes).await.unwrap();
        bytes
    }

    #[tokio::test]
    async fn a_line_of_ordinary_length_and_all_that_follows_pass_untouched() {
        let body = vec![b'x'; 100_000];
        let parts = [&b"POST /schedule HTTP/1.1\r\nA: b\r\n\r\n"[..], &body];
        assert_eq!(received(&parts).await, parts.concat());
    }

    #[tokio::test]
    async fn an_over_long_address_is_cut_and_the_rest_of_the_request_passes() {
        let address = format!("/schedule?url={}", "x".repeat(200_000));
        let request = format!("GET {address} HTTP/1.1\r\nHost: a\r\n\r\n");
        let received = String::from_utf8(received(&[request.as_bytes()]).await).unwrap();
        let (line, rest) = received.split_once("\r\n").unwrap();
        assert_eq!(line.len(), MAX_LINE_BYTES + " HTTP/1.1".len());
        assert!(line.starts_with("GET /schedule?url=xxx") && line.ends_with("x HTTP/1.1"));
        assert_eq!(rest, "Host: a\r\n\r\n");
    }
}
