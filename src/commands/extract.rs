//! `gonggang extract`: reads links and prints their timetables in the given order.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use tokio::task::JoinHandle;

use super::output::{complain, print};
use super::progress::Progress;
use super::reader::Reader;
use crate::cli::{CalendarOptions, CommandError, Exit, Format};
use crate::config::{Config, Settings};
use crate::fault::Fault;
use crate::http::Payload;
use crate::log;
use crate::messages::{Language, message};
use crate::service::{Answer, Service};
use timetable::Timetable;
use timetable::render::ical::{self, Detail, Export, Term};
use timetable::render::words::KOREAN;
use timetable::render::{svg, text};
use timetable::share_link::{InvalidLink, ShareLink};
use timetable::slots::Rounding;

/// A link as given: its identifier, or why it has none.
type Given = Result<ShareLink, InvalidLink>;

/// The output of all timetables.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// One text after the other.
    Each(Each),
    /// One file for all.
    Calendar(Term, Detail),
}

/// The output of one timetable.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Each {
    Json,
    Slots,
    Svg,
    Text,
}

/// The busy half hours of one timetable.
#[derive(Serialize)]
struct Slots {
    #[serde(flatten)]
    payload: Payload,
    /// Present and true where the times of some classes are not known.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    incomplete: bool,
}

impl Slots {
    fn of(timetable: &Timetable, rounding: Rounding) -> Self {
        Self {
            payload: Payload::of(timetable, rounding),
            incomplete: timetable.is_incomplete(),
        }
    }
}

/// The requested form. A page does not say when its term begins and ends, so a calendar needs both
/// days.
///
/// # Errors
/// [`CommandError::Usage`] if they are missing, are no term, or are given without a calendar.
pub(super) fn form(format: Format, calendar: &CalendarOptions) -> Result<Form, CommandError> {
    let CalendarOptions {
        from,
        until,
        detail,
    } = calendar;
    let is_plain = from.is_none() && until.is_none() && detail.is_none();
    match format {
        Format::Ics => {}
        _ if !is_plain => return Err(usage("--from, --until and --detail go with --format ics")),
        Format::Json => return Ok(Form::Each(Each::Json)),
        Format::Slots => return Ok(Form::Each(Each::Slots)),
        Format::Svg => return Ok(Form::Each(Each::Svg)),
        Format::Text => return Ok(Form::Each(Each::Text)),
    }
    let (Some(from), Some(until)) = (from, until) else {
        return Err(usage(
            "--format ics takes the first and the last day of the term, which the page does not \
             tell: --from 2026-09-01 --until 2026-12-18",
        ));
    };
    let term = Term::parse(from, until).map_err(|invalid| usage(&invalid.to_string()))?;
    Ok(Form::Calendar(
        term,
        detail.map_or_else(Detail::default, Detail::from),
    ))
}

/// The destination of the timetables.
pub(super) enum Destination {
    /// Standard output.
    Standard,
    /// A file for each in this folder.
    Folder(PathBuf),
}

/// The requested destination. Several pictures cannot share one output.
///
/// # Errors
/// [`CommandError::Usage`] for several pictures without a folder, or a folder for anything else.
pub(super) fn destination(
    form: Form,
    out: Option<PathBuf>,
    links: usize,
) -> Result<Destination, CommandError> {
    match (form, out) {
        (Form::Each(Each::Svg), Some(folder)) => Ok(Destination::Folder(folder)),
        (Form::Each(Each::Svg), None) if links > 1 => Err(usage(
            "--format svg makes a file for each of several links: name a folder with --out DIR",
        )),
        (_, None) => Ok(Destination::Standard),
        (_, Some(_)) => Err(usage("--out goes with --format svg")),
    }
}

fn usage(why: &str) -> CommandError {
    CommandError::Usage(why.to_owned())
}

/// Reads and prints; the first fault says how the process ends.
pub(super) async fn run(
    links: &[String],
    form: Form,
    to: &Destination,
    settings: &Settings,
) -> Result<(), CommandError> {
    let config = settings.validate().map_err(CommandError::Settings)?;
    let _log = log::start(&config.log);
    if let Destination::Folder(folder) = to {
        fs::create_dir_all(folder).map_err(|error| cannot_use(folder, &error))?;
    }
    let given: Vec<Given> = links.iter().map(|link| link.parse()).collect();
    // No browser starts if no link can be read.
    if given.iter().all(Result::is_err) {
        let refused = given
            .into_iter()
            .filter_map(Result::err)
            .map(|invalid| Err(invalid.into()));
        return print_all(refused.collect(), form, to, &config);
    }
    let reader = Reader::start(&config).await?;
    let found = read_all(given, &reader.service).await;
    reader.shut_down(config.shutdown_grace).await;
    print_all(found?, form, to, &config)
}

/// Reads all links at once; the fleet's queue limits them.
async fn read_all(
    given: Vec<Given>,
    service: &Arc<Service>,
) -> Result<Vec<Result<Answer, Fault>>, CommandError> {
    let reads: Vec<_> = given
        .into_iter()
        .map(|link| read(link, Arc::clone(service)))
        .collect();
    let mut progress = (reads.len() > 1).then(|| Progress::start(Some(reads.len() as u64), 0));
    let mut found = Vec::with_capacity(reads.len());
    for read in reads {
        let read = read
            .await
            .map_err(|died| CommandError::Internal(died.to_string()))?;
        if let Some(progress) = &mut progress {
            progress.count(read.is_err());
        }
        found.push(read);
    }
    if let Some(progress) = progress {
        progress.end();
    }
    Ok(found)
}

fn read(link: Given, service: Arc<Service>) -> JoinHandle<Result<Answer, Fault>> {
    tokio::spawn(async move { service.timetable(&link?).await })
}

/// Reports each fault and writes the timetables. The first fault or empty week decides the exit code.
fn print_all(
    found: Vec<Result<Answer, Fault>>,
    form: Form,
    to: &Destination,
    config: &Config,
) -> Result<(), CommandError> {
    let is_several = found.len() > 1;
    let first_exit = found.iter().find_map(exit_of);
    let numbered = (1..).zip(found);
    let read: Vec<_> = numbered
        .filter_map(|(number, found)| read_or_told(number, found))
        .collect();
    match form {
        Form::Calendar(term, detail) => print_calendar(&read, term, detail)?,
        Form::Each(each) => {
            for (number, found) in &read {
                let text = written(found, each, config)?;
                write(*number, &text, to, is_several && each == Each::Text)?;
            }
        }
    }
    first_exit.map_or(Ok(()), |exit| Err(CommandError::Links(exit)))
}

/// The exit code of an answer that is not a timetable with classes.
fn exit_of(found: &Result<Answer, Fault>) -> Option<Exit> {
    match found {
        Ok(found) => found.timetable().has_no_classes().then_some(Exit::Empty),
        Err(fault) => Some(Exit::from(fault)),
    }
}

fn read_or_told(number: usize, found: Result<Answer, Fault>) -> Option<(usize, Answer)> {
    match found {
        Ok(found) => Some((number, found)),
        Err(fault) => {
            let [korean, english] =
                [Language::Korean, Language::English].map(|language| message(&fault, language));
            let code = fault.code().as_str();
            complain(format_args!(
                "gonggang: link {number}: {code} ({fault})\n  {korean}\n  {english}"
            ));
            None
        }
    }
}

/// Several weeks below each other are numbered, because their terms do not tell them apart.
fn write(
    number: usize,
    text: &str,
    to: &Destination,
    is_numbered: bool,
) -> Result<(), CommandError> {
    match to {
        Destination::Standard if is_numbered => print(format!("#{number} {text}\n")),
        Destination::Standard => print(format!("{text}\n")),
        Destination::Folder(folder) => {
            let file = folder.join(format!("{number}.svg"));
            fs::write(&file, format!("{text}\n")).map_err(|error| cannot_use(&file, &error))
        }
    }
}

fn cannot_use(path: &Path, error: &std::io::Error) -> CommandError {
    usage(&format!("cannot write {}: {error}", path.display()))
}

fn written(found: &Answer, each: Each, config: &Config) -> Result<String, CommandError> {
    let written = match each {
        Each::Json => serde_json::to_string(&found.document()),
        Each::Slots => serde_json::to_string(&Slots::of(found.timetable(), config.http.rounding)),
        Each::Svg => Ok(svg::week(found.timetable(), &KOREAN)),
        Each::Text => Ok(text::week(found.timetable(), look())),
    };
    written.map_err(|error| CommandError::Internal(error.to_string()))
}

/// One calendar of all timetables read; two links to one timetable add it once.
fn print_calendar(
    read: &[(usize, Answer)],
    term: Term,
    detail: Detail,
) -> Result<(), CommandError> {
    let mut timetables: Vec<(&Timetable, Export)> = Vec::new();
    for (_, found) in read {
        let is_new =
            |(one, _): &(&Timetable, Export)| one.identifier != found.timetable().identifier;
        if timetables.iter().all(is_new) {
            timetables.push((found.timetable(), export(found, term, detail)?));
        }
    }
    match timetables.as_slice() {
        [] => Ok(()),
        all => print(ical::calendar_of_all(all)),
    }
}

fn export(found: &Answer, term: Term, detail: Detail) -> Result<Export<'static>, CommandError> {
    let made_at = Timestamp::try_from(found.entry.fetched_at())
        .map_err(|error| CommandError::Internal(error.to_string()))?;
    Ok(Export {
        term,
        detail,
        made_at,
        words: &KOREAN,
    })
}

/// As wide as the terminal and in colour; 80 columns and plain without one.
fn look() -> text::Look<'static> {
    let terminal = terminal_size::terminal_size_of(std::io::stdout());
    text::Look {
        columns: terminal.map_or(80, |(width, _)| usize::from(width.0)),
        colour: terminal.is_some() && std::env::var_os("NO_COLOR").is_none(),
        words: &KOREAN,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn slots(not_drawn: &Value) -> Value {
        let timetable: Timetable = serde_json::from_value(json!({
            "identifier": "a".repeat(20), "year": null, "semester": null, "title": null,
            "days": ["mon"], "untimed": [], "not_drawn": not_drawn, "semesters": [],
            "classes": [{"name": "", "professor": "", "place": "", "color": null,
                         "day": "mon", "start": "09:00", "end": "09:30"}],
        }))
        .unwrap();
        json!(Slots::of(&timetable, Rounding::Cover))
    }

    #[test]
    fn slots_say_that_they_are_incomplete_and_only_then() {
        let schedules = json!([{"time_point": "월", "times": ["09:00"]}]);
        assert_eq!(slots(&json!([])), json!({"schedules": schedules}));
        let not_drawn = json!([{"name": "드로잉"}]);
        let incomplete = json!({"schedules": schedules, "incomplete": true});
        assert_eq!(slots(&not_drawn), incomplete);
    }
}
