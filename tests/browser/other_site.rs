//! Another stand-in than ours is read exactly: a small page of its own markup and style, without jQuery,
//! drawn by an inline script from a `fetch`. The reader depends on what is known of the site alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::{Service, expected, fixtures, read_part};
use axum::extract::State;
use axum::response::{Html, IntoResponse};
use axum::routing::{MethodRouter, get, post};
use axum::{Form, Router};
use serde::Deserialize;
use serde_json::Value;
use standin::Fixtures;
use tokio::net::TcpListener;

pub const PAGE: &str = include_str!("other_site/page.html");

/// Fixtures whose answers the page is drawn from.
const FIXTURES: [&str; 16] = [
    "weekday",
    "saturday",
    "sunday",
    "seven-oclock",
    "until-midnight",
    "seventy-five-minutes",
    "untimed",
    "place-fallback",
    "markup-and-emoji",
    "overlap",
    "duplicate",
    "more-than-thirty",
    "not-in-menu",
    "empty",
    "private",
    "unknown",
];

#[derive(Deserialize)]
struct Question {
    identifier: String,
}

/// What is served, and how often the API was asked.
pub struct Other {
    pub fixtures: Fixtures,
    api_calls: AtomicUsize,
}

impl Other {
    pub fn with_our_fixtures() -> Arc<Self> {
        Arc::new(Self {
            fixtures: Fixtures::load(&fixtures()).unwrap(),
            api_calls: AtomicUsize::new(0),
        })
    }
}

/// The answer about a timetable; about others than the fixtures', nothing.
async fn answer(
    State(site): State<Arc<Other>>,
    Form(question): Form<Question>,
) -> impl IntoResponse {
    site.api_calls.fetch_add(1, Ordering::SeqCst);
    let fixture = site.fixtures.get(&question.identifier);
    let answer = fixture
        .map(|fixture| fixture.answer.clone())
        .unwrap_or_default();
    ([("content-type", "application/xml; charset=utf-8")], answer)
}

/// Serves API and `page`, a timetable's page, from one origin. Its address.
pub async fn serve(site: Arc<Other>, page: MethodRouter<Arc<Other>>) -> String {
    let router = Router::new()
        .route("/", get(Html("<!doctype html><title>시간표</title>")))
        .route("/@{identifier}", page)
        .route("/find/timetable/table/friend", post(answer))
        .with_state(site);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test]
async fn another_stand_in_is_read_exactly_with_one_call_of_its_api_each() {
    let site = Other::with_our_fixtures();
    let url = serve(Arc::clone(&site), get(Html(PAGE))).await;
    let service = Service::start(&[
        ("GONGGANG_EVERYTIME_URL", url.clone()),
        ("GONGGANG_API_URL", url),
    ]);
    let mut wrong = Vec::new();
    for name in FIXTURES {
        let fixture = site.fixtures.named(name).unwrap();
        let path = format!("/v1/timetables/{}", fixture.identifier);
        let answer = service.get(&path).await;
        let expected = expected(&fixtures().join(name));
        let (expected, found): (&Value, Value) = match answer.status {
            200 => (&expected["timetable"], read_part(answer.json())),
            _ => (&expected["outcome"], answer.json()["code"].clone()),
        };
        if *expected != found {
            wrong.push(format!(
                "{name}:\n  expected {expected}\n  found    {found}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(site.api_calls.load(Ordering::SeqCst), FIXTURES.len());
}
