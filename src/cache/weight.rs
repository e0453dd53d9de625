//! How much memory an answer takes.

use std::io::{self, Write};
use std::mem::size_of;

use crate::reading::Reading;
use timetable::share_link::IDENTIFIER_LENGTH;
use timetable::{Class, RefusedClass, Semester, Timetable, UntimedClass};

/// Length of a rendition beside the timetable.
const BESIDE: usize = 128;
/// Length of a rendition's version.
const VERSION: usize = 40;
/// Counts of an `Arc` and of shared bytes.
const COUNTS: usize = 24;
/// What moka holds for each answer: key, times, places in its queues and timers. Measured.
const PLACE: usize = 640;

/// Bytes of an entry whose struct takes `entry` bytes: with its reading, the reading's rendition and all
/// bookkeeping.
pub(super) fn bytes(entry: usize, reading: Option<&Reading>) -> u64 {
    let own = PLACE + allocated(entry + COUNTS);
    let reading = reading.map_or(0, |reading| {
        let written = allocated(written(&reading.timetable) + BESIDE) + allocated(VERSION);
        of(&reading.timetable) + written + 2 * allocated(COUNTS)
    });
    (own + reading) as u64
}

/// What an allocator takes for this number of bytes: a header more, in steps of 16 bytes, at least 32.
fn allocated(bytes: usize) -> usize {
    match bytes {
        0 => 0,
        _ => (bytes + 8).next_multiple_of(16).max(32),
    }
}

/// Length of the timetable as JSON.
fn written(timetable: &Timetable) -> usize {
    let mut length = Length(0);
    // A timetable that cannot be written has no rendition.
    let _ = serde_json::to_writer(&mut length, timetable);
    length.0
}

/// Counts the bytes written to it.
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
    let own = allocated(size_of::<Reading>() + COUNTS)
        + allocated(IDENTIFIER_LENGTH)
        + optional(timetable.semester.as_ref())
        + optional(timetable.title.as_ref())
        + all(&timetable.days, |_| 0);
    own + all(&timetable.classes, |class: &Class| {
        text(&class.name) + text(&class.professor) + text(&class.place)
    }) + all(&timetable.untimed, |class: &UntimedClass| {
        text(&class.name) + text(&class.place)
    }) + all(&timetable.not_drawn, |class: &RefusedClass| {
        optional(class.name.as_ref())
    }) + all(&timetable.semesters, |semester: &Semester| {
        text(&semester.label) + allocated(IDENTIFIER_LENGTH)
    })
}

fn text(text: &String) -> usize {
    allocated(text.capacity())
}

fn optional(words: Option<&String>) -> usize {
    words.map_or(0, text)
}

/// A list with its capacity, and what each element points to.
fn all<T>(list: &Vec<T>, more: impl Fn(&T) -> usize) -> usize {
    allocated(list.capacity() * size_of::<T>()) + list.iter().map(more).sum::<usize>()
}
