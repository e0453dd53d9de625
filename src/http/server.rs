//! Connections: how many, how long each may take, and how they end when the service stops.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
use axum::response::Response;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tower::ServiceExt;
use tracing::warn;

use super::caller_stream::CallerStream;
use super::client::{Peer, ipv6_prefix};
use super::connections::{Answering, Connections, Place};
use super::limits::{FAREWELL, MAX_HEADER_BYTES, SEND_BUFFER, ServerLimits};
use super::middleware::ProbesOnly;

/// Time between two looks at the connections while the service ends.
const LOOK: Duration = Duration::from_millis(250);
/// Pause after a connection could not be accepted and none could be closed for it.
const NO_ROOM: Duration = Duration::from_millis(500);

/// Serves until `stop` resolves, then finishes the requests in progress, however long they take: drop the
/// future to end sooner. Meanwhile new connections are served too, so that callers get an answer that the
/// service ends instead of a refused connection.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ServerLimits,
    stop: impl Future<Output = ()>,
) {
    // Connections inherit it. If it fails, callers that do not read take more memory.
    let _ = SockRef::from(&listener).set_send_buffer_size(SEND_BUFFER);
    let server = Server {
        listener,
        connections: Connections::new(&limits),
        router,
        limits,
    };
    let (early, late) = (GracefulShutdown::new(), GracefulShutdown::new());
    server.accept_until(stop, &early).await;
    server.accept_until(server.finished(early), &late).await;
    drop(server);
    let _ = timeout(FAREWELL, late.shutdown()).await;
}

struct Server {
    listener: TcpListener,
    connections: Arc<Connections>,
    router: Router,
    limits: ServerLimits,
}

impl Server {
    async fn accept_until(&self, end: impl Future<Output = ()>, watched: &GracefulShutdown) {
        let mut end = pin!(end);
        loop {
            tokio::select! {
                () = &mut end => return,
                (stream, address) = self.accepted() => self.take(stream, address, watched),
            }
        }
    }

    /// The next connection. A failed accept never ends the service.
    async fn accepted(&self) -> (TcpStream, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok(accepted) => return accepted,
                Err(error) if is_callers_own(&error) => {}
                Err(error) => self.without_room(&error).await,
            }
        }
    }

    /// The process has no open files or memory left: closes an idle connection.
    async fn without_room(&self, error: &io::Error) {
        if self.connections.make_room() {
            tokio::task::yield_now().await;
        } else {
            warn!(%error, "no connection can be taken");
            sleep(NO_ROOM).await;
        }
    }

    /// Serves a connection, if there is a place for it.
    fn take(&self, stream: TcpStream, address: SocketAddr, watched: &GracefulShutdown) {
        let Some(place) = self.connections.admit(self.client(address)) else {
            return;
        };
        // An answer is one small write: waiting to fill a packet only delays it. Refused means slow.
        let _ = stream.set_nodelay(true);
        let served = watched.watch(self.connection(stream, Peer(address), &place));
        tokio::spawn(async move {
            // A connection that breaks concerns its caller alone, who is gone.
            let _ = place.closed.clone().run_until_cancelled(served).await;
            drop(place);
        });
    }

    /// Who is counted for the connection: not a proxy, which has those of all its clients.
    fn client(&self, address: SocketAddr) -> Option<IpAddr> {
        let address = address.ip().to_canonical();
        let mut proxies = self.limits.proxies.iter();
        let is_proxy = proxies.any(|proxy| proxy.contains(&address));
        (!is_proxy).then(|| ipv6_prefix(address))
    }

    fn connection(
        &self,
        stream: TcpStream,
        peer: Peer,
        place: &Place,
    ) -> http1::Connection<
        TokioIo<CallerStream>,
        impl hyper::service::Service<
            Request<Incoming>,
            Response = Response,
            Error = Infallible,
            Future: Send,
        > + Send
        + use<>,
    > {
        let (activity, limits) = (place.activity.clone(), &self.limits);
        let stream = CallerStream::new(stream, activity.clone(), limits.write_time);
        let answerer = Answerer {
            router: self.router.clone(),
            peer,
            is_for_probes: place.is_for_probes,
        };
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head_time)
            .max_buf_size(MAX_HEADER_BYTES * 4)
            .serve_connection(
                TokioIo::new(stream),
                // Told before the future is first asked: by then the server looks for the caller's end.
                service_fn(move |request| answerer.clone().answer(request, activity.answering())),
            )
    }

    /// Resolves once the requests under way are finished. Connections on which nothing is being answered
    /// do not delay that for long.
    async fn finished(&self, watched: GracefulShutdown) {
        let closing = async {
            sleep(FAREWELL).await;
            loop {
                self.connections.close_quiet_for(FAREWELL);
                sleep(LOOK).await;
            }
        };
        tokio::select! {
            () = watched.shutdown() => {}
            () = closing => {}
        }
    }
}

/// Whether a connection broke before it was accepted.
fn is_callers_own(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

/// Answers the requests of one connection.
#[derive(Clone)]
struct Answerer {
    router: Router,
    peer: Peer,
    is_for_probes: bool,
}

impl Answerer {
    async fn answer(
        self,
        mut request: Request<Incoming>,
        _until_answered: Answering,
    ) -> Result<Response, Infallible> {
        request.extensions_mut().insert(self.peer);
        if !self.is_for_probes {
            return self.router.oneshot(request).await;
        }
        request.extensions_mut().insert(ProbesOnly);
        let mut response = self.router.oneshot(request).await?;
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
        Ok(response)
    }
}
