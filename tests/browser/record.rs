//! A page that was recorded is read again as it was the first time, from another site.

use crate::support::reader::Reader;
use crate::support::{HANDFUL, Site, fixtures, gonggang};
use gonggang::fault::Fault;
use gonggang::record::Recording;
use serde_json::{Value, json};
use tempfile::TempDir;
use timetable::Timetable;
use timetable::answer::Names;
use webdriver_fleet::BrowserConfig;

const WEEKDAY: &str = "weekday0000000000000";

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
        .partition(|(name, read)| recording(&original, name, read).is_some());
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
        let recording = recording(&original, name, read).unwrap();
        let fixture = recording.fixture(name).unwrap();
        fixture.save(dir.path(), &recording.about()).unwrap();
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
fn recording(site: &Site, name: &str, read: &Outcome) -> Option<Recording> {
    match read {
        Ok(timetable) => {
            let answer = site.fixtures.named(name).unwrap().answer.clone();
            let answer = answer.into_bytes();
            let recording = Recording::of_answer(&timetable.identifier, answer, Names::Kept);
            Some(recording.unwrap())
        }
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

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_which_the_api_gives_no_answer_is_not_recorded() {
    let (site, dir) = (Site::start(&fixtures()).await, TempDir::new().unwrap());
    let mut command = gonggang();
    command.args(["record", WEEKDAY, "--pool-size", "1", "--to"]);
    command.arg(dir.path()).envs(site.variables());
    // The page may call the API on its own origin, which this command does not ask.
    command.env("GONGGANG_API_URL", "http://127.0.0.1:1");
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(69), "{said}");
    assert!(
        said.contains("the page can be read but not recorded"),
        "{said}"
    );
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}
