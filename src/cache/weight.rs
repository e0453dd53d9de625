//! How much memory an answer takes.

use std::io::{self, Write};
use std::mem::size_of;

use super::answer::Answer;
use crate::timetable::share_link::IDENTIFIER_LENGTH;
use crate::timetable::{Class, RefusedClass, Semester, Timetable, UntimedClass};

/// What its rendition says beside the timetable, and what tells it from others.
const BESIDE: usize = 128;

/// Bytes of `answer` and of its rendition, the allocator's own aside.
pub(super) fn bytes(answer: &Answer) -> u64 {
    let own = size_of::<super::kept::Kept>() + IDENTIFIER_LENGTH;
    let timetable = answer.outcome.as_ref().map_or(0, |seen| {
        of(&seen.timetable) + written(&seen.timetable) + BESIDE
    });
    (own + timetable) as u64
}

/// How long the timetable is once it is written down.
fn written(timetable: &Timetable) -> usize {
    let mut length = Length(0);
    // Whatever cannot be written has no rendition.
    let _ = serde_json::to_writer(&mut length, timetable);
    length.0
}

/// Counts what is written to it.
struct Length(usize);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
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
