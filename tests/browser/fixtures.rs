//! Every fixture case, through the real browser and every interface, equals its `expected.json`.

use crate::support::{Answer, Service, Site, expected, fixtures, read_part};
use serde_json::{Value, json};

#[tokio::test]
async fn every_fixture_case_is_read_as_expected() {
    let site = Site::start(&fixtures()).await;
    let mut variables = site.variables();
    variables.push(("GONGGANG_PAGE_TIMEOUT", "4s".to_owned()));
    let service = Service::start(&variables);
    let cases = site.cases.all();
    assert!(cases.len() >= 24, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for case in cases {
        let expected = expected(&fixtures().join(&case.name));
        let document = service
            .get(&format!("/v1/timetables/{}", case.identifier))
            .await;
        let link = format!("https://everytime.kr/@{}", case.identifier);
        let schedule = service.schedule(&link).await;
        wrong.extend(differences(&case.name, &expected, &document, &schedule));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn differences(case: &str, expected: &Value, document: &Answer, schedule: &Answer) -> Vec<String> {
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
        format!("{case} {what}:\n  expected {expected}\n  found    {found}")
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
