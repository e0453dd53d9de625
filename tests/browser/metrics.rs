//! What is counted: one list in the documents, and the same on the page, the dashboard and in the
//! alerts.

use std::collections::BTreeSet;

use crate::support::metrics::{dashboard, documented, names, promtool, text};
use crate::support::{Service, Site, fixtures};

async fn metrics(service: &Service) -> String {
    let answer = service.get("/metrics").await;
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; version=0.0.4; charset=utf-8")
    );
    answer.text
}

/// The value of a series, by its start.
fn value(text: &str, series: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(series));
    let line = line.unwrap_or_else(|| panic!("no {series} in {text}"));
    line.split_whitespace().last().unwrap().parse().unwrap()
}

#[tokio::test]
async fn every_name_is_in_the_documents_on_the_page_and_on_the_dashboard_and_no_other() {
    let site = Site::start(&fixtures()).await;
    let mut variables = site.variables();
    variables.push(("GONGGANG_CANARY", "@weekday0000000000000".to_owned()));
    let service = Service::start(&variables);
    service.get("/v1/timetables/weekday0000000000000").await;
    service.get("/livez").await;
    let scraped = metrics(&service).await;
    let types = scraped.lines().filter(|line| line.starts_with("# TYPE "));
    let scraped_names: BTreeSet<String> = types
        .map(|line| line.split(' ').nth(2).unwrap().to_owned())
        .collect();
    let (all, shared) = documented();
    let expected: BTreeSet<String> = all.difference(&shared).cloned().collect();
    assert_eq!(
        scraped_names, expected,
        "left: /metrics, right: docs/operating.md"
    );
    assert_eq!(names(&dashboard().join(" ")), all, "left: dashboard");
    let watched = names(&text("deploy/prometheus/alerts.yml"));
    let unknown: Vec<_> = watched.difference(&all).collect();
    assert!(unknown.is_empty(), "in the alerts alone: {unknown:?}");
    let (is_clean, said) = promtool(&["check", "metrics"], &scraped);
    assert!(is_clean && said.is_empty(), "{said}");
}

#[tokio::test]
async fn the_numbers_are_those_of_what_happened() {
    let site = Site::start(&fixtures()).await;
    let mut variables = site.variables();
    variables.push(("GONGGANG_POOL_SIZE", "1".to_owned()));
    let service = Service::start(&variables);
    for fixture in [
        "weekday0000000000000",
        "weekday0000000000000",
        "forbidden00000000000",
    ] {
        service.get(&format!("/v1/timetables/{fixture}")).await;
    }
    let text = metrics(&service).await;
    let route = "route=\"/v1/timetables/{name}\"";
    for (series, expected) in [
        (
            format!("gonggang_http_requests_total{{{route},status=\"200\"}}"),
            2.0,
        ),
        (
            format!("gonggang_http_requests_total{{{route},status=\"502\"}}"),
            1.0,
        ),
        (
            format!("gonggang_http_request_seconds_count{{{route}}}"),
            3.0,
        ),
        (
            "gonggang_read_seconds_count{source=\"browser\",outcome=\"timetable\"}".into(),
            1.0,
        ),
        (
            "gonggang_read_seconds_count{source=\"browser\",outcome=\"blocked\"}".into(),
            1.0,
        ),
        (
            "gonggang_upstream_errors_total{source=\"browser\",kind=\"blocked\"}".into(),
            1.0,
        ),
        ("gonggang_breaker_state{source=\"browser\"}".into(), 0.0),
        ("gonggang_cache_requests_total{result=\"hit\"}".into(), 1.0),
        ("gonggang_queue_wait_seconds_count".into(), 2.0),
        ("gonggang_queue_capacity".into(), 16.0),
        ("gonggang_sessions_opened_total".into(), 1.0),
        ("gonggang_ready".into(), 1.0),
    ] {
        assert!(
            (value(&text, &series) - expected).abs() < 1e-9,
            "{series}: {text}"
        );
    }
    let sessions: f64 = ["opening", "idle", "busy", "cleaning", "down", "closed"]
        .map(|state| value(&text, &format!("gonggang_sessions{{state=\"{state}\"}}")))
        .iter()
        .sum();
    assert!((sessions - 1.0).abs() < 1e-9, "{text}");
    // A driver and a browser take tens of megabytes, the service less than a browser.
    let (browsers, itself) = (
        value(&text, "gonggang_browser_memory_bytes"),
        value(&text, "gonggang_process_resident_memory_bytes"),
    );
    println!(
        "browsers {:.0} MB, service {:.0} MB",
        browsers / 1e6,
        itself / 1e6
    );
    assert!((3e7..1e9).contains(&browsers), "{browsers}");
    assert!((3e6..3e8).contains(&itself), "{itself}");
}
