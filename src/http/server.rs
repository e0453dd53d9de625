//! Connections: how many, how long each may take to ask, and how they end when the service stops.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::response::Response;
use axum::serve::Listener as _;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tower::ServiceExt;

use super::client::Peer;
use super::limits::MAX_HEADER_BYTES;
use super::listener::{Connection, Listener};

/// What the server allows.
#[derive(Debug, Clone, Copy)]
pub struct ServerLimits {
    /// Connections open at a time; more wait to be accepted.
    pub connections: usize,
    /// From the opening of a connection, or its last answer, until the next request's headers are
    /// there. Also how long an unused connection is kept.
    pub header_time: Duration,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            // Below the 1024 open files that most systems allow a process by default.
            connections: 900,
            header_time: Duration::from_secs(20),
        }
    }
}

/// Longest that those who came while the requests under way were finished may take to leave.
const LATE: Duration = Duration::from_secs(3);

/// Serves until `stop` resolves, then finishes the requests under way, however long they take:
/// whoever cannot wait drops this. Until they are finished new connections are served too, so that
/// callers are told what goes on instead of finding the door shut.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ServerLimits,
    stop: impl Future<Output = ()>,
) {
    let mut server = Server {
        listener: Listener::new(listener),
        room: Arc::new(Semaphore::new(limits.connections)),
        router,
        limits,
    };
    let (early, late) = (GracefulShutdown::new(), GracefulShutdown::new());
    server.accept_until(stop, &early).await;
    server.accept_until(early.shutdown(), &late).await;
    drop(server);
    let _ = timeout(LATE, late.shutdown()).await;
}

struct Server {
    listener: Listener,
    room: Arc<Semaphore>,
    router: Router,
    limits: ServerLimits,
}

impl Server {
    async fn accept_until(
        &mut self,
        end: impl Future<Output = ()>,
        connections: &GracefulShutdown,
    ) {
        let mut end = pin!(end);
        loop {
            tokio::select! {
                () = &mut end => return,
                (place, stream, peer) = accepted(&mut self.listener, &self.room) => {
                    let served = connection(stream, peer, self.router.clone(), self.limits);
                    let watched = connections.watch(served);
                    tokio::spawn(async move {
                        // A connection that breaks is its caller's affair: whoever asked is gone.
                        let _ = watched.await;
                        drop(place);
                    });
                }
            }
        }
    }
}

/// The next connection, once there is room for it.
async fn accepted(
    listener: &mut Listener,
    room: &Arc<Semaphore>,
) -> (
    Option<OwnedSemaphorePermit>,
    Connection<tokio::net::TcpStream>,
    Peer,
) {
    // Closed never; if it were, there would be no limit instead of no service.
    let place = Arc::clone(room).acquire_owned().await.ok();
    let (stream, address) = listener.accept().await;
    (place, stream, Peer(address))
}

fn connection(
    stream: Connection<tokio::net::TcpStream>,
    peer: Peer,
    router: Router,
    limits: ServerLimits,
) -> http1::Connection<
    TokioIo<Connection<tokio::net::TcpStream>>,
    impl hyper::service::Service<
        Request<Incoming>,
        Response = Response,
        Error = Infallible,
        Future: Send,
    > + Send,
> {
    let answer = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        router.clone().oneshot(request)
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_buf_size(MAX_HEADER_BYTES * 4)
        .serve_connection(TokioIo::new(stream), answer)
}
