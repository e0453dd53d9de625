//! The service behind the page, with a source that answers as its name says.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use gonggang::http::{ServerLimits, serve};
use gonggang::source::SourceError;
use gonggang::timetable::Timetable;
use gonggang::timetable::reading::{Check, Mismatch, Unread};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::support::fake::{Fake, Http, case};

/// Timetables that are there.
const CASES: [&str; 8] = [
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
    let router = Http::before(fake, flags).router();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let limits = ServerLimits::default();
    tokio::spawn(serve(listener, router, limits, pending()));
    url
}

/// Every case and every fault by its name; anything else is the timetable of weekdays.
pub fn everything() -> Arc<Fake> {
    telling(None)
}

/// The same, but never.
pub fn held_back() -> Arc<Fake> {
    telling(Some(Arc::new(Notify::new())))
}

fn telling(go: Option<Arc<Notify>>) -> Arc<Fake> {
    let cases: Vec<Timetable> = CASES.iter().map(|name| case(name)).collect();
    let answer = move |identifier: &gonggang::timetable::share_link::Identifier| {
        let name = identifier.as_str().trim_end_matches('0');
        if let Some(error) = fault(name) {
            return Err(error);
        }
        let known = cases.iter().find(|case| case.identifier == *identifier);
        Ok(known.unwrap_or(&cases[0]).clone())
    };
    Fake::telling(answer, go)
}

fn fault(name: &str) -> Option<SourceError> {
    Some(match name {
        "private" => Unread::NotPublic.into(),
        "unknown" => Unread::NotFound.into(),
        "noterm" => Unread::NoTimetable.into(),
        "changed" => Unread::from(Mismatch::new(Check::Structure, "a", "b")).into(),
        "blocked" => Unread::Blocked { status: Some(403) }.into(),
        "down" => Unread::SiteUnavailable { status: Some(500) }.into(),
        "slow" => Unread::TooSlow.into(),
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
