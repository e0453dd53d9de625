//! The API's answer, and the timetable that the page draws from it.
//!
//! Strict: an unknown status, part or time is [`NotAvailable::LayoutChanged`], never a timetable with
//! something missing.

mod anonymous;
mod cursor;
mod drawing;
mod refusals;
mod subject;
#[cfg(test)]
mod tests;
mod week;
mod xml;

use super::mismatch::{Check, Mismatch};
use super::share_link::Identifier;
use super::time::Weekday;
use super::{NotAvailable, Semester, Timetable, term};
use subject::Subject;
use xml::{MenuEntry, Response, TableElement};

pub use anonymous::{Names, anonymized};
pub use drawing::{Drawing, DrawnMeeting};

/// The answer to the page's own call, or to the same call by `source/api`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received<'a> {
    /// HTTP status; 0 if the call failed or the page may not read its answer.
    pub status: u16,
    /// `None` if it is longer than the answer for any timetable.
    pub body: Option<&'a [u8]>,
}

impl<'a> Received<'a> {
    /// The body of a successful answer.
    ///
    /// # Errors
    /// [`NotAvailable::SiteUnavailable`] for a status of 500 and above, [`NotAvailable::Blocked`] for any other
    /// but 200, [`Check::AnswerShape`] for a body that is too long.
    pub fn success(self) -> Result<&'a [u8], NotAvailable> {
        match self.status {
            200 => self
                .body
                .ok_or_else(|| unknown(Check::AnswerShape, "a timetable's length", "more")),
            0 => Err(NotAvailable::Blocked { status: None }),
            status @ 500.. => Err(NotAvailable::SiteUnavailable {
                status: Some(status),
            }),
            status => Err(NotAvailable::Blocked {
                status: Some(status),
            }),
        }
    }
}

/// An answer with a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiAnswer {
    identifier: Identifier,
    /// The term in the page's words, if the answer names it.
    title: Option<String>,
    subjects: Vec<Subject>,
    semesters: Vec<Semester>,
}

impl ApiAnswer {
    /// The table of `identifier`.
    ///
    /// # Errors
    /// [`NotAvailable`], by its status or by what it says.
    pub fn received(identifier: &Identifier, received: Received<'_>) -> Result<Self, NotAvailable> {
        Self::parse(identifier, received.success()?)
    }

    /// The table of `identifier`, from the body of an answer.
    ///
    /// # Errors
    /// [`NotAvailable`], by what the answer says.
    pub fn parse(identifier: &Identifier, body: &[u8]) -> Result<Self, NotAvailable> {
        let Response { code, table, menu } = xml::parse(body)?;
        match (table, code.as_deref().map(str::trim)) {
            (Some(table), None) => Self::from_table(identifier, &table, &menu),
            (None, Some("-1")) => Err(NotAvailable::NotFound),
            (None, Some("-2")) => Err(NotAvailable::NotPublic),
            (None, Some(_)) => Err(unknown(Check::AnswerStatus, "-1 or -2", "another code")),
            (Some(_), Some(_)) => Err(unknown(Check::AnswerShape, "a table or a code", "both")),
            (None, None) => Err(unknown(Check::AnswerShape, "a table or a code", "neither")),
        }
    }

    fn from_table(
        identifier: &Identifier,
        table: &TableElement,
        menu: &[MenuEntry],
    ) -> Result<Self, NotAvailable> {
        let own = table.identifier.as_deref();
        if own.is_some_and(|own| own != identifier.as_str()) {
            return Err(unknown(
                Check::AnswerIdentifier,
                "the one asked for",
                "another",
            ));
        }
        match (table.status.as_str(), own) {
            ("1", Some(_)) => Self::with_subjects(identifier, table, menu),
            ("1", None) => Err(unknown(
                Check::AnswerIdentifier,
                "the one asked for",
                "none",
            )),
            ("-1", _) => Err(NotAvailable::NoTimetable),
            ("-2", _) => Err(NotAvailable::NotPublic),
            _ => Err(unknown(
                Check::AnswerStatus,
                "1, -1 or -2",
                "another status",
            )),
        }
    }

    fn with_subjects(
        identifier: &Identifier,
        table: &TableElement,
        menu: &[MenuEntry],
    ) -> Result<Self, NotAvailable> {
        let subjects = table.subjects.iter().map(Subject::new);
        Ok(Self {
            identifier: identifier.clone(),
            title: title(identifier, table, menu),
            subjects: subjects.collect::<Result<_, _>>()?,
            semesters: menu.iter().filter_map(MenuEntry::semester).collect(),
        })
    }

    /// The timetable that the page draws from this answer. Classes that it refuses to draw are included
    /// and marked.
    pub fn timetable(&self) -> Timetable {
        let drawn = refusals::drawn(&self.subjects);
        let days = week::days_of(&self.subjects, &drawn);
        self.timetable_with(&drawn, days)
    }

    /// The timetable of a page that shows `drawing`: every class is drawn, or refused by an alert.
    ///
    /// # Errors
    /// [`Check::Drawing`] while some classes are neither, [`Check::Classes`] and [`Check::Refusals`] for
    /// a class that is not in the answer.
    pub fn timetable_drawn_as(&self, drawing: &Drawing) -> Result<Timetable, Mismatch> {
        let drawn = drawing.subjects_drawn(&self.subjects)?;
        Ok(self.timetable_with(&drawn, drawing.days.clone()))
    }

    /// The mismatch of a page that has drawn nothing of this answer.
    pub fn not_drawn_at_all(&self) -> Mismatch {
        drawing::unfinished(&self.subjects, &Drawing::default())
    }

    fn timetable_with(&self, drawn: &[bool], days: Vec<Weekday>) -> Timetable {
        let term = self.title.as_deref().and_then(term::parse);
        let week = week::Week::of(&self.subjects, drawn);
        Timetable {
            identifier: self.identifier.clone(),
            year: term.map(|(year, _)| year),
            semester: term.map(|(_, semester)| semester.to_owned()),
            title: self.title.clone(),
            days,
            classes: week.classes,
            untimed: week.untimed,
            not_drawn: week.not_drawn,
            semesters: self.semesters.clone(),
        }
    }
}

fn unknown(check: Check, expected: &str, found: &str) -> NotAvailable {
    Mismatch::new(check, expected, found).into()
}

/// The term as the menu names it. The menu lists only an owner's main timetables; another one has the
/// term of its table.
fn title(identifier: &Identifier, table: &TableElement, menu: &[MenuEntry]) -> Option<String> {
    let own = menu
        .iter()
        .find(|entry| entry.identifier == identifier.as_str());
    let of_table = || Some(label(table.year.as_deref()?, table.semester.as_deref()?));
    own.map(MenuEntry::label).or_else(of_table)
}

/// A term in the page's words.
fn label(year: &str, semester: &str) -> String {
    format!("{year}년 {semester}학기").trim().to_owned()
}

impl MenuEntry {
    /// The term as the page words it.
    fn label(&self) -> String {
        label(&self.year, &self.semester)
    }

    /// `None` for an entry without a valid identifier.
    fn semester(&self) -> Option<Semester> {
        Some(Semester {
            label: self.label(),
            identifier: self.identifier.parse().ok()?,
        })
    }
}
