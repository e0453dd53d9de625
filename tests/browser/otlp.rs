//! Traces as a collector gets them: `cargo test --workspace --all-features --test browser otlp`.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex};

use crate::support::{Service, fixtures};
use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use tokio::net::TcpListener;

const WEEKDAY: &str = "weekday0000000000000";
const KEY: &str = "a-very-secret-key";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// Takes what is sent to `/v1/traces`.
#[derive(Default, Clone)]
struct Collector(Arc<Mutex<Vec<Bytes>>>);

impl Collector {
    async fn start() -> (Self, String) {
        let collector = Self::default();
        let taken = collector.clone();
        let take = move |body: Bytes| async move { taken.0.lock().unwrap().push(body) };
        let router = Router::new().route("/v1/traces", post(take));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (collector, url)
    }

    fn spans(&self) -> Vec<Span> {
        let requests = self.0.lock().unwrap().clone();
        let resources = requests.iter().flat_map(|request| fields(request, 1));
        let scopes = resources.flat_map(|resource| fields(resource, 2));
        let spans = scopes.flat_map(|scope| fields(scope, 2));
        spans.map(Span::read).collect()
    }
}

/// The parts of a span that matter here.
#[derive(Debug)]
struct Span {
    trace: String,
    id: String,
    parent: String,
    name: String,
    kind: Option<u64>,
    /// Text attributes.
    attributes: HashMap<String, String>,
}

impl Span {
    /// By the numbers of `opentelemetry/proto/trace/v1/trace.proto`.
    fn read(bytes: &[u8]) -> Self {
        let text = |bytes: &[u8], number| {
            let bytes = fields(bytes, number).next().unwrap_or_default();
            String::from_utf8(bytes.to_vec()).unwrap()
        };
        let hex = |number| -> String {
            let bytes = fields(bytes, number).next().unwrap_or_default();
            bytes.iter().fold(String::new(), |mut text, byte| {
                write!(text, "{byte:02x}").unwrap();
                text
            })
        };
        let attribute = |pair: &[u8]| {
            let value = fields(pair, 2).next().unwrap();
            (text(pair, 1), text(value, 1))
        };
        Self {
            trace: hex(1),
            id: hex(2),
            parent: hex(4),
            name: text(bytes, 5),
            kind: numbers(bytes, 6).next(),
            attributes: fields(bytes, 9).map(attribute).collect(),
        }
    }
}

enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// A protobuf message as its fields: their numbers and values.
fn message(bytes: &[u8]) -> Vec<(u64, Value<'_>)> {
    let (mut rest, mut fields) = (bytes, Vec::new());
    while !rest.is_empty() {
        let tag = varint(&mut rest);
        let value = match tag & 7 {
            0 => Value::Number(varint(&mut rest)),
            1 => Value::Bytes(rest.split_off(..8).unwrap()),
            2 => {
                let length = varint(&mut rest) as usize;
                Value::Bytes(rest.split_off(..length).unwrap())
            }
            5 => Value::Bytes(rest.split_off(..4).unwrap()),
            other => panic!("wire type {other}"),
        };
        fields.push((tag >> 3, value));
    }
    fields
}

fn varint(rest: &mut &[u8]) -> u64 {
    let mut number = 0;
    for place in 0.. {
        let byte = *rest.split_off_first().unwrap();
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte < 0x80 {
            break;
        }
    }
    number
}

fn fields(bytes: &[u8], wanted: u64) -> impl Iterator<Item = &[u8]> {
    message(bytes)
        .into_iter()
        .filter_map(move |(number, value)| match value {
            Value::Bytes(bytes) if number == wanted => Some(bytes),
            _ => None,
        })
}

fn numbers(bytes: &[u8], wanted: u64) -> impl Iterator<Item = u64> {
    message(bytes)
        .into_iter()
        .filter_map(move |(number, value)| match value {
            Value::Number(value) if number == wanted => Some(value),
            _ => None,
        })
}

/// Runs a service that asks twice for one timetable, and gives the spans of it.
async fn spans_of(source: &str) -> (Collector, Vec<Span>) {
    let (collector, endpoint) = Collector::start().await;
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
        ("GONGGANG_API_KEYS", KEY.to_owned()),
        ("GONGGANG_SOURCE", source.to_owned()),
        // What is traced does not hang on what is logged.
        ("GONGGANG_LOG", "gonggang::commands=info".to_owned()),
    ];
    let service = Service::replaying(&fixtures(), &variables);
    for _ in 0..2 {
        let url = format!("{}/v1/timetables/{WEEKDAY}", service.url);
        let request = service.client.get(url).header("x-api-key", KEY);
        let request = request.header("traceparent", format!("00-{TRACE}-{CALLER}-01"));
        assert_eq!(request.send().await.unwrap().status().as_u16(), 200);
    }
    service.signal("TERM");
    assert!(service.wait().0.success());

    let spans = collector.spans();
    (collector, spans)
}

/// The spans of a service that reads so are those of the requests, one read and its steps; nothing
/// else is sent.
async fn is_traced(source: &str, expected: &[&str]) {
    let (collector, spans) = spans_of(source).await;
    let requests: Vec<_> = spans.iter().filter(|span| span.parent == CALLER).collect();
    assert_eq!(requests.len(), 2, "{spans:#?}");
    for request in &requests {
        assert_eq!(request.name, "GET /v1/timetables/{name}");
        assert_eq!(request.trace, TRACE);
        assert_eq!(request.kind, Some(2), "a server's");
        assert_eq!(request.attributes["http.route"], "/v1/timetables/{name}");
    }
    let below = |parent: &Span| -> Vec<&Span> {
        spans
            .iter()
            .filter(|span| span.parent == parent.id)
            .collect()
    };
    let reads: Vec<_> = requests.iter().flat_map(|request| below(request)).collect();
    assert_eq!(reads.len(), 1, "the second answer was kept: {spans:#?}");
    assert_eq!(
        (
            reads[0].name.as_str(),
            reads[0].attributes["outcome"].as_str()
        ),
        ("read", "timetable")
    );
    let steps: Vec<_> = below(reads[0])
        .iter()
        .map(|step| step.name.as_str())
        .collect();
    assert_eq!(steps, expected);
    assert!(spans.iter().all(|span| span.trace == TRACE));

    let sent: Vec<u8> = collector.0.lock().unwrap().concat();
    let holds = |word: &str| {
        sent.windows(word.len())
            .any(|window| window == word.as_bytes())
    };
    assert!(holds("gonggang"), "the service's name");
    for secret in [WEEKDAY, KEY, "자료구조", "everytime"] {
        assert!(!holds(secret), "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_traced_with_its_steps_and_nothing_of_whom_it_is_about() {
    is_traced("browser", &["queue", "render", "check"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_is_one_that_the_api_answers() {
    is_traced("api", &["call", "check"]).await;
}
