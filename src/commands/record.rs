//! `gonggang record`: reads one page and saves it as a fixture for the stand-in.

use std::path::Path;

use super::output::print;
use super::reader::{Reader, plain_api_source};
use crate::cli::{CommandError, RecordOptions};
use crate::config::{Config, Settings};
use crate::fault::Fault;
use crate::log;
use crate::record::Recording;
use crate::source::SourceError;
use standin::Fixtures;
use timetable::answer::Names;
use timetable::share_link::{Identifier, ShareLink};

/// Reads, saves and reports the fixture.
pub(super) async fn run(
    link: &str,
    options: &RecordOptions,
    settings: &Settings,
) -> Result<(), CommandError> {
    let link: ShareLink = link
        .parse()
        .map_err(|invalid| CommandError::NothingToRecord(Fault::from(invalid)))?;
    let config = settings.validate().map_err(CommandError::Settings)?;
    let _log = log::start(&config.log);
    let fixtures = fixtures_in(&options.to)?;
    let reader = Reader::start(&config).await?;
    let read = reader.service.timetable(&link).await;
    reader.shut_down(config.shutdown_grace).await;
    let recording = match read {
        Ok(_) => answer(&config, link.identifier(), options.anonymize)
            .await
            .map_err(CommandError::NoAnswerToRecord)?,
        Err(fault) => Recording::of_fault(fault).map_err(CommandError::NothingToRecord)?,
    };
    save(&recording, options, &fixtures)
}

/// The API's answer about a page that was read.
async fn answer(
    config: &Config,
    identifier: &Identifier,
    anonymize: bool,
) -> Result<Recording, Fault> {
    let source = plain_api_source(config).map_err(Fault::internal)?;
    let body = source.body(identifier).await?;
    let names = if anonymize {
        Names::Numbered
    } else {
        Names::Kept
    };
    Ok(Recording::of_answer(identifier, body, names).map_err(SourceError::from)?)
}

/// The existing fixtures, whose names and identifiers are taken.
fn fixtures_in(dir: &Path) -> Result<Fixtures, CommandError> {
    if !dir.exists() {
        return Ok(Fixtures::default());
    }
    Fixtures::load(dir).map_err(|error| CommandError::Usage(error.to_string()))
}

fn save(
    recording: &Recording,
    options: &RecordOptions,
    fixtures: &Fixtures,
) -> Result<(), CommandError> {
    let usage = |error: &dyn std::error::Error| CommandError::Usage(error.to_string());
    let name = recording
        .name(options.name.as_deref(), fixtures)
        .map_err(|unusable| usage(&unusable))?;
    let fixture = recording
        .fixture(&name)
        .map_err(|why| CommandError::NoAnswerToRecord(SourceError::from(why).into()))?;
    let folder = fixture
        .save(&options.to, &recording.about())
        .map_err(|error| usage(&error))?;
    print(announcement(recording, &folder, options))
}

/// Reports what the file contains.
fn announcement(recording: &Recording, folder: &Path, options: &RecordOptions) -> String {
    let (folder, about) = (folder.display(), recording.about());
    let kept = if matches!(recording, Recording::Answer { .. }) {
        let words = words_kept(options.anonymize);
        format!("  The owner's name and every identifier have been replaced.\n  {words}\n")
    } else {
        String::new()
    };
    format!(
        "{folder}\n  {about}\n{kept}  \
         expected.json is for you to add: it must not come from a reading. fixtures/expect.py\n  \
         computes it from timetable.xml; check that it says what the page shows.\n  \
         To serve it: gonggang replay --fixtures {}\n",
        options.to.display()
    )
}

fn words_kept(anonymized: bool) -> &'static str {
    if anonymized {
        "Names of classes, professors and places have been numbered."
    } else {
        "Names of classes, professors and places are as on the page: look before you share it, or \
         record with --anonymize."
    }
}
