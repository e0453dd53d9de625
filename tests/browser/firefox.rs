//! The service with Firefox: the same readings, the same states, and no process left behind.

use std::fs;
use std::path::Path;

use crate::support::processes::{eventually, mentioning, no_process_is_left};
use crate::support::verdicts::{Interface, PATIENT, VERDICTS, Verdict};
use crate::support::{Answer, HANDFUL, Service, Site, expected, fixtures, gonggang, read_part};
use serde_json::Value;
use standin::Fixture;

/// The stand-in site read with Firefox, which takes its time where others work too.
fn variables(site: &Site) -> Vec<(&'static str, String)> {
    let mut variables = site.variables();
    variables.push(("GONGGANG_BROWSER", "firefox".to_owned()));
    variables.push(("GONGGANG_PAGE_TIMEOUT", "10s".to_owned()));
    variables.push(("GONGGANG_QUEUE_TIMEOUT", "60s".to_owned()));
    variables.push(("GONGGANG_REQUEST_TIMEOUT", "90s".to_owned()));
    variables.push(("GONGGANG_POOL_SIZE", "1".to_owned()));
    let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools/bin/geckodriver");
    if driver.exists() {
        variables.push(("GONGGANG_DRIVER_BINARY", driver.display().to_string()));
    }
    variables
}

#[tokio::test]
async fn fixtures_are_read_as_expected_and_sigterm_leaves_nothing() {
    are_read_as_expected(|fixture| HANDFUL.contains(&&*fixture.name)).await;
}

#[tokio::test]
#[ignore = "make test-all"]
async fn every_fixture_is_read_as_expected_and_sigterm_leaves_nothing() {
    are_read_as_expected(|_| true).await;
}

async fn are_read_as_expected(chosen: impl Fn(&Fixture) -> bool) {
    let site = Site::start(&fixtures()).await;
    let dir = tempfile::tempdir().unwrap().keep();
    let service = Service::start(&in_dir(&dir, variables(&site)));
    let mut wrong = Vec::new();
    for fixture in site
        .fixtures
        .all()
        .into_iter()
        .filter(|fixture| chosen(fixture))
    {
        let path = format!("/v1/timetables/{}", fixture.identifier);
        let found = found(&service.get(&path).await);
        let expected = wanted(expected(&fixtures().join(&fixture.name)));
        if found != expected {
            wrong.push(format!("{}: {expected}\n  found {found}", fixture.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(!mentioning(&dir).is_empty(), "its browser was not found");
    assert!(service.stop().success());
    is_left_clean(&dir);
}

#[tokio::test]
#[ignore = "make test-all"]
async fn every_verdict_is_right_in_firefox_as_soon_as_it_is_known() {
    are_right("10m", |verdict| verdict.fixture != "never").await;
}

#[tokio::test]
#[ignore = "make test-all"]
async fn a_page_that_never_ends_is_a_timeout_in_firefox_and_the_next_is_read() {
    are_right("4s", |verdict| verdict.fixture == "never").await;
}

async fn are_right(page_timeout: &str, chosen: impl Fn(&&Verdict) -> bool) {
    let site = Site::start(&fixtures()).await;
    let mut variables = variables(&site);
    variables.extend([
        ("GONGGANG_CACHE_CAPACITY", "0".to_owned()),
        ("GONGGANG_PAGE_TIMEOUT", page_timeout.to_owned()),
        ("GONGGANG_QUEUE_TIMEOUT", "10m".to_owned()),
        ("GONGGANG_REQUEST_TIMEOUT", "20m".to_owned()),
    ]);
    let service = Service::start(&variables);
    let mut wrong = Vec::new();
    for verdict in VERDICTS.iter().filter(chosen) {
        let both = (&service, &site);
        for interface in Interface::ALL {
            wrong.extend(verdict.faults(both, interface, PATIENT).await);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a document amounts to: the timetable, or the code that stands for it.
fn found(document: &Answer) -> Value {
    match document.status {
        200 => read_part(document.json()),
        _ => document.json()["code"].clone(),
    }
}

fn wanted(mut expected: Value) -> Value {
    match expected["outcome"].as_str() {
        Some("timetable") => expected["timetable"].take(),
        _ => expected["outcome"].take(),
    }
}

#[tokio::test]
async fn a_killed_service_leaves_no_process_and_no_profile() {
    let site = Site::start(&fixtures()).await;
    let dir = tempfile::tempdir().unwrap().keep();
    let service = Service::start(&in_dir(&dir, variables(&site)));
    assert!(
        mentioning(&dir).len() > 3,
        "driver, browser and its children"
    );
    service.signal("KILL");
    is_left_clean(&dir);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_names_firefox_and_geckodriver() {
    let site = Site::start(&fixtures()).await;
    let output = gonggang()
        .arg("check")
        .envs(variables(&site))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("geckodriver, geckodriver "), "{text}");
    assert!(text.contains("Mozilla Firefox "), "{text}");
    assert!(text.contains("50 px an hour"), "{text}");
}

fn in_dir(dir: &Path, mut variables: Vec<(&'static str, String)>) -> Vec<(&'static str, String)> {
    variables.push(("TMPDIR", dir.display().to_string()));
    variables
}

/// Waits until no process knows the directory and nothing is in it, and removes it.
fn is_left_clean(dir: &Path) {
    no_process_is_left(dir);
    eventually("the directory is empty", || {
        fs::read_dir(dir).unwrap().count() == 0
    });
    fs::remove_dir(dir).unwrap();
}
