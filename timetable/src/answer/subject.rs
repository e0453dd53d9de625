//! A class of the answer.

use super::xml;
use crate::mismatch::{Check, Mismatch};
use crate::time::{TimeOfDay, TimeRange, Weekday};

/// A class with all its weekly meetings. Texts are trimmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) professor: String,
    pub(super) place: String,
    pub(super) meetings: Vec<Meeting>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meeting {
    pub(super) day: Weekday,
    pub(super) time: TimeRange,
    pub(super) place: String,
}

impl Subject {
    pub(super) fn new(subject: &xml::SubjectElement) -> Result<Self, Mismatch> {
        let place = subject.place.trim();
        let meetings = subject.meetings.iter().map(|meeting| {
            let (day, time) = meeting.time()?;
            // A meeting without a place of its own has the subject's.
            let place = match meeting.place.trim() {
                "" => place,
                own => own,
            };
            Ok(Meeting {
                day,
                time,
                place: place.to_owned(),
            })
        });
        Ok(Self {
            id: subject.id.clone(),
            name: subject.name.trim().to_owned(),
            professor: subject.professor.trim().to_owned(),
            place: place.to_owned(),
            meetings: meetings.collect::<Result<_, _>>()?,
        })
    }
}

impl xml::MeetingElement {
    fn time(&self) -> Result<(Weekday, TimeRange), Mismatch> {
        let Self {
            day, start, end, ..
        } = *self;
        let weekday = Weekday::ALL.get(usize::from(day)).copied();
        let [from, to] = [start, end].map(TimeOfDay::from_units);
        let time = from.zip(to).and_then(|(from, to)| TimeRange::new(from, to));
        weekday.zip(time).ok_or_else(|| {
            let found = format!("day {day}, {start} to {end}");
            Mismatch::new(
                Check::AnswerTime,
                "a stretch of one day, in units of 5 minutes",
                found,
            )
        })
    }
}
