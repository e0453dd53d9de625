//! `gonggang extract`: reads the links given and prints what they hold, in the order given.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use tokio::task::JoinHandle;

use super::progress::Progress;
use super::reader::Reader;
use crate::cli::{CalendarOptions, CommandError, Exit, Format};
use crate::config::{Config, Settings};
use crate::fault::Fault;
use crate::http::Payload;
use crate::log;
use crate::messages::{Language, message};
use crate::service::{Found, Service};
use crate::timetable::render::ical::{self, Detail, Export, Term};
use crate::timetable::render::words::KOREAN;
use crate::timetable::render::{svg, text};
use crate::timetable::share_link::{InvalidLink, ShareLink};
use crate::timetable::slots::Rounding;
use crate::timetable::{Timetable, is_false};

/// A link as it was given: what it names, or why it names nothing.
type Given = Result<ShareLink, InvalidLink>;

/// What a timetable is printed as.
#[derive(Clone, Copy)]
pub(super) enum Form {
    Json,
    Slots,
    Svg,
    Text,
    Calendar(Term, Detail),
}

/// The busy half hours of one timetable.
#[derive(Serialize)]
struct Slots {
    #[serde(flatten)]
    payload: Payload,
    /// Present and true where the times of some classes are not known.
    #[serde(skip_serializing_if = "is_false")]
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

/// The form asked for. The page does not say when its term begins and ends, so a calendar takes
/// both days.
///
/// # Errors
/// [`CommandError::Usage`] where they are missing, no term, or asked for without a calendar.
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
        Format::Json => return Ok(Form::Json),
        Format::Slots => return Ok(Form::Slots),
        Format::Svg => return Ok(Form::Svg),
        Format::Text => return Ok(Form::Text),
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

fn usage(why: &str) -> CommandError {
    CommandError::Usage(why.to_owned())
}

/// Reads and prints; the first fault says how the process ends.
pub(super) async fn run(
    links: &[String],
    form: Form,
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
        return print_all(refused.collect(), form, &config);
    }
    let reader = Reader::start(&config).await?;
    let found = read_all(given, &reader.service).await;
    reader.shut_down(config.shutdown_grace).await;
    print_all(found?, form, &config)
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

fn read(link: Given, service: Arc<Service>) -> JoinHandle<Result<Found, Fault>> {
    tokio::spawn(async move { service.timetable(&link?).await })
}

#[expect(clippy::print_stdout, reason = "this is what the command is for")]
fn print_all(
    found: Vec<Result<Found, Fault>>,
    form: Form,
    config: &Config,
) -> Result<(), CommandError> {
    let mut first_exit = None;
    // Whoever prints several weeks cannot tell them apart by their term.
    let numbered = matches!(form, Form::Text) && found.len() > 1;
    for (number, found) in (1..).zip(found) {
        if numbered && found.is_ok() {
            print!("#{number} ");
        }
        if let Some(exit) = print_one(number, found, form, config)? {
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
    form: Form,
    config: &Config,
) -> Result<Option<Exit>, CommandError> {
    match found {
        Ok(found) => {
            println!("{}", written(&found, form, config)?);
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

fn written(found: &Found, form: Form, config: &Config) -> Result<String, CommandError> {
    let written = match form {
        Form::Json => serde_json::to_string(&found.document()),
        Form::Slots => serde_json::to_string(&Slots::of(&found.timetable, config.http.rounding)),
        Form::Svg => Ok(svg::week(&found.timetable, &KOREAN)),
        Form::Text => Ok(text::week(&found.timetable, look())),
        Form::Calendar(term, detail) => return calendar(found, term, detail),
    };
    written.map_err(|error| CommandError::Internal(error.to_string()))
}

fn calendar(found: &Found, term: Term, detail: Detail) -> Result<String, CommandError> {
    let made_at = Timestamp::try_from(found.kept.answer.fetched_at)
        .map_err(|error| CommandError::Internal(error.to_string()))?;
    let export = Export {
        term,
        detail,
        made_at,
        words: &KOREAN,
    };
    // Printing ends the last line, and a calendar file has ended it already.
    let file = ical::calendar(&found.timetable, &export);
    Ok(file.trim_end_matches('\n').to_owned())
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
