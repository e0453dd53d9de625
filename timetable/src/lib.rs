//! The timetable: read from a page or from the API's answer, with free time, slots and drawings.
//!
//! ```text
//! schemas                        JSON schemas of the types that validate themselves
//! render                         a timetable as iCalendar, SVG or terminal text
//! reading                        a page and its answer → timetable
//! answer                         the API's answer → timetable
//! free, day_slots                common free time; busy and free slots of a day
//! slots, alerts, difference      a week in equal slots; alert boxes; what differs between two readings
//! Timetable, NotAvailable        the result, or why there is none
//! geometry                       the time of a block
//! scale, columns                 the page's scale; the weekday of a column
//! mismatch, time, term,          failed checks; times of day; terms;
//! share_link, near               share links; comparison of pixels
//! ```
//!
//! A module imports only modules below it.
//!
//! Pure code: no clock, no network, no log.
#![warn(missing_docs)]

pub mod alerts;
pub mod answer;
pub mod columns;
pub mod day_slots;
pub mod difference;
pub mod free;
pub mod geometry;
pub mod mismatch;
mod near;
mod not_available;
pub mod reading;
pub mod render;
pub mod scale;
mod schemas;
pub mod share_link;
pub mod slots;
pub mod term;
pub mod time;

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use not_available::NotAvailable;
use share_link::Identifier;
use time::{TimeRange, Weekday};

/// One semester's timetable as the page shows it to the public.
///
/// The owner's name is never part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Timetable {
    /// Which timetable this is.
    pub identifier: Identifier,
    /// Calendar year of the term; `null` when the page does not name its term.
    #[schema(required)]
    pub year: Option<u16>,
    /// `"1"`, `"2"`, `"여름"` or `"겨울"`; `null` when the page does not name its term.
    #[schema(required)]
    pub semester: Option<String>,
    /// The term as the page words it, such as `2026년 2학기`; `null` when it does not name it.
    #[schema(required)]
    pub title: Option<String>,
    /// The days the page shows: Monday to Friday, and the weekend where it is used.
    pub days: Vec<Weekday>,
    /// One entry per weekly meeting, by day, then start, end and name.
    pub classes: Vec<Class>,
    /// Classes without a meeting time.
    pub untimed: Vec<UntimedClass>,
    /// Classes the page refused to draw, in the order it refused them.
    pub not_drawn: Vec<RefusedClass>,
    /// The owner's public semesters, as the page's side menu lists them.
    pub semesters: Vec<Semester>,
}

/// One weekly meeting of a class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Class {
    /// Name as written, markup and emoji included; it is text and never HTML.
    pub name: String,
    /// Empty where the page names none.
    pub professor: String,
    /// Empty where the page names none.
    pub place: String,
    /// The page's colour number, 1 to 30; `null` where it has none.
    #[schema(required)]
    pub color: Option<u8>,
    /// Day of the meeting.
    pub day: Weekday,
    /// When it meets, exact to 5 minutes.
    #[serde(flatten)]
    pub time: TimeRange,
    /// Present and true where the page refuses to draw it: it takes its hours all the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_drawn: bool,
}

/// A class that has no meeting time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UntimedClass {
    /// Name as written.
    pub name: String,
    /// Empty where the page names none.
    pub place: String,
    /// Present and true where the page refuses to list it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_drawn: bool,
}

/// A class the page refused to draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefusedClass {
    /// `null` where the page's refusal does not say which class it meant.
    #[schema(required)]
    pub name: Option<String>,
}

/// Another public semester of the same owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Semester {
    /// The term as the page words it.
    pub label: String,
    /// The timetable of that term.
    pub identifier: Identifier,
}

impl Timetable {
    /// Whether no class takes time in the week.
    pub fn has_no_classes(&self) -> bool {
        self.classes.is_empty()
    }

    /// Whether a class that the page refused to draw has no known times, so that an hour that looks
    /// free may be taken.
    ///
    /// A refusal's times are known if there is an entry for it with `not_drawn` set, among
    /// `classes` or, where it has no meeting time, among `untimed`. Each refusal needs an entry of
    /// its own, under its name; one without a name needs one that no named refusal claims.
    pub fn is_incomplete(&self) -> bool {
        let mut refusals = counted(self.not_drawn.iter().map(|class| class.name.as_deref()));
        let nameless = refusals.remove(&None).unwrap_or(0);
        let entries = counted(self.marked_as_not_drawn().map(Some));
        let unclaimed: usize = entries
            .iter()
            .filter(|(name, _)| !refusals.contains_key(*name))
            .map(|(_, count)| count)
            .sum();
        unclaimed < nameless
            || refusals
                .iter()
                .any(|(name, count)| entries.get(name).is_none_or(|known| known < count))
    }

    /// Names of the entries that the page refused to draw.
    fn marked_as_not_drawn(&self) -> impl Iterator<Item = &str> {
        let classes = self.classes.iter().filter(|class| class.not_drawn);
        let untimed = self.untimed.iter().filter(|class| class.not_drawn);
        classes
            .map(|class| class.name.as_str())
            .chain(untimed.map(|class| class.name.as_str()))
    }

    /// The days to draw, Monday first: those the page shows, and any other with a class.
    pub fn shown_days(&self) -> BTreeSet<Weekday> {
        let used = self.classes.iter().map(|class| class.day);
        self.days.iter().copied().chain(used).collect()
    }

    /// The busy ranges of one day, in order of their start.
    pub fn busy_on(&self, day: Weekday) -> impl Iterator<Item = TimeRange> + '_ {
        self.classes
            .iter()
            .filter(move |class| class.day == day)
            .map(|class| class.time)
    }
}

/// How often each name occurs.
fn counted<'a>(names: impl Iterator<Item = Option<&'a str>>) -> HashMap<Option<&'a str>, usize> {
    let mut counts = HashMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// Whether a timetable with these refusals is incomplete that has `classes` and `untimed`
    /// entries of these names, which the page did not draw.
    fn is_incomplete(refusals: &Value, classes: &[&str], untimed: &[&str]) -> bool {
        let class = |name: &str, not_drawn: bool| {
            json!({"name": name, "professor": "", "place": "", "color": null, "day": "mon",
                   "start": "09:00", "end": "10:00", "not_drawn": not_drawn})
        };
        let refusals = refusals.as_array().unwrap().iter();
        let drawn = [class("drawn", false)].into_iter();
        let timetable = json!({
            "identifier": "a".repeat(20), "year": null, "semester": null, "title": null,
            "days": ["mon"], "semesters": [],
            "classes": drawn.chain(classes.iter().map(|name| class(name, true))).collect::<Vec<_>>(),
            "untimed": untimed
                .iter()
                .map(|name| json!({"name": name, "place": "", "not_drawn": true}))
                .collect::<Vec<_>>(),
            "not_drawn": refusals.map(|name| json!({"name": name})).collect::<Vec<_>>(),
        });
        serde_json::from_value::<Timetable>(timetable)
            .unwrap()
            .is_incomplete()
    }

    #[test]
    fn a_timetable_is_complete_if_every_refused_class_has_an_entry() {
        for (refusals, classes, untimed) in [
            (json!([]), &[][..], &[][..]),
            (json!(["a"]), &["a"], &[]),
            (json!(["a"]), &["a", "a"], &[]),
            (json!(["a"]), &[], &["a"]),
            (json!(["a", "b"]), &["b"], &["a"]),
            (json!(["a", "a"]), &["a", "a"], &[]),
            (json!([""]), &[""], &[]),
            (json!([null]), &["drawn"], &[]),
            (json!([null, "a"]), &["a", "b"], &[]),
        ] {
            assert!(!is_incomplete(&refusals, classes, untimed), "{refusals}");
        }
    }

    #[test]
    fn a_timetable_is_incomplete_if_a_refused_class_has_no_entry() {
        for (refusals, classes) in [
            (json!(["a"]), &[][..]),
            (json!(["drawn"]), &[]),
            (json!(["a"]), &["b"]),
            (json!(["a", "a"]), &["a"]),
            (json!(["a", "b"]), &["a", "a"]),
            (json!([null]), &[]),
            (json!([null, "a"]), &["a", "a"]),
            (json!([null, null]), &["b"]),
        ] {
            assert!(is_incomplete(&refusals, classes, &[]), "{refusals}");
        }
    }
}
