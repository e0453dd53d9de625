//! `gonggang record`: what it saves, and under which names.

use std::path::Path;
use std::process::Output;

use crate::support::{Site, fixtures, gonggang};
use standin::{Fixture, Fixtures};
use tempfile::TempDir;

/// `gonggang record` of one of the site's fixtures.
fn record(site: &Site, fixture: &str, dir: &Path, flags: &[&str]) -> Output {
    let fixture = site.fixtures.named(fixture).unwrap();
    let mut command = gonggang();
    command.args(["record", &fixture.identifier, "--to"]);
    command.arg(dir).args(flags).envs(site.api_variables());
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
async fn the_command_numbers_its_fixtures_and_takes_no_name_twice() {
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
