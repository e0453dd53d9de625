//! `make soak`: many pages on one service; watches memory and processes of service and browsers.
//!
//! Every page is a different timetable, no answer comes from the cache, and every answer is checked.
//! `SOAK_PAGES` (10000) pages, by `SOAK_CALLERS` (4) callers, on two sessions.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measurement"
)]

#[path = "../common/mod.rs"]
mod common;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common::report::table;
use common::service::Service;
use common::setting;
use common::site::{CACHED, Site};
use serde_json::Value;

/// Capacity of the cache: small, so that it is full early and later growth has another cause.
const CACHE: &str = "500";
/// Lines of the table.
const SAMPLES: usize = 10;

#[tokio::main]
async fn main() {
    let pages = setting("SOAK_PAGES", 10_000);
    let callers = setting("SOAK_CALLERS", 4);
    let site = Site::start().await;
    let service = Service::start(&site, &[("GONGGANG_CACHE_CAPACITY", CACHE.to_owned())]);
    let wanted = service.timetable(CACHED).await.unwrap();
    let mut rows = vec![sample(&service, 0, Duration::ZERO, 0)];
    let began = Instant::now();
    let mut failed = 0;
    for part in 1..=SAMPLES {
        failed += read(&service, &site, &wanted, pages / SAMPLES, callers).await;
        let done = pages / SAMPLES * part;
        rows.push(sample(&service, done, began.elapsed(), failed));
        eprintln!("{}", rows.last().unwrap().join(" · "));
    }
    println!("{}", table(&HEAD, &rows));
    println!("Sessions begun and ended: {}", sessions(&service).await);
    let left = service.stop();
    println!(
        "Left behind: {} processes, {} files.",
        left.processes, left.files
    );
    assert_eq!((failed, left.processes, left.files), (0, 0, 0));
}

/// Reads so many timetables and returns how many failed.
async fn read(
    service: &Service,
    site: &Site,
    wanted: &Value,
    pages: usize,
    callers: usize,
) -> usize {
    let (begun, failed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let all = (0..callers).map(|_| async {
        while begun.fetch_add(1, Ordering::Relaxed) < pages {
            let answer = service.timetable(&site.fresh_identifier()).await;
            if !answer.is_ok_and(|answer| answer["classes"] == wanted["classes"]) {
                failed.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    futures_util::future::join_all(all).await;
    failed.into_inner()
}

/// Sessions opened, and closed by reason, from the metrics.
async fn sessions(service: &Service) -> String {
    let status = service.get("/status").await.unwrap();
    let browser = &status["source"]["browser"];
    format!("{} {}", browser["opened"], browser["closed"])
}

const HEAD: [&str; 6] = [
    "pages",
    "minutes",
    "service MiB",
    "browsers MiB",
    "processes",
    "failed",
];

fn sample(service: &Service, pages: usize, took: Duration, failed: usize) -> Vec<String> {
    vec![
        pages.to_string(),
        format!("{:.1}", took.as_secs_f64() / 60.0),
        format!("{:.1}", service.memory()),
        format!("{:.0}", service.memory_of_others()),
        service.others().len().to_string(),
        failed.to_string(),
    ]
}
