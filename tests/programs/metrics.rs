//! What is counted: one list in the documents, and the same on the page, the dashboard and in the
//! alerts.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::{Service, Site, fixtures};
use serde_json::Value;

fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn text(path: &str) -> String {
    std::fs::read_to_string(file(path)).unwrap()
}

/// Everything in a text that looks like one of our metrics; parts of a histogram by its own name.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let ours = words.filter(|word| word.starts_with("gonggang_"));
    let whole = |word: &str| {
        let parts = ["_bucket", "_count", "_sum"];
        let part = parts.into_iter().find_map(|part| word.strip_suffix(part));
        part.unwrap_or(word).to_owned()
    };
    ours.map(whole).collect()
}

/// The first column of the table, and which of its rows need a shared cache.
fn documented() -> (BTreeSet<String>, BTreeSet<String>) {
    let document = text("docs/operating.md");
    let rows = document
        .lines()
        .filter(|line| line.starts_with("| `gonggang_"));
    let (mut all, mut shared) = (BTreeSet::new(), BTreeSet::new());
    for row in rows {
        let columns: Vec<_> = row.split('|').collect();
        all.extend(names(columns[1]));
        if columns[2].contains("Only with `GONGGANG_CACHE_URL`") {
            shared.extend(names(columns[1]));
        }
    }
    (all, shared)
}

fn dashboard() -> Vec<String> {
    let dashboard: Value = serde_json::from_str(&text("deploy/grafana/gonggang.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels
        .iter()
        .filter_map(|panel| panel["targets"].as_array());
    let expressions = targets
        .flatten()
        .map(|target| target["expr"].as_str().unwrap());
    expressions.map(str::to_owned).collect()
}

/// Runs promtool on a text and says what it complains of.
fn promtool(arguments: &[&str], input: &str) -> (bool, String) {
    let mut tool = Command::new("promtool")
        .args(arguments)
        .current_dir(file("deploy/prometheus"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool is installed: scripts/setup-tests");
    let mut stdin = tool.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    let output = tool.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

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
    let service = Service::reading(&site);
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
    for case in [
        "weekday0000000000000",
        "weekday0000000000000",
        "forbidden00000000000",
    ] {
        service.get(&format!("/v1/timetables/{case}")).await;
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

#[test]
fn the_alerts_fire_for_what_they_are_about() {
    for arguments in [
        ["check", "rules", "alerts.yml"],
        ["test", "rules", "alerts.test.yml"],
    ] {
        let (is_fine, said) = promtool(&arguments, "");
        assert!(is_fine, "{said}");
    }
}

#[test]
fn each_alert_says_what_it_is_and_what_to_do() {
    let (rules, document) = (
        text("deploy/prometheus/alerts.yml"),
        text("docs/operating.md"),
    );
    let alerts: Vec<_> = rules.split("- alert: ").skip(1).collect();
    assert!(alerts.len() > 10);
    for alert in alerts {
        let name = alert.lines().next().unwrap();
        let anchor = format!("runbook: docs/operating.md#{}\n", name.to_lowercase());
        for part in ["summary: ", "description: ", "severity: ", &anchor] {
            assert!(alert.contains(part), "{name}: no {part}");
        }
        let heading = format!("\n### {name}\n");
        assert!(document.contains(&heading), "{name} is not in the document");
    }
}

/// Grafana is not here, but the expressions are Prometheus', whose parser is.
#[test]
fn each_expression_of_the_dashboard_is_valid() {
    let rules = dashboard()
        .into_iter()
        .enumerate()
        .map(|(number, expression)| {
            let expression = expression
                .replace("$__rate_interval", "5m")
                .replace("$instance", ".*");
            serde_json::json!({ "record": format!("panel:{number}"), "expr": expression })
        });
    let rules: Vec<_> = rules.collect();
    assert!(rules.len() > 30);
    let group = serde_json::json!({ "groups": [{ "name": "dashboard", "rules": rules }] });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.yml");
    std::fs::write(&path, group.to_string()).unwrap();
    let (is_fine, said) = promtool(&["check", "rules", path.to_str().unwrap()], "");
    assert!(is_fine, "{said}");
}
