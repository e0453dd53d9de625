//! Which part of the week a drawing shows.

use std::ops::Range;

use super::super::time::{UNITS_PER_HOUR, Weekday};
use super::super::{Class, Timetable};

/// Hours that are shown though nothing happens in them: 09:00 to 18:00.
const USUAL_HOURS: Range<u16> = 9..18;

/// Whole hours of the day to show, `9..18` for 09:00 to 18:00; wider where a class needs it.
pub(super) fn hours(timetable: &Timetable) -> Range<u16> {
    let first_hour = |class: &Class| class.time.start().units() / UNITS_PER_HOUR;
    let last_hour = |class: &Class| class.time.end().units().div_ceil(UNITS_PER_HOUR);
    let first = timetable.classes.iter().map(first_hour).min();
    let last = timetable.classes.iter().map(last_hour).max();
    first.unwrap_or(USUAL_HOURS.start).min(USUAL_HOURS.start)
        ..last.unwrap_or(USUAL_HOURS.end).max(USUAL_HOURS.end)
}

/// The classes of one day, in order of their start.
pub(super) fn classes_on(timetable: &Timetable, day: Weekday) -> Vec<&Class> {
    let mut classes: Vec<_> = timetable
        .classes
        .iter()
        .filter(|class| class.day == day)
        .collect();
    classes.sort_by_key(|class| class.time);
    classes
}
