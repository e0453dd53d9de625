//! The picture in words, for screen readers and tooltips.

use super::super::super::{Class, Timetable};
use super::super::plain::plain;
use super::super::week::classes_on;
use super::super::words::Words;
use super::xml::escaped;

/// Title and description of the picture, its first children.
pub(super) fn texts(timetable: &Timetable, words: &Words) -> String {
    let heading = escaped(&words.heading(timetable));
    let described = escaped(&described(timetable, words));
    format!("<title>{heading}</title>\n<desc>{described}</desc>\n")
}

/// Every meeting, day by day, and the classes without a time.
fn described(timetable: &Timetable, words: &Words) -> String {
    let days = timetable.shown_days();
    let meetings = days.iter().flat_map(|&day| classes_on(timetable, day));
    let mut sentences: Vec<_> = meetings.map(|class| meeting(class, words)).collect();
    sentences.extend(words.without_classes(timetable).map(str::to_owned));
    sentences.extend(words.beside_the_grid(timetable));
    sentences.join(". ")
}

/// One meeting: day, time, name, place and professor.
pub(super) fn meeting(class: &Class, words: &Words) -> String {
    let (day, time) = (words.day(class.day), class.time);
    let when = format!("{day} {}–{}", time.start(), time.end());
    [
        when,
        words.name(&class.name),
        plain(&class.place),
        plain(&class.professor),
    ]
    .into_iter()
    .filter(|part| !part.is_empty())
    .collect::<Vec<_>>()
    .join(", ")
}
