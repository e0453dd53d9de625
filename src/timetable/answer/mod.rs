//! The API's answer, and the timetable it amounts to: the one that the page draws from it.
//!
//! Strict, because nothing else stands beside it to check it against: a status, a part or a time
//! that is not known is [`Unread::LayoutChanged`], never a timetable with something missing.

mod cursor;
mod refusals;
#[cfg(test)]
mod tests;
mod xml;

use super::reading::{Check, Mismatch, Unread};
use super::share_link::Identifier;
use super::time::{TimeOfDay, TimeRange, Weekday};
use super::{Class, RefusedClass, Semester, Timetable, UntimedClass, term};
use refusals::Drawn;
use xml::{Entry, Meeting, Response, Subject, Table};

/// The timetable of `identifier`, from the body of the API's answer.
///
/// Classes that the page would not draw are kept, and marked.
///
/// # Errors
/// [`Unread`], by what the answer says.
pub fn timetable(identifier: &Identifier, body: &[u8]) -> Result<Timetable, Unread> {
    let Response { code, table, menu } = xml::parse(body)?;
    match (table, code.as_deref().map(str::trim)) {
        (Some(table), None) => from_table(identifier, &table, &menu),
        (None, Some("-1")) => Err(Unread::NotFound),
        (None, Some("-2")) => Err(Unread::NotPublic),
        (None, Some(_)) => Err(unknown(Check::AnswerStatus, "-1 or -2", "another code")),
        (Some(_), Some(_)) => Err(unknown(Check::AnswerShape, "a table or a code", "both")),
        (None, None) => Err(unknown(Check::AnswerShape, "a table or a code", "neither")),
    }
}

fn unknown(check: Check, expected: &str, found: &str) -> Unread {
    Mismatch::new(check, expected, found).into()
}

fn from_table(identifier: &Identifier, table: &Table, menu: &[Entry]) -> Result<Timetable, Unread> {
    let own = table.identifier.as_deref();
    if own.is_some_and(|own| own != identifier.as_str()) {
        return Err(unknown(
            Check::AnswerIdentifier,
            "the one asked for",
            "another",
        ));
    }
    match (table.status.as_str(), own) {
        ("1", Some(_)) => drawn(identifier, table, menu),
        ("1", None) => Err(unknown(
            Check::AnswerIdentifier,
            "the one asked for",
            "none",
        )),
        ("-1", _) => Err(Unread::NoTimetable),
        ("-2", _) => Err(Unread::NotPublic),
        _ => Err(unknown(
            Check::AnswerStatus,
            "1, -1 or -2",
            "another status",
        )),
    }
}

fn drawn(identifier: &Identifier, table: &Table, menu: &[Entry]) -> Result<Timetable, Unread> {
    let mut week = Week::default();
    let mut page = Drawn::nothing();
    for subject in &table.subjects {
        let meetings = subject.meetings()?;
        let color = page.add(&subject.id, &meetings).ok();
        week.add(subject, &meetings, color.map(|before| before as u8 + 1));
    }
    let own = menu
        .iter()
        .find(|entry| entry.identifier == identifier.as_str());
    let title = own.map(Entry::label);
    let term = title.as_deref().and_then(term::parse);
    Ok(Timetable {
        identifier: identifier.clone(),
        year: term.map(|(year, _)| year),
        semester: term.map(|(_, semester)| semester.to_owned()),
        days: week.days(),
        classes: week.sorted(),
        untimed: week.untimed,
        not_drawn: week.not_drawn,
        semesters: menu.iter().filter_map(Entry::semester).collect(),
        title,
    })
}

/// The classes as they are found, subject by subject.
#[derive(Default)]
struct Week {
    classes: Vec<Class>,
    untimed: Vec<UntimedClass>,
    not_drawn: Vec<RefusedClass>,
}

impl Week {
    /// `color` is `None` for a subject that the page does not draw.
    fn add(&mut self, subject: &Subject, meetings: &[(Weekday, TimeRange)], color: Option<u8>) {
        let name = subject.name.trim();
        let classes = subject.meetings.iter().zip(meetings);
        self.classes
            .extend(classes.map(|(written, &(day, time))| Class {
                name: name.to_owned(),
                professor: subject.professor.trim().to_owned(),
                place: subject.place_of(written).to_owned(),
                color,
                day,
                time,
                not_drawn: color.is_none(),
            }));
        if meetings.is_empty() {
            self.untimed.push(UntimedClass {
                name: name.to_owned(),
                place: subject.place.trim().to_owned(),
                not_drawn: color.is_none(),
            });
        }
        if color.is_none() {
            let name = Some(name.to_owned());
            self.not_drawn.push(RefusedClass { name });
        }
    }

    /// Monday to Friday always; a Saturday class adds Saturday, a Sunday class the whole weekend.
    fn days(&self) -> Vec<Weekday> {
        let drawn = self.classes.iter().filter(|class| !class.not_drawn);
        let last = drawn.map(|class| class.day).max();
        Weekday::ALL[..=last.max(Some(Weekday::Fri)).map_or(0, Weekday::index)].to_vec()
    }

    fn sorted(&mut self) -> Vec<Class> {
        let mut classes = std::mem::take(&mut self.classes);
        classes.sort_by(|a, b| (a.day, a.time, &a.name).cmp(&(b.day, b.time, &b.name)));
        classes
    }
}

impl Subject {
    fn meetings(&self) -> Result<Vec<(Weekday, TimeRange)>, Mismatch> {
        self.meetings.iter().map(Meeting::time).collect()
    }

    /// Where a meeting is; where the subject is, if it says nothing of its own.
    fn place_of<'a>(&'a self, meeting: &'a Meeting) -> &'a str {
        match meeting.place.trim() {
            "" => self.place.trim(),
            place => place,
        }
    }
}

impl Meeting {
    fn time(&self) -> Result<(Weekday, TimeRange), Mismatch> {
        let Self {
            day, start, end, ..
        } = *self;
        let weekday = Weekday::ALL.get(usize::from(day)).copied();
        let [from, to] = [start, end].map(TimeOfDay::from_units);
        let time = from.zip(to).and_then(|(from, to)| TimeRange::new(from, to));
        weekday.zip(time).ok_or_else(|| {
            let found = format!("day {day}, {start} to {end}");
            Mismatch::new(
                Check::AnswerTime,
                "a stretch of one day, in units of 5 minutes",
                found,
            )
        })
    }
}

impl Entry {
    /// The term as the page words it.
    fn label(&self) -> String {
        format!("{}년 {}학기", self.year, self.semester)
            .trim()
            .to_owned()
    }

    /// `None` for an entry that leads to no timetable: it is no semester.
    fn semester(&self) -> Option<Semester> {
        Some(Semester {
            label: self.label(),
            identifier: self.identifier.parse().ok()?,
        })
    }
}
