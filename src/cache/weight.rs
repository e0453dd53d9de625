//! How much memory an answer takes.

use std::mem::size_of;

use super::answer::Answer;
use crate::timetable::share_link::IDENTIFIER_LENGTH;
use crate::timetable::{Class, RefusedClass, Semester, Timetable, UntimedClass};

/// Bytes of `answer`, the allocator's own aside.
pub(super) fn bytes(answer: &Answer) -> u64 {
    let own = size_of::<super::kept::Kept>() + IDENTIFIER_LENGTH;
    let timetable = answer
        .outcome
        .as_ref()
        .map_or(0, |seen| of(&seen.timetable));
    (own + timetable) as u64
}

fn of(timetable: &Timetable) -> usize {
    let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let own = size_of::<Timetable>()
        + IDENTIFIER_LENGTH
        + text(&timetable.semester)
        + text(&timetable.title)
        + timetable.days.len();
    own + all(&timetable.classes, |class: &Class| {
        class.name.len() + class.professor.len() + class.place.len()
    }) + all(&timetable.untimed, |class: &UntimedClass| {
        class.name.len() + class.place.len()
    }) + all(&timetable.not_drawn, |class: &RefusedClass| {
        text(&class.name)
    }) + all(&timetable.semesters, |semester: &Semester| {
        semester.label.len() + IDENTIFIER_LENGTH
    })
}

/// Entries of a list and what each of them points to.
fn all<T>(list: &[T], text: impl Fn(&T) -> usize) -> usize {
    size_of_val(list) + list.iter().map(text).sum::<usize>()
}
