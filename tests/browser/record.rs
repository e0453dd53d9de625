//! A page that was recorded is read again as it was the first time, from another site.

use std::path::Path;
use std::process::Output;

use crate::support::reader::Reader;
use crate::support::{HANDFUL, Site, fixtures, gonggang};
use gonggang::fault::Fault;
use gonggang::record::Recording;
use serde_json::{Value, json};
use standin::{Fixture, Fixtures};
use tempfile::TempDir;
use timetable::Timetable;
use webdriver_fleet::BrowserConfig;

/// Fixtures that are read as `layout_changed`: such a read says nothing that a stand-in could repeat.
const NOT_RECORDED: [&str; 11] = [
    "bare-minus-nine",
    "error-element",
    "maintenance",
    "other-identifier",
    "other-in-menu",
    "owner-endpoint",
    "renamed-data",
    "status-minus-three",
    "status-missing",
    "throws-at-first",
    "throws-at-third",
];

#[tokio::test]
async fn fixtures_are_read_again_from_their_recordings_as_they_were() {
    are_read_again(|fixture| HANDFUL.contains(&fixture)).await;
}

#[tokio::test]
#[ignore = "make test-all"]
async fn every_fixture_is_read_again_from_its_recording_as_it_was() {
    are_read_again(|_| true).await;
}

async fn are_read_again(chosen: impl Fn(&str) -> bool) {
    let (original, dir) = (Site::start(&fixtures()).await, TempDir::new().unwrap());
    let (first, refused): (Vec<_>, Vec<_>) = read_all(&original, &chosen)
        .await
        .into_iter()
        .partition(|(_, read)| recording(read).is_some());
    let refused: Vec<_> = refused
        .iter()
        .map(|(name, read)| (name.as_str(), anonymous(read)))
        .collect();
    let expected = NOT_RECORDED.into_iter().filter(|name| chosen(name));
    let expected: Vec<_> = expected
        .map(|name| (name, json!("layout_changed")))
        .collect();
    assert_eq!(refused, expected);
    for (name, read) in &first {
        let recording = recording(read).unwrap();
        recording
            .fixture(name)
            .save(dir.path(), &recording.about())
            .unwrap();
    }
    let replayed = Site::start(dir.path()).await;
    let second = read_all(&replayed, |_| true).await;
    assert_eq!(first.len(), second.len());
    let mut wrong = Vec::new();
    for ((name, first), (_, second)) in first.iter().zip(&second) {
        let (first, second) = (anonymous(first), anonymous(second));
        if first != second {
            wrong.push(format!("{name}:\n  first  {first}\n  second {second}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

type Outcome = Result<Timetable, Fault>;

/// Every fixture by name, with what reading it came to.
async fn read_all(site: &Site, chosen: impl Fn(&str) -> bool) -> Vec<(String, Outcome)> {
    let reader = Reader::start(site, BrowserConfig::default()).await;
    let mut fixtures = site.fixtures.all();
    fixtures.retain(|fixture| chosen(&fixture.name));
    fixtures.sort_by(|a, b| a.name.cmp(&b.name));
    let mut read = Vec::new();
    for fixture in fixtures {
        read.push((fixture.name.clone(), reader.read(&fixture.identifier).await));
    }
    reader.stop().await;
    read
}

/// `None` for a read that cannot be recorded.
fn recording(read: &Outcome) -> Option<Recording> {
    match read {
        Ok(timetable) => Some(Recording::of_timetable(timetable, false)),
        Err(fault) => Recording::of_fault(fault.clone()).ok(),
    }
}

/// What was read, the identifiers aside; a fault by its code.
fn anonymous(read: &Outcome) -> Value {
    let mut document = match read {
        Ok(timetable) => serde_json::to_value(timetable).unwrap(),
        Err(fault) => return json!(fault.code()),
    };
    document.as_object_mut().unwrap().remove("identifier");
    for semester in document["semesters"].as_array_mut().unwrap() {
        semester.as_object_mut().unwrap().remove("identifier");
    }
    document
}

/// `gonggang record` of one of the site's fixtures.
fn record(site: &Site, fixture: &str, dir: &Path, flags: &[&str]) -> Output {
    let fixture = site.fixtures.named(fixture).unwrap();
    let mut command = gonggang();
    command.args(["record", &fixture.identifier, "--pool-size", "1", "--to"]);
    command.arg(dir).args(flags).envs(site.variables());
    command.output().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_saves_a_fixture_without_owner_and_identifiers() {
    let (site, dir) = (Site::start(&fixtures()).await, TempDir::new().unwrap());
    let output = record(&site, "weekday", dir.path(), &[]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{:?}", output.stderr);
    assert!(said.contains("Names of classes, professors and places are as on the page"));
    let fixture = Fixture::load(&dir.path().join("2026-2-001")).unwrap();
    let original = site.fixtures.named("weekday").unwrap();
    assert!(fixture.answer.contains("자료구조"));
    for secret in ["한여울", &original.identifier, "spring00000000000000"] {
        assert!(
            original.answer.contains(secret) && !fixture.answer.contains(secret),
            "{secret}"
        );
    }
    assert!(!dir.path().join("2026-2-001/expected.json").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_numbers_its_cases_and_takes_no_name_twice() {
    let (site, dir) = (Site::start(&fixtures()).await, TempDir::new().unwrap());
    assert!(record(&site, "private", dir.path(), &[]).status.success());
    assert!(record(&site, "private", dir.path(), &[]).status.success());
    let anonymous = ["--name", "mine", "--anonymize"];
    assert!(
        record(&site, "untimed", dir.path(), &anonymous)
            .status
            .success()
    );
    let again = record(&site, "empty", dir.path(), &["--name", "mi-ne"]);
    assert_eq!(again.status.code(), Some(64));
    let fixtures = Fixtures::load(dir.path()).unwrap();
    let mut names: Vec<_> = fixtures
        .all()
        .iter()
        .map(|fixture| fixture.name.clone())
        .collect();
    names.sort();
    assert_eq!(names, ["mine", "not-public-001", "not-public-002"]);
    let answer = &fixtures.named("mine").unwrap().answer;
    assert!(
        answer.contains("수업 1") && !answer.contains("심리학개론"),
        "{answer}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_page_is_not_recorded() {
    let dir = TempDir::new().unwrap();
    let mut command = gonggang();
    command.args([
        "record",
        "https://example.com/@AbCdEfGhIjKlMnOpQr12",
        "--to",
    ]);
    let output = command.arg(dir.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(65));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}
