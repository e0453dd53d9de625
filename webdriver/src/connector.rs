//! Opens the connections of one session, plain or TLS, so that all can be cut at once.
//!
//! fantoccini keeps its connection open while a command is unanswered, even if the caller has given
//! up, and gives no access to it.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::future::BoxFuture;
use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::connect::{Connected, Connection, HttpConnector},
    rt::TokioIo,
};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use tokio::net::TcpStream;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tower_service::Service;

/// Deadline of a TCP connection.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// TCP keep-alive: the first probe after this silence, then four more at this interval. A machine that
/// vanished is noticed after half a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(10);
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(5);
const KEEP_ALIVE_TRIES: u32 = 4;

/// What TLS connections trust: the system's certificates, or those of `SSL_CERT_FILE` and
/// `SSL_CERT_DIR`. Without `tls` no certificate is read.
///
/// # Errors
/// No certificate was found.
pub(crate) fn trust(tls: bool) -> io::Result<Arc<ClientConfig>> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?;
    let builder = if tls {
        builder.with_native_roots()?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    Ok(Arc::new(builder.with_no_client_auth()))
}

/// A connector whose connections end when `cut` is cancelled.
pub(crate) fn connector(trust: &ClientConfig, cut: CancellationToken) -> HttpsConnector<Connector> {
    HttpsConnectorBuilder::new()
        .with_tls_config(trust.clone())
        .https_or_http()
        .enable_http1()
        .wrap_connector(Connector::new(cut))
}

/// Makes TCP connections.
#[derive(Debug, Clone)]
pub(crate) struct Connector {
    tcp: HttpConnector,
    cut: CancellationToken,
}

impl Connector {
    /// A small command is two writes. With Nagle's algorithm each command would take 40 ms.
    fn new(cut: CancellationToken) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CONNECT_WITHIN));
        tcp.set_keepalive(Some(KEEP_ALIVE));
        tcp.set_keepalive_interval(Some(KEEP_ALIVE_INTERVAL));
        tcp.set_keepalive_retries(Some(KEEP_ALIVE_TRIES));
        Self { tcp, cut }
    }
}

impl Service<Uri> for Connector {
    type Response = CancellableStream;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = BoxFuture<'static, Result<CancellableStream, Self::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.tcp.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let (cut, tcp) = (self.cut.clone(), self.tcp.call(uri));
        Box::pin(async move {
            let io = cut.run_until_cancelled(tcp).await.ok_or_else(severed)??;
            let cut = Box::pin(cut.cancelled_owned());
            Ok(CancellableStream { io, cut })
        })
    }
}

fn severed() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "the session was ended")
}

/// One connection. A waiting client reads, so only reading checks for cancellation.
pub(crate) struct CancellableStream {
    io: TokioIo<TcpStream>,
    cut: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Connection for CancellableStream {
    fn connected(&self) -> Connected {
        self.io.connected()
    }
}

impl Read for CancellableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if self.cut.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(severed()));
        }
        Pin::new(&mut self.io).poll_read(cx, buffer)
    }
}

impl Write for CancellableStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
