//! Every case of docs/errors.md, brought about: what is asked on each interface, and what is answered.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::Request;
use gonggang::source::{CircuitOpen, SourceError};
use timetable::NotAvailable;
use timetable::Timetable;
use timetable::mismatch::{Check, Mismatch};

use super::fake::{Fake, Http, Reply, request};
use super::timetables::fixture;

const DOCUMENT: &str = include_str!("../../docs/errors.md");
const IDENTIFIER: &str = "weekday0000000000000";

/// The cells of the table: the case, three interfaces, `Retry-After`, what to do, and the sentence.
pub fn rows() -> Vec<[String; 7]> {
    let lines = DOCUMENT
        .lines()
        .skip_while(|line| !line.starts_with("| case |"));
    let rows = lines.skip(2).take_while(|line| line.starts_with('|'));
    let cells = |line: &str| {
        let cells = line.trim_matches('|').split(" | ");
        let cells: Vec<_> = cells.map(|cell| cell.trim().to_owned()).collect();
        cells.try_into().unwrap_or_else(|_| panic!("{line}"))
    };
    rows.map(cells).collect()
}

/// What was asked, and the answer.
pub struct Answered {
    pub method: String,
    pub path: String,
    pub reply: Reply,
}

/// How a case comes about: what the source says, the service's flags, what is sent before, and what is
/// asked on `/v1`, `/schedule` and `/api/v1/fixed-schedules`, where the case exists there.
struct Case {
    read: Result<Timetable, SourceError>,
    flags: &'static [&'static str],
    before: Vec<Request<Body>>,
    is_draining: bool,
    asked: [Option<Request<Body>>; 3],
}

/// What the service says to a case on `/v1`, `/schedule` and `/api/v1/fixed-schedules`. Time has to be paused:
/// some cases take a while.
pub async fn answered(name: &str) -> [Option<Answered>; 3] {
    let made = case_named(name);
    let http = Http::before(&Fake::new(made.read, None), made.flags);
    for request in made.before {
        http.send(request).await;
    }
    if made.is_draining {
        http.service.start_draining();
    }
    let mut answers = [None, None, None];
    for (answer, asked) in answers.iter_mut().zip(made.asked) {
        if let Some(asked) = asked {
            let (method, path) = (asked.method().to_string(), asked.uri().path().to_owned());
            let reply = http.send(asked).await;
            *answer = Some(Answered {
                method,
                path,
                reply,
            });
        }
    }
    answers
}

fn get(path: &str) -> Request<Body> {
    request("GET", path, &[], Body::empty())
}

fn post(path: &str, kind: &str, body: impl Into<Body>) -> Request<Body> {
    request("POST", path, &[("content-type", kind)], body.into())
}

/// The usual question on each interface, with a header more.
fn usual_with(headers: &[(&str, &str)]) -> [Option<Request<Body>>; 3] {
    let paths = [
        format!("/v1/timetables/{IDENTIFIER}"),
        format!("/schedule?url=@{IDENTIFIER}"),
        format!("/api/v1/fixed-schedules/everytime/{IDENTIFIER}"),
    ];
    paths.map(|path| Some(request("GET", &path, headers, Body::empty())))
}

fn asking(asked: [Option<Request<Body>>; 3]) -> Case {
    Case {
        read: Ok(fixture("weekday")),
        flags: &[],
        before: Vec::new(),
        is_draining: false,
        asked,
    }
}

/// What the source says to the usual question.
fn reading(read: Result<Timetable, SourceError>) -> Case {
    Case {
        read,
        ..asking(usual_with(&[]))
    }
}

fn not_available(why: NotAvailable) -> Case {
    reading(Err(SourceError::NotAvailable(why)))
}

/// The breaker is open after that failure.
fn circuit_open(last: NotAvailable) -> Case {
    let retry_after = Duration::from_secs(30);
    reading(Err(CircuitOpen { last, retry_after }.into()))
}

fn case_named(name: &str) -> Case {
    link_case(name)
        .or_else(|| request_case(name))
        .or_else(|| caller_case(name))
        .or_else(|| read_case(name))
        .unwrap_or_else(|| panic!("no such case: {name}"))
}

/// Cases of the link.
fn link_case(name: &str) -> Option<Case> {
    let fixed = "/api/v1/fixed-schedules/everytime/";
    let each = |text: &str| {
        let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let encoded = encoded.replace('+', "%20");
        [
            Some(get(&format!("/v1/timetables?link={encoded}"))),
            Some(get(&format!("/schedule?url={encoded}"))),
            Some(get(&format!("{fixed}{encoded}"))),
        ]
    };
    let asked = match name {
        "no link, or an empty one" => {
            let fixed = Some(get(fixed));
            [Some(get("/v1/timetables")), Some(get("/schedule")), fixed]
        }
        "not a timetable link or identifier" => each("nothing"),
        "the owner's own address" => each("https://everytime.kr/timetable/2026/2/1"),
        "links to different timetables" => {
            let [full, schedule, _] = each(
                "@weekday0000000000000 https://everytime.kr/@saturday000000000000 https://everytime.kr/@weekday0000000000000",
            );
            [full, schedule, None]
        }
        "a text too long for a link" => each(&"x".repeat(3_000)),
        _ => return None,
    };
    Some(asking(asked))
}

/// Cases of the request as a whole.
fn request_case(name: &str) -> Option<Case> {
    let links = r#""links":["@weekday0000000000000","@saturday000000000000"]"#;
    let (free, json) = ("/v1/free", "application/json");
    let asked = match name {
        "a wrong or missing parameter" => [
            Some(get(&format!("/v1/timetables/{IDENTIFIER}.ics"))),
            Some(post("/schedule", json, "{\"url\":5}")),
            None,
        ],
        "a parameter given twice" => [
            Some(get("/v1/timetables?link=a&link=a")),
            Some(get("/schedule?url=a&url=a")),
            None,
        ],
        "an unknown member" => {
            let body = format!("{{{links},\"daze\":[]}}");
            [Some(post(free, json, body)), None, None]
        }
        "an unreadable body" => both(|path| post(path, json, "{")),
        "an unsupported content type" => both(|path| post(path, "application/xml", "<a/>")),
        "a body of more than 256 KiB" => both(|path| post(path, json, " ".repeat(300_000))),
        "a body that takes longer than 5 s" => both(|path| {
            let never = futures_util::stream::pending::<Result<Bytes, std::io::Error>>();
            post(path, json, Body::from_stream(never))
        }),
        "more than 64 headers, or 32 KiB of them" => {
            usual_with(&[("x-long", "x".repeat(40_000).as_str())])
        }
        "an unknown path" => ["/v2", "/schedule/x", "/api/v2"].map(|path| Some(get(path))),
        "a method that the path does not support" => usual_with(&[]).map(|asked| {
            let (mut parts, body) = asked.unwrap().into_parts();
            parts.method = axum::http::Method::DELETE;
            Some(Request::from_parts(parts, body))
        }),
        "a `Host` that is not the service's" => usual_with(&[("host", "evil.example")]),
        _ => return None,
    };
    Some(asking(asked))
}

/// The two paths that take a body.
fn both(request: impl Fn(&str) -> Request<Body>) -> [Option<Request<Body>>; 3] {
    [Some(request("/v1/free")), Some(request("/schedule")), None]
}

/// Cases of the caller.
fn caller_case(name: &str) -> Option<Case> {
    let wrong = [("x-api-key", "wrong")];
    let made = match name {
        "a missing or wrong key" => Case {
            flags: &["--api-keys=right"],
            ..asking(usual_with(&[]))
        },
        "20 wrong keys in a minute" => Case {
            flags: &["--api-keys=right"],
            before: (0..20)
                .filter_map(|_| usual_with(&wrong)[0].take())
                .collect(),
            ..asking(usual_with(&wrong))
        },
        "more requests than the caller may send" => Case {
            flags: &["--rate-limit=1"],
            before: vec![get("/schedule")],
            ..asking(usual_with(&[]))
        },
        _ => return None,
    };
    Some(made)
}

/// Cases of the site and of the service.
fn read_case(name: &str) -> Option<Case> {
    let (refused, failed) = (
        NotAvailable::Blocked { status: Some(403) },
        NotAvailable::SiteUnavailable { status: Some(500) },
    );
    let (step, reason) = ("page".to_owned(), "a reason".to_owned());
    let retry_after = Duration::from_secs(2);
    let made = match name {
        "no such timetable" => not_available(NotAvailable::NotFound),
        "not public" => not_available(NotAvailable::NotPublic),
        "no timetable that term" => not_available(NotAvailable::NoTimetable),
        "public, without classes" => reading(Ok(fixture("empty"))),
        "page unreadable, or its layout changed" => {
            not_available(Mismatch::new(Check::Structure, "one thing", "another").into())
        }
        "the site refuses" => not_available(refused),
        "the site refuses and reads are stopped" => circuit_open(refused),
        "the site fails or is unreachable" => not_available(failed),
        "the site fails and reads are stopped" => circuit_open(failed),
        "the site is too slow" => reading(Err(SourceError::TooSlow { step })),
        "the queue is full" => reading(Err(SourceError::Busy { retry_after })),
        "the service is stopping" => Case {
            is_draining: true,
            ..reading(Ok(fixture("weekday")))
        },
        "no browser" => reading(Err(SourceError::BrowserUnavailable {
            reason,
            retry_after: None,
        })),
        "a defect of the service" => reading(Err(SourceError::Internal { reason })),
        _ => return None,
    };
    Some(made)
}
