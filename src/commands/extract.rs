//! `gonggang extract`: reads the links given and prints what they hold, in the order given.

use std::sync::Arc;

use tokio::task::JoinHandle;

use super::reader::Reader;
use crate::cli::{CommandError, Exit, Format};
use crate::config::{Config, Settings};
use crate::fault::Fault;
use crate::http::Payload;
use crate::log;
use crate::messages::{Language, message};
use crate::service::{Found, Service};
use crate::timetable::render::words::KOREAN;
use crate::timetable::render::{svg, text};
use crate::timetable::share_link::{InvalidLink, ShareLink};

/// A link as it was given: what it names, or why it names nothing.
type Given = Result<ShareLink, InvalidLink>;

/// Reads and prints; the first fault says how the process ends.
pub(super) async fn run(
    links: &[String],
    format: Format,
    settings: &Settings,
) -> Result<(), CommandError> {
    let config = settings.validate().map_err(CommandError::Settings)?;
    let _log = log::start(&config.log);
    let given: Vec<Given> = links.iter().map(|link| link.parse()).collect();
    // No browser is started for what cannot be read anyway.
    if given.iter().all(Result::is_err) {
        let refused = given
            .into_iter()
            .filter_map(Result::err)
            .map(|invalid| Err(invalid.into()));
        return print_all(refused.collect(), format, &config);
    }
    let reader = Reader::start(&config).await?;
    let found = read_all(given, &reader.service).await;
    reader.shut_down(config.shutdown_grace).await;
    print_all(found?, format, &config)
}

/// Reads all at once; the queue of the fleet holds back what is too much.
async fn read_all(
    given: Vec<Given>,
    service: &Arc<Service>,
) -> Result<Vec<Result<Found, Fault>>, CommandError> {
    let reads: Vec<_> = given
        .into_iter()
        .map(|link| read(link, Arc::clone(service)))
        .collect();
    let mut found = Vec::with_capacity(reads.len());
    for read in reads {
        found.push(
            read.await
                .map_err(|died| CommandError::Internal(died.to_string()))?,
        );
    }
    Ok(found)
}

fn read(link: Given, service: Arc<Service>) -> JoinHandle<Result<Found, Fault>> {
    tokio::spawn(async move { service.timetable(&link?).await })
}

fn print_all(
    found: Vec<Result<Found, Fault>>,
    format: Format,
    config: &Config,
) -> Result<(), CommandError> {
    let mut first_exit = None;
    for (number, found) in (1..).zip(found) {
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
                [Language::Korean, Language::English].map(|language| message(&fault, language));
            eprintln!("gonggang: link {number}: {} ({fault})", fault.code());
            eprintln!("  {korean}\n  {english}");
            Ok(Some(Exit::from(&fault)))
        }
    }
}

fn written(found: &Found, format: Format, config: &Config) -> Result<String, CommandError> {
    let written = match format {
        Format::Json => serde_json::to_string(&found.document()),
        Format::Slots => {
            serde_json::to_string(&Payload::of(&found.timetable, config.http.rounding))
        }
        Format::Svg => Ok(svg::week(&found.timetable, &KOREAN)),
        Format::Text => Ok(text::week(&found.timetable, look())),
    };
    written.map_err(|error| CommandError::Internal(error.to_string()))
}

/// As wide as the terminal and in colour; without one as wide as terminals once were, and plain.
fn look() -> text::Look<'static> {
    let terminal = terminal_size::terminal_size_of(std::io::stdout());
    text::Look {
        columns: terminal.map_or(80, |(width, _)| usize::from(width.0)),
        colour: terminal.is_some() && std::env::var_os("NO_COLOR").is_none(),
        words: &KOREAN,
    }
}
