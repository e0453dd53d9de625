//! Which classes the page would refuse to draw: those that overlap, come twice, or are too many.

use std::collections::HashSet;

use super::super::time::{TimeRange, UNITS_PER_DAY, Weekday};

/// As many subjects as the page draws.
const MOST_SUBJECTS: usize = 30;

/// What the page has drawn so far.
pub(super) struct Drawn<'a> {
    ids: HashSet<&'a str>,
    week: [[bool; UNITS_PER_DAY as usize]; 7],
}

/// The page does not draw a subject.
pub(super) struct Refused;

impl<'a> Drawn<'a> {
    pub(super) fn nothing() -> Self {
        Self {
            ids: HashSet::new(),
            week: [[false; UNITS_PER_DAY as usize]; 7],
        }
    }

    /// How many subjects were drawn before this one, if the page draws it.
    pub(super) fn add(
        &mut self,
        id: &'a str,
        meetings: &[(Weekday, TimeRange)],
    ) -> Result<usize, Refused> {
        let before = self.ids.len();
        let clashes = meetings
            .iter()
            .any(|meeting| self.units(*meeting).contains(&true));
        if before >= MOST_SUBJECTS || self.ids.contains(id) || clashes {
            return Err(Refused);
        }
        self.ids.insert(id);
        for meeting in meetings {
            self.units(*meeting).fill(true);
        }
        Ok(before)
    }

    fn units(&mut self, (day, time): (Weekday, TimeRange)) -> &mut [bool] {
        let [start, end] = [time.start(), time.end()].map(|time| usize::from(time.units()));
        &mut self.week[day.index()][start..end]
    }
}
