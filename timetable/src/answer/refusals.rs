//! The page's rules for drawing a class. It refuses classes that overlap, come twice, or are too many.

use std::collections::HashSet;

use super::subject::{Meeting, Subject};
use crate::time::UNITS_PER_DAY;

/// The page draws no more subjects than this.
const MOST_SUBJECTS: usize = 30;

/// For each subject, in the order of the answer, whether the page draws it.
pub(super) fn drawn(subjects: &[Subject]) -> Vec<bool> {
    let mut week = DrawnWeek::default();
    subjects.iter().map(|subject| week.draws(subject)).collect()
}

/// What the page has drawn so far.
struct DrawnWeek<'a> {
    ids: HashSet<&'a str>,
    week: [[bool; UNITS_PER_DAY as usize]; 7],
}

impl Default for DrawnWeek<'_> {
    fn default() -> Self {
        Self {
            ids: HashSet::new(),
            week: [[false; UNITS_PER_DAY as usize]; 7],
        }
    }
}

impl<'a> DrawnWeek<'a> {
    fn draws(&mut self, subject: &'a Subject) -> bool {
        let mut meetings = subject.meetings.iter();
        let clashes = meetings.any(|meeting| self.units(meeting).contains(&true));
        if self.ids.len() >= MOST_SUBJECTS || self.ids.contains(&*subject.id) || clashes {
            return false;
        }
        self.ids.insert(&subject.id);
        for meeting in &subject.meetings {
            self.units(meeting).fill(true);
        }
        true
    }

    fn units(&mut self, Meeting { day, time, .. }: &Meeting) -> &mut [bool] {
        let [start, end] = [time.start(), time.end()].map(|time| usize::from(time.units()));
        &mut self.week[day.index()][start..end]
    }
}
