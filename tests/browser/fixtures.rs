//! Every fixture through the real browser equals its `expected.json`: here those that verdicts.rs does not read.

use crate::support::verdicts::VERDICTS;
use crate::support::{Answer, Service, Site, expected, fixtures, read_part};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

/// Requests under way at the same time.
const AT_ONCE: usize = 4;

#[tokio::test]
async fn every_fixture_outside_the_table_of_verdicts_is_read_as_expected() {
    let site = Site::start(&fixtures()).await;
    let mut variables = site.variables();
    variables.push(("GONGGANG_PAGE_TIMEOUT", "4s".to_owned()));
    variables.push(("GONGGANG_POOL_SIZE", "2".to_owned()));
    variables.push(("GONGGANG_QUEUE_TIMEOUT", "60s".to_owned()));
    variables.push(("GONGGANG_REQUEST_TIMEOUT", "90s".to_owned()));
    let service = Service::start(&variables);
    let mut readable = site.fixtures.all();
    readable.retain(|fixture| {
        VERDICTS
            .iter()
            .all(|verdict| verdict.fixture != fixture.name)
    });
    assert!(readable.len() >= 20, "{} fixtures", readable.len());
    let mut wrong = Vec::new();
    let reads = readable.iter().map(|fixture| {
        let service = &service;
        async move {
            let path = format!("/v1/timetables/{}", fixture.identifier);
            let document = service.get(&path).await;
            let link = format!("https://everytime.kr/@{}", fixture.identifier);
            (fixture, document, service.schedule(&link).await)
        }
    });
    let mut reads = stream::iter(reads).buffer_unordered(AT_ONCE);
    while let Some((fixture, document, schedule)) = reads.next().await {
        let expected = expected(&fixtures().join(&fixture.name));
        wrong.extend(differences(&fixture.name, &expected, &document, &schedule));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn differences(
    fixture: &str,
    expected: &Value,
    document: &Answer,
    schedule: &Answer,
) -> Vec<String> {
    let (found_document, found_schedule) = if expected["outcome"] == "timetable" {
        (
            read_part(document.json()),
            schedule.json()["payload"]["schedules"].clone(),
        )
    } else {
        (
            document.json()["code"].clone(),
            schedule.json()["code"].clone(),
        )
    };
    let (document, schedule) = if expected["outcome"] == "timetable" {
        (
            expected["timetable"].clone(),
            expected["slots"]["cover"].clone(),
        )
    } else {
        (
            expected["outcome"].clone(),
            json!(onetime_code(expected["outcome"].as_str().unwrap())),
        )
    };
    [
        ("document", document, found_document),
        ("schedule", schedule, found_schedule),
    ]
    .into_iter()
    .filter(|(_, expected, found)| expected != found)
    .map(|(what, expected, found)| {
        format!("{fixture} {what}:\n  expected {expected}\n  found    {found}")
    })
    .collect()
}

/// The code of `/schedule` for a stable code.
fn onetime_code(code: &str) -> &'static str {
    match code {
        "not_found" => "CRAWLING-002",
        "not_public" => "CRAWLING-003",
        "no_timetable" => "200",
        "layout_changed" => "CRAWLING-004",
        "blocked" | "site_unavailable" => "CRAWLING-005",
        "timeout" => "CRAWLING-006",
        other => panic!("no fixture should end in {other}"),
    }
}
