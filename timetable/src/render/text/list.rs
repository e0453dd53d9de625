//! The days one below the other, for a narrow terminal.

use super::super::super::{Class, Timetable};
use super::super::plain::plain;
use super::super::week::classes_on;
use super::super::words::Words;
use super::columns::wrapped;
use super::ink::Ink;

/// Columns of a time such as `09:00–10:00` and the blanks around it.
const TIME: usize = 13;
/// Most lines of a class.
const LINES: usize = 4;

/// Each day with a class, and its classes below it, in lines of `columns`.
pub(super) fn drawn(timetable: &Timetable, columns: usize, words: &Words, ink: Ink) -> Vec<String> {
    let mut lines = Vec::new();
    for day in timetable.shown_days() {
        let classes = classes_on(timetable, day);
        if !classes.is_empty() {
            lines.push(ink.bold(words.day(day)));
        }
        lines.extend(
            classes
                .into_iter()
                .flat_map(|class| meeting(class, columns, words, ink)),
        );
    }
    lines
}

/// The time, and beside it the name and the place.
fn meeting(class: &Class, columns: usize, words: &Words, ink: Ink) -> Vec<String> {
    let place = plain(&class.place);
    let separator = if place.is_empty() { "" } else { ", " };
    let text = format!("{}{separator}{place}", words.name(&class.name));
    let room = columns.saturating_sub(TIME).max(2);
    let time = format!(" {}–{} ", class.time.start(), class.time.end());
    wrapped(&text, room, LINES)
        .iter()
        .enumerate()
        .map(|(index, line)| match index {
            0 => format!("{time}{}", ink.block(class.color, line)),
            _ => format!("{}{}", " ".repeat(TIME), ink.block(class.color, line)),
        })
        .collect()
}
