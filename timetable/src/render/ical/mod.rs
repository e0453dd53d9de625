//! A timetable as a calendar file (RFC 5545): one weekly event for each class meeting.
//!
//! The file is written here because the `icalendar` crate has no time zone component (any other
//! component gets a `UID` and a `DTSTAMP`), keeps carriage returns and reads the clock. The tests read
//! the file with it.

mod event;
mod line;
mod term;
mod uid;
mod zone;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use term::{InvalidTerm, Term};

use super::super::Timetable;
use super::words::Words;
use line::CalendarFile;

/// How much the file reveals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Detail {
    /// Names, places and professors.
    #[default]
    Full,
    /// Only that the time is taken.
    Busy,
}

/// The arguments of a calendar file besides the timetable.
#[derive(Debug, Clone, Copy)]
pub struct Export<'a> {
    /// First and last day of classes.
    pub term: Term,
    /// How much it reveals.
    pub detail: Detail,
    /// `DTSTAMP`: of two files, an importer takes the one with the later time as the newer.
    pub made_at: Timestamp,
    /// The language of our own words.
    pub words: &'a Words,
}

/// The timetable's meetings as weekly events: `text/calendar; charset=utf-8`.
///
/// A meeting whose first day is after the end of the term is left out, and so are classes without a
/// meeting time. If the times of some classes are unknown, the calendar's description says so. The file
/// contains neither the owner's name nor the identifier.
pub fn calendar(timetable: &Timetable, export: &Export) -> String {
    calendar_of_all(&[(timetable, *export)])
}

/// The same for several timetables in one file, whose name joins their names.
pub fn calendar_of_all(timetables: &[(&Timetable, Export)]) -> String {
    let mut file = CalendarFile::default();
    file.put("BEGIN", "VCALENDAR");
    file.put("VERSION", "2.0");
    file.put("PRODID", "-//gonggang//timetable//KO");
    file.put("CALSCALE", "GREGORIAN");
    file.put_text("X-WR-CALNAME", &name(timetables));
    let mut incomplete = timetables.iter().filter(|(one, _)| one.is_incomplete());
    if let Some((_, export)) = incomplete.next() {
        file.put_text("X-WR-CALDESC", export.words.incomplete);
    }
    file.put("X-WR-TIMEZONE", zone::NAME);
    zone::put(&mut file);
    for (timetable, export) in timetables {
        for (class, uid) in timetable.classes.iter().zip(uid::of_each_class(timetable)) {
            event::put(&mut file, class, &uid, export);
        }
    }
    file.put("END", "VCALENDAR");
    file.into_text()
}

/// The headings of the timetables, each once.
fn name(timetables: &[(&Timetable, Export)]) -> String {
    let mut headings: Vec<_> = timetables
        .iter()
        .map(|(timetable, export)| export.words.heading(timetable))
        .collect();
    headings.dedup();
    headings.join(", ")
}
