//! Pages and processes that fail in a real browser.

use std::{
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use super::common::{config, fleet_of, in_dir, kind, lent::lent, patience, short_dir, site, visit};
use serde_json::json;
use webdriver_fleet::{Browser, Fleet, FleetConfig, Visit, VisitError};

const GRACE: Duration = Duration::from_secs(5);

async fn is_well(fleet: &Fleet, site: &url::Url) {
    let read = fleet.visit(visit(site, "plain")).await.unwrap();
    assert_eq!(read.value, json!("hello"));
    assert_eq!(fleet.status().slots.len(), 1);
}

#[tokio::test]
async fn a_page_whose_process_crashes_is_reported_after_a_second_try() {
    let (fleet, site) = (lent().await, site().await);
    let crash = Visit {
        url: crash_page().parse().unwrap(),
        ..visit(&site, "")
    };
    let error = fleet.visit(crash).await.unwrap_err();
    assert!(matches!(error, VisitError::Crashed { .. }), "{error:?}");
    assert_eq!(fleet.retried(), 1);
    is_well(&fleet, &site).await;
}

/// The address at which the browser ends the page's process.
fn crash_page() -> &'static str {
    match kind() {
        Browser::Chromium => "chrome://crash",
        Browser::Firefox => "about:crashcontent",
    }
}

#[tokio::test]
async fn a_page_that_fills_its_heap_fails_and_the_next_visit_succeeds() {
    let (fleet, site) = (lent().await, site().await);
    let hungry = Visit {
        script: "void arguments".into(),
        page_timeout: Duration::from_secs(2),
        deadline: Instant::now() + Duration::from_secs(6),
        ..visit(&site, "hungry")
    };
    fleet.visit(hungry).await.unwrap_err();
    is_well(&fleet, &site).await;
}

#[tokio::test]
async fn nothing_is_downloaded() {
    let dir = short_dir("loads");
    let (fleet, site) = (fleet_of(in_dir(config(1), dir.clone())).await, site().await);
    let _ = fleet.visit(visit(&site, "downloads")).await;
    let _ = fleet.visit(visit(&site, "attachment")).await;
    is_well(&fleet, &site).await;
    assert_eq!(named_x(&dir) + named_x(Path::new(".")), 0);
    fleet.shutdown(GRACE).await;
    fs::remove_dir(&dir).unwrap();
}

/// Files of that name, however the browser ends it.
fn named_x(dir: &Path) -> usize {
    let entries = fs::read_dir(dir).unwrap().flatten();
    let count = |entry: fs::DirEntry| match entry.file_type() {
        Ok(kind) if kind.is_dir() && !dir.ends_with(".") => named_x(&entry.path()),
        _ => usize::from(entry.file_name().to_string_lossy().starts_with("x.")),
    };
    entries.map(count).sum()
}

#[tokio::test]
async fn two_hundred_callers_on_two_sessions_are_all_answered_in_time() {
    let config = FleetConfig {
        queue: 100,
        queue_timeout: Duration::from_millis(700),
        ..config(2)
    };
    let (fleet, site) = (Arc::new(fleet_of(config).await), site().await);
    let calls: Vec<_> = (0..200)
        .map(|_| {
            let (fleet, mut visit) = (Arc::clone(&fleet), visit(&site, "plain"));
            visit.deadline = Instant::now() + patience(3);
            tokio::spawn(async move { (visit.deadline, fleet.visit(visit).await, Instant::now()) })
        })
        .collect();
    let (mut read, mut full, mut late) = (0, 0, 0);
    for call in calls {
        let (deadline, result, ended) = call.await.unwrap();
        assert!(ended <= deadline);
        match result {
            Ok(visited) => read += usize::from(visited.value == json!("hello")),
            Err(VisitError::QueueFull { .. }) => full += 1,
            Err(VisitError::QueueTimeout { .. }) => late += 1,
            Err(error) => panic!("{error:?}"),
        }
    }
    println!("read {read}, queue full {full}, queued too long {late}");
    assert_eq!(read + full + late, 200);
    assert!(read > 0 && full >= 98);
    Arc::into_inner(fleet).unwrap().shutdown(GRACE).await;
}
