//! Compares what a page drew and refused with the answer that it drew from.

use std::collections::HashMap;
use std::fmt;

use super::subject::Subject;
use crate::RefusedClass;
use crate::mismatch::{Check, Mismatch};
use crate::time::{TimeRange, Weekday};

/// What a page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drawing {
    /// The days shown, Monday first.
    pub days: Vec<Weekday>,
    /// One for each block.
    pub meetings: Vec<DrawnMeeting>,
    /// Names of the classes listed without a time.
    pub untimed: Vec<String>,
    /// Classes that alerts refused.
    pub refused: Vec<RefusedClass>,
}

/// One block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnMeeting {
    /// Day of its column.
    pub day: Weekday,
    /// When it meets.
    pub time: TimeRange,
    /// Name of the class.
    pub name: String,
}

impl Drawing {
    /// For each subject, whether it is drawn with all its meetings. Alerts must have refused the others.
    pub(super) fn subjects_drawn(&self, subjects: &[Subject]) -> Result<Vec<bool>, Mismatch> {
        let mut appearances = self.appearances();
        let drawn: Vec<_> = subjects
            .iter()
            .map(|subject| appearances.take_all(subject))
            .collect();
        let missing: Vec<_> = subjects
            .iter()
            .zip(&drawn)
            .filter_map(|(subject, is_drawn)| (!is_drawn).then_some(subject))
            .collect();
        appearances.check_are_parts_of(&missing)?;
        self.check_refusals(&missing)?;
        if appearances.is_empty() && missing.len() == self.refused.len() {
            Ok(drawn)
        } else {
            Err(unfinished(subjects, self))
        }
    }

    fn appearances(&self) -> Appearances {
        let timed = self
            .meetings
            .iter()
            .map(|drawn| Appearance::new(Some((drawn.day, drawn.time)), &drawn.name));
        let untimed = self.untimed.iter().map(|name| Appearance::new(None, name));
        Appearances::of(timed.chain(untimed))
    }

    /// Alerts may refuse only what is missing. Not every alert names its class.
    fn check_refusals(&self, missing: &[&Subject]) -> Result<(), Mismatch> {
        let mut names: Vec<_> = missing.iter().map(|subject| plain(&subject.name)).collect();
        for name in self
            .refused
            .iter()
            .filter_map(|class| class.name.as_deref())
        {
            let index = names.iter().position(|missing| *missing == plain(name));
            let index = index.ok_or_else(|| {
                let expected = "an alert about a class that is not drawn";
                Mismatch::new(Check::Refusals, expected, "about another")
            })?;
            names.swap_remove(index);
        }
        let nameless = self.refused.iter().filter(|class| class.name.is_none());
        let nameless = nameless.count();
        if nameless > names.len() {
            let expected = format!("{} alerts without a name at most", names.len());
            return Err(Mismatch::new(Check::Refusals, expected, nameless));
        }
        Ok(())
    }
}

/// The mismatch of a page that has drawn or refused only a part of its answer.
pub(super) fn unfinished(subjects: &[Subject], drawing: &Drawing) -> Mismatch {
    let meetings = subjects.iter().map(|subject| subject.meetings.len());
    let untimed = subjects
        .iter()
        .filter(|subject| subject.meetings.is_empty());
    let expected = format!(
        "{} classes: {} meetings, {} without a time",
        subjects.len(),
        meetings.sum::<usize>(),
        untimed.count()
    );
    let found = format!(
        "{} meetings, {} without a time, {} classes refused",
        drawing.meetings.len(),
        drawing.untimed.len(),
        drawing.refused.len()
    );
    Mismatch::new(Check::Drawing, expected, found)
}

/// A meeting of a class, or a class without one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Appearance {
    time: Option<(Weekday, TimeRange)>,
    name: String,
}

impl Appearance {
    fn new(time: Option<(Weekday, TimeRange)>, name: &str) -> Self {
        Self {
            time,
            name: plain(name),
        }
    }

    fn all_of(subject: &Subject) -> Vec<Self> {
        if subject.meetings.is_empty() {
            return vec![Self::new(None, &subject.name)];
        }
        let meetings = subject.meetings.iter();
        meetings
            .map(|meeting| Self::new(Some((meeting.day, meeting.time)), &subject.name))
            .collect()
    }
}

/// The time alone, because names are text of the page.
impl fmt::Display for Appearance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.time {
            Some((day, time)) => write!(f, "{day:?} {} to {}", time.start(), time.end()),
            None => f.write_str("a class without a time"),
        }
    }
}

/// A name on one line: page, alerts and answer break it in different places.
fn plain(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How often each appearance occurs.
#[derive(Debug)]
struct Appearances(HashMap<Appearance, usize>);

impl Appearances {
    fn of(appearances: impl Iterator<Item = Appearance>) -> Self {
        let mut counts = HashMap::new();
        for appearance in appearances {
            *counts.entry(appearance).or_default() += 1;
        }
        Self(counts)
    }

    fn is_empty(&self) -> bool {
        self.0.values().all(|count| *count == 0)
    }

    /// Takes all appearances of `subject`, or none.
    fn take_all(&mut self, subject: &Subject) -> bool {
        let wanted = Self::of(Appearance::all_of(subject).into_iter());
        let has =
            |(appearance, count): (&Appearance, &usize)| self.0.get(appearance) >= Some(count);
        if !wanted.0.iter().all(has) {
            return false;
        }
        for (appearance, count) in wanted.0 {
            self.0.entry(appearance).and_modify(|left| *left -= count);
        }
        true
    }

    /// The rest may only belong to classes that the page is still drawing.
    fn check_are_parts_of(&self, unfinished: &[&Subject]) -> Result<(), Mismatch> {
        let parts = unfinished
            .iter()
            .flat_map(|subject| Appearance::all_of(subject));
        let parts = Self::of(parts);
        let foreign = |(appearance, count): &(&Appearance, &usize)| {
            parts.0.get(appearance).unwrap_or(&0) < count
        };
        match self.0.iter().find(foreign) {
            None => Ok(()),
            Some((appearance, _)) => Err(Mismatch::new(
                Check::Classes,
                "a meeting and a name of the answer",
                appearance,
            )),
        }
    }
}
