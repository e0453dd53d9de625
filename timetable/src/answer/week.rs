//! The subjects of an answer as the entries of a timetable.

use super::subject::Subject;
use crate::time::Weekday;
use crate::{Class, RefusedClass, UntimedClass};

/// Number of the page's colours; the thirty-first class has the first one again.
const COLORS: usize = 30;

/// The entries of a timetable.
#[derive(Default)]
pub(super) struct Week {
    /// By day, then start, end and name.
    pub(super) classes: Vec<Class>,
    pub(super) untimed: Vec<UntimedClass>,
    pub(super) not_drawn: Vec<RefusedClass>,
}

impl Week {
    /// `drawn` says for each subject whether the page draws it.
    pub(super) fn of(subjects: &[Subject], drawn: &[bool]) -> Self {
        let mut week = Self::default();
        let mut before = 0;
        for (subject, &is_drawn) in subjects.iter().zip(drawn) {
            week.add(subject, is_drawn.then_some((before % COLORS) as u8 + 1));
            before += usize::from(is_drawn);
        }
        let order = |class: &Class| (class.day, class.time);
        week.classes
            .sort_by(|a, b| (order(a), &a.name).cmp(&(order(b), &b.name)));
        week
    }

    /// `color` is `None` for a subject that the page does not draw.
    fn add(&mut self, subject: &Subject, color: Option<u8>) {
        let not_drawn = color.is_none();
        self.classes
            .extend(subject.meetings.iter().map(|meeting| Class {
                name: subject.name.clone(),
                professor: subject.professor.clone(),
                place: meeting.place.clone(),
                color,
                day: meeting.day,
                time: meeting.time,
                not_drawn,
            }));
        if subject.meetings.is_empty() {
            self.untimed.push(UntimedClass {
                name: subject.name.clone(),
                place: subject.place.clone(),
                not_drawn,
            });
        }
        if not_drawn {
            let name = Some(subject.name.clone());
            self.not_drawn.push(RefusedClass { name });
        }
    }
}

/// The days that the page shows: always Monday to Friday. A drawn class on Saturday adds Saturday, one on
/// Sunday adds both.
pub(super) fn days_of(subjects: &[Subject], drawn: &[bool]) -> Vec<Weekday> {
    let drawn = subjects
        .iter()
        .zip(drawn)
        .filter(|(_, is_drawn)| **is_drawn);
    let days = drawn.flat_map(|(subject, _)| subject.meetings.iter().map(|meeting| meeting.day));
    let last = days.max().max(Some(Weekday::Fri));
    Weekday::ALL[..=last.map_or(0, Weekday::index)].to_vec()
}
