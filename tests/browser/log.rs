//! What a whole run of the service writes: a line for each request, and nothing personal.

use std::time::{Duration, Instant};

use crate::support::privacy::{EVERY_FAULT, names_no_one};
use crate::support::{HANDFUL, Service, fixtures};
use serde_json::{Value, json};

const WEEKDAY: &str = "weekday0000000000000";

/// Where the lines about requests differ from others.
fn requests(service: &Service) -> Vec<Value> {
    let lines = service.log();
    let lines = lines.iter().map(|line| serde_json::from_str(line).unwrap());
    lines
        .filter(|line: &Value| line["route"].is_string())
        .collect()
}

/// A line is written when its answer has left, so it may come a moment later than that.
async fn awaited(service: &Service, count: usize) -> Vec<Value> {
    let began = Instant::now();
    loop {
        let lines = requests(service);
        if lines.len() >= count || began.elapsed() > Duration::from_secs(20) {
            return lines;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn each_request_leaves_one_line_that_tells_what_came_of_it() {
    let service = Service::replaying(&fixtures(), &[("GONGGANG_PAGE_TIMEOUT", "9s".into())]);
    let first = service.get(&format!("/v1/timetables/{WEEKDAY}")).await;
    service.get(&format!("/schedule?url=@{WEEKDAY}")).await;
    service.get("/v1/timetables/private0000000000000").await;
    service.get(&format!("/nowhere/{WEEKDAY}")).await;
    for probe in ["/livez", "/readyz", "/metrics"] {
        service.get(probe).await;
    }
    let hasty = service.client.get(format!(
        "{}/schedule?url=@slow0000000000000000",
        service.url
    ));
    let hasty = hasty.timeout(Duration::from_millis(200)).send().await;
    assert!(hasty.unwrap_err().is_timeout());
    let lines = awaited(&service, 5).await;
    assert_eq!(lines.len(), 5, "probes are left out: {lines:#?}");
    let told = |line: &Value, names: &[&str]| -> Vec<Value> {
        names.iter().map(|name| line[*name].clone()).collect()
    };
    let names = ["method", "route", "status", "code", "source", "cache"];
    for (line, expected) in lines.iter().zip([
        json!(["GET", "/v1/timetables/{name}", 200, "ok", "browser", "miss"]),
        json!(["GET", "/schedule", 200, "ok", "browser", "hit"]),
        json!([
            "GET",
            "/v1/timetables/{name}",
            403,
            "not_public",
            null,
            null
        ]),
        json!(["GET", "none", 404, "missing_link", null, null]),
        json!(["GET", "/schedule", 499, "caller_left", null, null]),
    ]) {
        assert_eq!(Value::from(told(line, &names)), expected, "{line:#}");
        assert!(line["total_ms"].is_number(), "{line:#}");
    }
    assert_eq!(
        lines[0]["request_id"],
        first.header("x-request-id").unwrap()
    );
    assert!(
        lines[0]["render_ms"].as_f64().unwrap() > 1.0,
        "{:#}",
        lines[0]
    );
    assert_eq!(
        told(&lines[1], &["queue_ms", "render_ms", "read_ms"]),
        [0.0, 0.0, 0.0]
    );
    let name = lines[0]["timetable"].as_str().unwrap();
    assert_eq!(name.len(), 12);
    assert_eq!(
        lines[1]["timetable"], name,
        "the same timetable has the same name"
    );
    assert_ne!(lines[2]["timetable"], name, "another has another");
}

#[tokio::test]
async fn nothing_personal_and_no_secret_is_in_the_output_of_a_whole_run() {
    let browser = [("GONGGANG_SOURCE", "browser".to_owned())];
    names_no_one(&browser, &["misbehave"], |case| HANDFUL.contains(&case)).await;
}

#[tokio::test]
#[ignore = "make test-all"]
async fn nothing_personal_is_in_the_output_where_every_fixture_is_read() {
    let browser = [("GONGGANG_SOURCE", "browser".to_owned())];
    names_no_one(&browser, &EVERY_FAULT, |_| true).await;
}

#[tokio::test]
#[ignore = "make test-all"]
async fn nothing_personal_is_in_the_output_where_the_api_is_asked_first() {
    let auto = [
        ("GONGGANG_SOURCE", "auto".to_owned()),
        ("GONGGANG_CROSS_CHECK", "3".to_owned()),
    ];
    names_no_one(&auto, &EVERY_FAULT, |_| true).await;
}
