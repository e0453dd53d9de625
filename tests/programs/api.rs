//! The API as a source: the same timetables as off the page, and clear words for everything else.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::support::{Service, Site, address, expected, fixtures};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use gonggang::code::Code;
use gonggang::fault::Fault;
use gonggang::source::api::ApiSource;
use gonggang::source::{SiteConfig, Source, SourceError};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use standin::{Behaviour, DocumentKind, DrawingStyle, Fixture};
use timetable::NotAvailable;
use timetable::Timetable;
use tokio::net::TcpListener;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The slow fixture takes 2 s on purpose, the one that never answers all of it.
const TIMEOUT: Duration = Duration::from_secs(4);
const WEEKDAY: &str = "weekday0000000000000";
/// Fixtures whose page fails without the API having a part in it.
const FAULTS_OF_THE_PAGE: [&str; 8] = [
    "challenge",
    "interstitial",
    "login-redirect",
    "maintenance",
    "page-forbidden",
    "page-unavailable",
    "throws-at-first",
    "throws-at-third",
];

fn source(url: &str) -> ApiSource {
    let url: url::Url = url.parse().unwrap();
    let site = SiteConfig {
        everytime_url: "https://everytime.kr".parse().unwrap(),
        api_url: url,
        authorities: Vec::new(),
        proxy: None,
    };
    ApiSource::new(&site, None, TIMEOUT).unwrap()
}

async fn read(source: &ApiSource, identifier: &str) -> Result<Timetable, Fault> {
    let identifier = identifier.parse().unwrap();
    let deadline = Instant::now() + Duration::from_mins(1);
    let read = source.read(&identifier, deadline, CancellationToken::new());
    read.await.map(|read| read.timetable).map_err(Fault::from)
}

/// What was read, or the fault's code.
fn told(read: &Result<Timetable, Fault>) -> Value {
    match read {
        Ok(timetable) => serde_json::to_value(timetable).unwrap(),
        Err(fault) => json!(fault.code()),
    }
}

/// Whether only the page can end in a fault here; the API is not asked for it.
fn is_the_pages_own_fault(behaviour: &Behaviour) -> bool {
    let page = &behaviour.page;
    let throws = matches!(behaviour.drift.drawing, Some(DrawingStyle::ThrowsAt(_)));
    page.status != 200 || page.document != DocumentKind::Timetable || throws
}

#[tokio::test]
async fn every_fixture_is_read_from_the_api_as_expected_of_both_sources() {
    let site = Site::start(&fixtures()).await;
    let source = source(&site.url);
    let (mut skipped, mut wrong) = (Vec::new(), Vec::new());
    for fixture in site.fixtures.all() {
        if is_the_pages_own_fault(&fixture.behaviour) {
            skipped.push(fixture.name.clone());
            continue;
        }
        let expected = expected(&fixtures().join(&fixture.name));
        let expected = match expected["outcome"].as_str().unwrap() {
            "timetable" => expected["timetable"].clone(),
            fault => json!(fault),
        };
        let found = told(&read(&source, &fixture.identifier).await);
        if found != expected {
            wrong.push(format!(
                "{}:\n  expected {expected}\n  found    {found}",
                fixture.name
            ));
        }
    }
    skipped.sort();
    assert_eq!(skipped, FAULTS_OF_THE_PAGE);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_the_page_refuses_to_draw_is_busy_all_the_same() {
    let site = Site::start(&fixtures()).await;
    let service = Service::reading_api(&site);
    let drawn = service
        .get("/v1/timetables/overlap0000000000000")
        .await
        .json();
    let marked: Vec<_> = drawn["classes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|class| class["not_drawn"] == true)
        .map(|class| {
            (
                class["name"].as_str().unwrap(),
                class["start"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(drawn["source"], "api");
    assert!(marked.contains(&("인공지능개론", "11:00")), "{marked:?}");
    let slots = service
        .get("/v1/timetables/overlap0000000000000/slots?granularity=30")
        .await;
    let monday = &slots.json()["days"][0];
    assert!(
        monday["busy"].as_array().unwrap().contains(&json!("12:30")),
        "{monday}"
    );
    assert_eq!(
        service.get("/readyz").await.status,
        200,
        "without any browser"
    );
    assert_eq!(service.get("/status").await.json()["source"]["kind"], "api");
}

#[tokio::test]
async fn a_dead_api_is_told_with_its_reason_in_the_log_and_the_status() {
    let mut variables = Site::start(&fixtures()).await.api_variables();
    variables.push(("GONGGANG_API_URL", address::of_nothing()));
    let service = Service::start(&variables);
    let answer = service.schedule(WEEKDAY).await;
    assert_eq!(answer.status, 502, "{answer:?}");
    let source = service.get("/status").await.json()["source"].take();
    assert_eq!(source["site_faults"], json!({ "refused": 1 }));
    assert_eq!(source["last_site_fault"]["why"], "refused");
    assert_eq!(service.get("/readyz").await.status, 200);
    let (service, _) = (service.log(), service.stop());
    let lines = service
        .iter()
        .map(|line| serde_json::from_str(line).unwrap());
    let told: Vec<Value> = lines
        .filter(|line: &Value| !line["why"].is_null())
        .collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["message"], "the API gave no answer");
    assert_eq!(told[0]["why"], "connection refused");
}

/// Serves one answer to everything and counts how often.
async fn answering<R: IntoResponse + Send>(
    answer: impl Fn(Request) -> R + Clone + Send + Sync + 'static,
) -> (String, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let router = Router::new().fallback(move |request: Request| {
        counted.fetch_add(1, Ordering::SeqCst);
        let answer = answer(request).into_response();
        async move { answer }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, asked)
}

fn zipped(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn gzip(body: Vec<u8>) -> Response {
    ([("content-encoding", "gzip")], body).into_response()
}

#[tokio::test]
async fn the_question_is_the_one_that_the_page_asks() {
    let (seen, mut asked) = tokio::sync::mpsc::unbounded_channel();
    let (url, _) = answering(move |request| {
        seen.send(request).unwrap();
        "<response>-1</response>"
    })
    .await;
    let refused = read(&source(&url), WEEKDAY).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    let (parts, body) = asked.recv().await.unwrap().into_parts();
    assert_eq!(
        (parts.method.as_str(), parts.uri.path()),
        ("POST", "/find/timetable/table/friend")
    );
    for (name, expected) in [
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", "https://everytime.kr"),
        ("referer", "https://everytime.kr/"),
    ] {
        assert_eq!(parts.headers[name], expected);
    }
    let agent = parts.headers["user-agent"].to_str().unwrap();
    assert!(
        agent.starts_with("Mozilla/5.0") && !agent.contains("Headless"),
        "{agent}"
    );
    let packed = parts.headers["accept-encoding"].to_str().unwrap();
    assert!(packed.contains("gzip") && packed.contains("br"), "{packed}");
    let body = body.collect().await.unwrap().to_bytes();
    assert_eq!(body, format!("identifier={WEEKDAY}&friendInfo=true"));
}

#[tokio::test]
async fn an_answer_may_be_packed_but_not_beyond_all_measure() {
    let text = std::fs::read(fixtures().join("weekday/timetable.xml")).unwrap();
    let (url, _) = answering(move |_| gzip(zipped(&text))).await;
    assert_eq!(
        read(&source(&url), WEEKDAY).await.unwrap(),
        crate::support::timetables::fixture("weekday")
    );
    // A few kilobytes on the way, a hundred megabytes unpacked.
    let bomb = zipped(&vec![b' '; 100 << 20]);
    assert!(bomb.len() < 200_000);
    let (url, _) = answering(move |_| gzip(bomb.clone())).await;
    let refused = read(&source(&url), WEEKDAY).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "layout changed: answer_shape: expected a timetable's length, found more"
    );
}

#[tokio::test]
async fn a_redirect_is_a_refusal_and_leads_nowhere() {
    let (elsewhere, followed) = answering(|_| "<response>-1</response>").await;
    let (url, _) = answering(move |_| Redirect::temporary(&elsewhere)).await;
    let refused = read(&source(&url), WEEKDAY).await;
    assert!(
        matches!(
            refused,
            Err(Fault::Source(SourceError::NotAvailable(
                NotAvailable::Blocked { status: Some(307) }
            )))
        ),
        "{refused:?}"
    );
    assert_eq!(followed.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn every_way_of_failing_has_its_name() {
    let broken = || Body::from_stream(futures_util::stream::iter([Ok("<resp"), Err("gone")]));
    let unreachable = address::of_nothing();
    for (url, code) in [
        (answering(|_| StatusCode::FORBIDDEN).await.0, "blocked"),
        (answering(|_| StatusCode::NO_CONTENT).await.0, "blocked"),
        (answering(|_| "<!doctype html><p>안녕").await.0, "blocked"),
        (
            answering(|_| gzip(b"not zipped".to_vec())).await.0,
            "site_unavailable",
        ),
        (
            answering(move |_| Response::new(broken())).await.0,
            "site_unavailable",
        ),
        (
            answering(|_| StatusCode::BAD_GATEWAY).await.0,
            "site_unavailable",
        ),
        (
            answering(|_| "<response>7</response>").await.0,
            "layout_changed",
        ),
        (unreachable, "site_unavailable"),
    ] {
        let fault = read(&source(&url), WEEKDAY).await.unwrap_err();
        assert_eq!(fault.code().as_str(), code);
    }
}

#[tokio::test]
async fn a_site_that_fails_is_left_alone_and_found_again_when_it_is_back() {
    let site = Site::start(&fixtures()).await;
    let good = site.fixtures.get(WEEKDAY).unwrap();
    let mut failing = Behaviour::default();
    failing.api.status = 503;
    site.fixtures
        .insert(Fixture::new("weekday", &*good.answer).with_behaviour(failing));
    let (proxy, tried) = answering(|_| StatusCode::IM_A_TEAPOT).await;
    let mut variables = site.variables();
    variables.push(("GONGGANG_SOURCE", "api".to_owned()));
    variables.push(("GONGGANG_BREAKER_FAILURES", "3".to_owned()));
    variables.push(("GONGGANG_BREAKER_PAUSE", "2s".to_owned()));
    variables.push(("http_proxy", proxy.clone()));
    variables.push(("ALL_PROXY", proxy));
    let service = Service::start(&variables);
    let path = format!("/v1/timetables/{WEEKDAY}");
    for _ in 0..3 {
        let answer = service.get(&path).await;
        assert_eq!(
            (answer.status, answer.header("retry-after")),
            (502, None),
            "{answer:?}"
        );
    }
    site.fixtures.insert((*good).clone());
    let answer = service.get(&path).await;
    assert_eq!(answer.json()["code"], "site_unavailable");
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=2).contains(&wait), "{wait}");
    assert_eq!(site.fixtures.api_calls(WEEKDAY), 3, "it was left alone");
    let metrics = service.get("/metrics").await.text;
    for line in [
        r#"gonggang_breaker_state{source="api"} 2"#,
        r#"gonggang_upstream_errors_total{source="api",kind="site_unavailable"} 3"#,
    ] {
        assert!(
            metrics.lines().any(|found| found == line),
            "{line} not in {metrics}"
        );
    }
    let back = async {
        while service.get(&path).await.status != 200 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), back)
        .await
        .unwrap();
    assert_eq!(site.fixtures.api_calls(WEEKDAY), 4, "one probe");
    assert_eq!(
        tried.load(Ordering::SeqCst),
        0,
        "no proxy of the environment was asked"
    );
}
