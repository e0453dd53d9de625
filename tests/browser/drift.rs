//! A page that is not quite the one we know: what is read is exact, or nothing is read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::support::{Service, Site, expected, read_part};
use futures_util::{StreamExt, stream};
use serde_json::Value;
use tokio::time::timeout;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(name)
}

/// Requests under way at the same time.
const AT_ONCE: usize = 4;

#[tokio::test]
async fn every_deviation_is_read_exactly_or_refused_as_layout_changed() {
    let site = Site::start(&folder("drift")).await;
    let service = Service::patient(&site);
    let mut outcomes = BTreeMap::<_, BTreeSet<_>>::new();
    let mut wrong = Vec::new();
    let fixtures = site.fixtures.all();
    let reads = fixtures.iter().map(|fixture| {
        let path = format!("/v1/timetables/{}", fixture.identifier);
        let service = &service;
        async move { (fixture, service.get(&path).await) }
    });
    let mut reads = stream::iter(reads).buffer_unordered(AT_ONCE);
    while let Some((fixture, answer)) = reads.next().await {
        let expected = expected(&folder("drift").join(&fixture.name));
        let outcome = match (answer.status, answer.json()) {
            (200, found) if read_part(found.clone()) == expected["timetable"] => "exact",
            (502, problem) if problem["code"] == "layout_changed" => "layout_changed",
            // A document without the page's frame is one that a site turns readers away with.
            (502, problem)
                if problem["code"] == "blocked" && fixture.name == "renamed-container" =>
            {
                "blocked"
            }
            (_, found) => {
                wrong.push(format!("{}: {found}", fixture.name));
                "wrong"
            }
        };
        println!("{outcome:15} {}", fixture.name);
        outcomes
            .entry(outcome)
            .or_default()
            .insert(fixture.name.clone());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // These only want to be seen.
    let exact = &outcomes["exact"];
    assert!(
        exact.contains("waits-for-frame") && exact.contains("waits-for-sight"),
        "{exact:?}"
    );
    // A reader that refuses everything would be right as well, and of no use.
    assert!(exact.len() >= 8, "{exact:?}");
    let named = "layout changed: classes: expected";
    assert!(
        service.log().iter().any(|line| line.contains(named)),
        "no log line names the check"
    );
    let counted = service.get("/metrics").await.text;
    let series = "gonggang_layout_mismatch_total{check=\"classes\"} ";
    let count = counted.lines().find_map(|line| line.strip_prefix(series));
    assert!(count.is_some_and(|count| count != "0"), "{counted}");
}

/// Longer than any answer takes: a request has 8 s.
const HANGS: Duration = Duration::from_mins(1);

/// What a misbehaving page may end in: never in "not public", "not found" or an empty timetable.
const ERRORS: [&str; 5] = [
    "layout_changed",
    "blocked",
    "site_unavailable",
    "timeout",
    "browser_unavailable",
];

#[tokio::test]
async fn a_misbehaving_page_gives_a_clear_error_and_harms_no_other() {
    let site = Site::start(&folder("misbehave")).await;
    let healthy = standin::Fixture::load(&crate::support::fixtures().join("weekday")).unwrap();
    site.fixtures.insert(healthy);
    let mut variables = site.variables();
    variables.push(("GONGGANG_PAGE_TIMEOUT", "3s".to_owned()));
    variables.push(("GONGGANG_REQUEST_TIMEOUT", "8s".to_owned()));
    variables.push(("GONGGANG_CACHE_TTL", "0s".to_owned()));
    let service = Service::start(&variables);
    let mut wrong = Vec::new();
    for fixture in site.fixtures.all() {
        let path = format!("/v1/timetables/{}", fixture.identifier);
        let answer = timeout(HANGS, service.get(&path)).await;
        let answer = answer.unwrap_or_else(|_| panic!("{} hangs", fixture.name));
        let code = answer.json()["code"]
            .as_str()
            .unwrap_or("timetable")
            .to_owned();
        println!("{code:20} {}", fixture.name);
        let fine = match expected_outcome(&fixture.name).as_str() {
            "timetable" => code == "timetable",
            _ => ERRORS.contains(&code.as_str()),
        };
        if !fine {
            wrong.push(format!("{}: {code}", fixture.name));
        }
        let next = service.get("/v1/timetables/weekday0000000000000").await;
        if next.status != 200 {
            wrong.push(format!("after {}: {}", fixture.name, next.text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn expected_outcome(fixture: &str) -> String {
    if fixture == "weekday" {
        return "timetable".to_owned();
    }
    let expected: Value = expected(&folder("misbehave").join(fixture));
    expected["outcome"].as_str().unwrap().to_owned()
}
