//! The server's connections: how many, who gives way, who is given up on, and how they end.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use crate::support::fake::{Fake, Http};
use crate::support::timetables::fixture;
use gonggang::http::ServerLimits;
use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

const PATH: &str = "/v1/timetables/weekday0000000000000";
/// The biggest file there is, some 1.4 MB.
const BIG: &str = "/docs/swagger-ui-bundle.js";
/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);
/// What no test here waits for.
const NEVER: Duration = Duration::from_hours(1);

/// The service on a real socket.
struct Served {
    address: SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl Served {
    async fn start(http: &Http, limits: ServerLimits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let ended = stop.clone().cancelled_owned();
        let serving = tokio::spawn(gonggang::http::serve(
            listener,
            http.router(),
            limits,
            ended,
        ));
        Self {
            address,
            stop,
            serving,
        }
    }

    async fn connected(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// A connection of another client of this machine.
    async fn connected_from(&self, client: Ipv4Addr) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from((client, 0))).unwrap();
        socket.connect(self.address).await.unwrap()
    }
}

async fn ask(stream: &mut TcpStream, path: &str) {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
}

/// All that comes until the connection ends.
async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    // A reset connection has ended too.
    let _ = read.expect("the connection ends");
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status line of the next answer.
async fn status(stream: &mut TcpStream) -> String {
    let mut line = [0; 12];
    let read = timeout(PATIENCE, stream.read_exact(&mut line)).await;
    read.expect("an answer").unwrap();
    String::from_utf8_lossy(&line).into_owned()
}

fn held_back() -> (Arc<Notify>, Arc<Fake>) {
    let go = Arc::new(Notify::new());
    (Arc::clone(&go), Fake::new(Ok(fixture("weekday")), Some(go)))
}

async fn until(mut is_so: impl FnMut() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, waiting).await.unwrap();
}

#[tokio::test]
async fn a_caller_that_closes_only_its_own_side_gets_its_answer() {
    let (go, fake) = held_back();
    let served = Served::start(&Http::before(&fake, &[]), ServerLimits::default()).await;
    let mut caller = served.connected().await;
    ask(&mut caller, PATH).await;
    caller.shutdown().await.unwrap();
    until(|| fake.reads() == 1).await;
    // The end of its side has arrived by now: that of a second connection, sent later, is handled.
    let mut second = served.connected().await;
    second.shutdown().await.unwrap();
    rest(&mut second).await;
    go.notify_one();
    let answer = rest(&mut caller).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.ends_with('}'), "{answer}");
}

#[tokio::test]
async fn a_caller_that_closes_its_own_side_gets_every_answer_complete_even_a_big_one() {
    let fake = Fake::new(Ok(fixture("weekday")), None);
    let served = Served::start(&Http::before(&fake, &[]), ServerLimits::default()).await;
    let mut caller = served.connected().await;
    ask(&mut caller, PATH).await;
    ask(&mut caller, BIG).await;
    caller.shutdown().await.unwrap();
    let answers = rest(&mut caller).await;
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2);
    assert!(answers.len() > 1_000_000, "{}", answers.len());
}

#[tokio::test]
async fn a_caller_that_has_left_is_detected_although_half_closed_callers_are_answered() {
    let (_go, fake) = held_back();
    let http = Http::before(&fake, &[]);
    let served = Served::start(&http, ServerLimits::default()).await;
    let reads = || serde_json::to_value(http.service.status()).unwrap()["reads"].clone();
    let mut caller = served.connected().await;
    ask(&mut caller, PATH).await;
    until(|| fake.reads() == 1).await;
    assert_eq!(reads(), 1);
    drop(caller);
    until(|| reads() == 0).await;
}

#[tokio::test]
async fn a_caller_that_reads_nothing_of_its_answer_loses_its_connection() {
    let fake = Fake::new(Ok(fixture("weekday")), None);
    let limits = ServerLimits {
        write_time: Duration::from_millis(200),
        head_time: NEVER,
        ..ServerLimits::default()
    };
    let served = Served::start(&Http::before(&fake, &[]), limits).await;
    let mut caller = served.connected().await;
    for _ in 0..20 {
        ask(&mut caller, BIG).await;
    }
    let cut_off = timeout(PATIENCE, caller.ready(Interest::ERROR)).await;
    assert!(cut_off.expect("it is cut off").unwrap().is_error());
}

#[tokio::test]
async fn when_every_connection_waits_probes_are_answered_and_other_requests_get_503() {
    let (_go, fake) = held_back();
    let limits = ServerLimits {
        connections: 3,
        ..ServerLimits::default()
    };
    let served = Served::start(&Http::before(&fake, &[]), limits).await;
    let mut waiting = Vec::new();
    for client in 1..4 {
        let mut caller = served
            .connected_from(Ipv4Addr::new(127, 0, 0, client))
            .await;
        ask(&mut caller, &format!("/v1/timetables/{client:020}")).await;
        until(|| fake.reads() == usize::from(client)).await;
        waiting.push(caller);
    }
    // From an address that has its share, and from one that has none.
    for client in [1, 9] {
        for (path, expected) in [
            ("/livez", "200"),
            ("/readyz", "200"),
            (PATH, "503"),
            ("/docs/", "503"),
        ] {
            let mut caller = served
                .connected_from(Ipv4Addr::new(127, 0, 0, client))
                .await;
            ask(&mut caller, path).await;
            let answer = rest(&mut caller).await;
            let wanted = format!("HTTP/1.1 {expected}");
            assert!(answer.starts_with(&wanted), "{client} {path}: {answer}");
            let tells_when = answer.contains("retry-after: 1");
            assert_eq!(tells_when, expected == "503", "{client} {path}: {answer}");
        }
    }
    assert_eq!(fake.reads(), 3);
}

#[tokio::test]
async fn one_client_cannot_take_the_connections_of_another() {
    let fake = Fake::new(Ok(fixture("weekday")), None);
    let limits = ServerLimits {
        connections: 6,
        head_time: NEVER,
        ..ServerLimits::default()
    };
    let served = Served::start(&Http::before(&fake, &[]), limits).await;
    let mut mine = served.connected_from(Ipv4Addr::new(127, 0, 0, 2)).await;
    ask(&mut mine, "/livez").await;
    assert_eq!(status(&mut mine).await, "HTTP/1.1 200");
    let mut others = Vec::new();
    for _ in 0..30 {
        let mut other = served.connected_from(Ipv4Addr::new(127, 0, 0, 3)).await;
        ask(&mut other, "/livez").await;
        assert_eq!(status(&mut other).await, "HTTP/1.1 200");
        others.push(other);
    }
    // Mine is the oldest idle one, and still open.
    ask(&mut mine, "/livez").await;
    let answers = async {
        let mut answer = String::new();
        while !answer.contains("HTTP/1.1 200") {
            let mut part = [0; 1024];
            let length = mine.read(&mut part).await.unwrap();
            assert!(length > 0, "it was closed: {answer}");
            answer.push_str(&String::from_utf8_lossy(&part[..length]));
        }
    };
    timeout(PATIENCE, answers).await.unwrap();
}

#[tokio::test]
async fn an_incomplete_request_and_an_unread_answer_do_not_delay_shutdown() {
    let fake = Fake::new(Ok(fixture("weekday")), None);
    let limits = ServerLimits {
        write_time: NEVER,
        head_time: NEVER,
        ..ServerLimits::default()
    };
    let served = Served::start(&Http::before(&fake, &[]), limits).await;
    let mut half = served.connected().await;
    half.write_all(b"GET /livez HTTP/1.1\r\nHost: ")
        .await
        .unwrap();
    let mut unread = served.connected().await;
    for _ in 0..20 {
        ask(&mut unread, BIG).await;
    }
    // Both have arrived: a later one is answered.
    let mut later = served.connected().await;
    ask(&mut later, "/livez").await;
    assert_eq!(status(&mut later).await, "HTTP/1.1 200");
    served.stop.cancel();
    timeout(PATIENCE, served.serving).await.unwrap().unwrap();
}
