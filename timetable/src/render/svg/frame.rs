//! Positions in the picture, in its user units: CSS pixels at full size.

use std::ops::Range;

use super::super::super::Timetable;
use super::super::super::time::{TimeOfDay, Weekday};
use super::super::week::hours;

/// Width of the whole picture: that of a phone.
pub(super) const WIDTH: f64 = 390.0;
/// Padding at the edges of the picture.
pub(super) const MARGIN: f64 = 8.0;
/// Width of the hour labels at the left.
pub(super) const AXIS: f64 = 24.0;
/// Right edge of the last column.
pub(super) const RIGHT: f64 = WIDTH - MARGIN / 2.0;
/// Top of the grid, below the heading and the day labels.
pub(super) const TOP: f64 = 64.0;
/// Height of an hour: enough for two lines of a name and one of a place in 50 minutes.
const HOUR: f64 = 52.0;

/// The grid: its days and hours.
pub(super) struct Frame {
    /// One column each, from the left.
    pub(super) days: Vec<Weekday>,
    /// Whole hours, from the top.
    pub(super) hours: Range<u16>,
}

impl Frame {
    /// The part of the week that `timetable` needs.
    pub(super) fn of(timetable: &Timetable) -> Self {
        Self {
            days: timetable.shown_days().into_iter().collect(),
            hours: hours(timetable),
        }
    }

    /// Width of a day's column.
    pub(super) fn column(&self) -> f64 {
        (RIGHT - AXIS) / self.days.len().max(1) as f64
    }

    /// Left edge of the column at `index`.
    pub(super) fn x(&self, index: usize) -> f64 {
        AXIS + self.column() * index as f64
    }

    /// Vertical position of `time`.
    pub(super) fn y(&self, time: TimeOfDay) -> f64 {
        TOP + (f64::from(time.minutes()) / 60.0 - f64::from(self.hours.start)) * HOUR
    }

    /// Bottom of the grid.
    pub(super) fn bottom(&self) -> f64 {
        TOP + f64::from(self.hours.end - self.hours.start) * HOUR
    }
}
