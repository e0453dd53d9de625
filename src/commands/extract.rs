//! `gonggang extract`: reads the links given and prints what they hold, in the order given.

use std::sync::Arc;

use super::reader::Reader;
use crate::cli::{CommandError, Exit, Format};
use crate::config::{Config, Settings};
use crate::fault::Fault;
use crate::http::Payload;
use crate::log;
use crate::messages::{Language, message};
use crate::service::{Found, Service};

/// Reads and prints; the first fault says how the process ends.
pub(super) async fn run(
    links: &[String],
    format: Format,
    settings: &Settings,
) -> Result<(), CommandError> {
    let config = settings.validate().map_err(CommandError::Settings)?;
    log::start(&config.log);
    let reader = Reader::start(&config).await?;
    let ended = print_all(links, format, &config, &reader.service).await;
    reader.shut_down(config.shutdown_grace).await;
    ended
}

async fn print_all(
    links: &[String],
    format: Format,
    config: &Config,
    service: &Arc<Service>,
) -> Result<(), CommandError> {
    let reads: Vec<_> = links
        .iter()
        .map(|link| {
            let (service, link) = (Arc::clone(service), link.clone());
            tokio::spawn(async move { service.timetable_of_text(&link).await })
        })
        .collect();
    let mut first_exit = None;
    for (number, read) in (1..).zip(reads) {
        let found = read
            .await
            .map_err(|died| CommandError::Internal(died.to_string()))?;
        if let Some(exit) = print_one(number, found, format, config)? {
            first_exit.get_or_insert(exit);
        }
    }
    first_exit.map_or(Ok(()), |exit| Err(CommandError::Links(exit)))
}

/// Prints one answer; the exit code it calls for, where it is not a timetable with classes.
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is what the command is for"
)]
fn print_one(
    number: usize,
    found: Result<Found, Fault>,
    format: Format,
    config: &Config,
) -> Result<Option<Exit>, CommandError> {
    match found {
        Ok(found) => {
            println!("{}", written(&found, format, config)?);
            Ok(found.timetable.has_no_classes().then_some(Exit::Empty))
        }
        Err(fault) => {
            let [korean, english] =
                [Language::Korean, Language::English].map(|l| message(&fault, l));
            eprintln!(
                "gonggang: link {number}: {} ({fault})\n  {korean}\n  {english}",
                fault.code()
            );
            Ok(Some(Exit::from(&fault)))
        }
    }
}

fn written(found: &Found, format: Format, config: &Config) -> Result<String, CommandError> {
    let json = match format {
        Format::Json => serde_json::to_string(&found.document()),
        Format::Slots => {
            serde_json::to_string(&Payload::of(&found.timetable, config.http.rounding))
        }
    };
    json.map_err(|error| CommandError::Internal(error.to_string()))
}
