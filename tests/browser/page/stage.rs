//! The service behind the page, with a source that answers as its name says.

use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use gonggang::http::{ServerLimits, serve};
use gonggang::source::SourceError;
use serde_json::json;
use timetable::NotAvailable;
use timetable::Timetable;
use timetable::mismatch::{Check, Mismatch};
use timetable::share_link::Identifier;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::support::fake::{Fake, Http};
use crate::support::timetables::fixture;

/// Entries of a menu: label and name.
type Menu = &'static [(&'static str, &'static str)];

/// Timetables of other terms: name, semester, and the menu of their owners.
const TERMS: [(&str, &str, Menu); 5] = [
    (
        "jiwoospring",
        "1",
        &[
            ("2026년 2학기", "jiwooautumn"),
            ("2026년 1학기", "jiwoospring"),
        ],
    ),
    (
        "jiwooautumn",
        "2",
        &[
            ("2026년 2학기", "jiwooautumn"),
            ("2026년 1학기", "jiwoospring"),
        ],
    ),
    (
        "minaspring",
        "1",
        &[("2026년 2학기", "private"), ("2026년 1학기", "minaspring")],
    ),
    ("onlyautumn", "2", &[("2026년 2학기", "onlyautumn")]),
    ("onlyspring", "1", &[("2026년 1학기", "onlyspring")]),
];

/// Timetables that are there.
const FIXTURES: [&str; 8] = [
    "weekday",
    "seventy-five-minutes",
    "twenty-five-start",
    "sunday",
    "untimed",
    "overlap",
    "markup-and-emoji",
    "empty",
];

/// A name for each fault of a reading, and its code.
pub const FAULTS: [(&str, &str); 11] = [
    ("private", "not_public"),
    ("unknown", "not_found"),
    ("noterm", "no_timetable"),
    ("changed", "layout_changed"),
    ("blocked", "blocked"),
    ("down", "site_unavailable"),
    ("slow", "timeout"),
    ("busy", "busy"),
    ("draining", "draining"),
    ("nobrowser", "browser_unavailable"),
    ("broken", "internal"),
];

/// Serves the page before `fake` as long as the test runs; says where.
pub async fn serving(fake: &Arc<Fake>, flags: &[&str]) -> String {
    serving_router(Http::before(fake, flags).router()).await
}

/// The same, and every request as the service gets it: its line, its headers and its body.
pub async fn serving_watched(fake: &Arc<Fake>) -> (String, Arc<Mutex<Vec<String>>>) {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&requests);
    let watch = from_fn(move |request: Request, next: Next| {
        let seen = Arc::clone(&seen);
        async move {
            let (parts, body) = request.into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap();
            let text = String::from_utf8_lossy(&body);
            let line = format!("{} {}", parts.method, parts.uri);
            seen.lock()
                .unwrap()
                .push(format!("{line}\n{:?}\n{text}", parts.headers));
            next.run(Request::from_parts(parts, body.into())).await
        }
    });
    let router = Http::before(fake, &[]).router().layer(watch);
    (serving_router(router).await, requests)
}

async fn serving_router(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let limits = ServerLimits::default();
    tokio::spawn(serve(listener, router, limits, pending()));
    url
}

/// Every fixture and every fault by its name; anything else is the timetable of weekdays.
pub fn everything() -> Arc<Fake> {
    telling(None)
}

/// The same, but never.
pub fn held_back() -> Arc<Fake> {
    telling(Some(Arc::new(Notify::new())))
}

fn telling(go: Option<Arc<Notify>>) -> Arc<Fake> {
    let known: Vec<Timetable> = FIXTURES.iter().map(|name| fixture(name)).collect();
    let answer = move |identifier: &Identifier| {
        let name = identifier.as_str().trim_end_matches('0');
        if let Some(error) = fault(name) {
            return Err(error);
        }
        if let Some(timetable) = of_another_term(&known[1], identifier) {
            return Ok(timetable);
        }
        let found = known.iter().find(|one| one.identifier == *identifier);
        Ok(found.unwrap_or(&known[0]).clone())
    };
    Fake::telling(answer, go)
}

fn of_another_term(like: &Timetable, identifier: &Identifier) -> Option<Timetable> {
    let name = identifier.as_str().trim_end_matches('0');
    let (_, semester, menu) = TERMS.iter().find(|(known, ..)| *known == name)?;
    let mut timetable = serde_json::to_value(like).unwrap();
    timetable["identifier"] = json!(identifier);
    timetable["semester"] = json!(semester);
    timetable["title"] = json!(format!("2026년 {semester}학기"));
    let entry = |(label, name): &(&str, &str)| json!({"label": label, "identifier": format!("{name:0<20}")});
    timetable["semesters"] = menu.iter().map(entry).collect();
    Some(serde_json::from_value(timetable).unwrap())
}

fn fault(name: &str) -> Option<SourceError> {
    Some(match name {
        "private" => NotAvailable::NotPublic.into(),
        "unknown" => NotAvailable::NotFound.into(),
        "noterm" => NotAvailable::NoTimetable.into(),
        "changed" => NotAvailable::from(Mismatch::new(Check::Structure, "a", "b")).into(),
        "blocked" => NotAvailable::Blocked { status: Some(403) }.into(),
        "down" => NotAvailable::SiteUnavailable { status: Some(500) }.into(),
        "slow" => NotAvailable::TooSlow.into(),
        "busy" => SourceError::Busy {
            retry_after: Duration::from_secs(3),
        },
        "draining" => SourceError::Draining,
        "nobrowser" => SourceError::BrowserUnavailable {
            reason: "none".into(),
            retry_after: None,
        },
        "broken" => SourceError::Internal {
            reason: "a test".into(),
        },
        _ => return None,
    })
}
