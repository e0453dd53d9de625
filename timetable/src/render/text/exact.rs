//! The exact times of classes that do not begin and end with a row of the grid.

use super::super::super::Class;
use super::super::super::time::{TimeRange, Weekday};
use super::super::words::Words;

/// Classes with the same name and time, on one or several days.
struct Meetings {
    name: String,
    time: TimeRange,
    days: Vec<Weekday>,
}

/// `heading: day time name, …` for `classes`; `None` without any.
pub(super) fn times<'a>(classes: impl Iterator<Item = &'a Class>, words: &Words) -> Option<String> {
    let mut all: Vec<Meetings> = Vec::new();
    for class in classes {
        let (name, time) = (words.name(&class.name), class.time);
        match all
            .iter_mut()
            .find(|one| one.name == name && one.time == time)
        {
            Some(known) => known.days.push(class.day),
            None => all.push(Meetings {
                name,
                time,
                days: vec![class.day],
            }),
        }
    }
    let listed: Vec<_> = all.iter().map(|one| in_words(one, words)).collect();
    (!listed.is_empty()).then(|| format!("{}: {}", words.exact_times, listed.join(", ")))
}

fn in_words(meetings: &Meetings, words: &Words) -> String {
    let Meetings { name, time, days } = meetings;
    let days: Vec<_> = days.iter().map(|day| words.day(*day)).collect();
    format!("{} {}–{} {name}", days.join("·"), time.start(), time.end())
}
