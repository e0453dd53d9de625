//! The background: heading, day labels, hours.

use std::fmt::Write as _;

use super::super::super::Timetable;
use super::super::super::time::TimeOfDay;
use super::super::words::Words;
use super::super::wrap::wrap;
use super::frame::{AXIS, Frame, MARGIN, RIGHT, TOP, WIDTH};
use super::xml::{ems, rounded, text, width};

/// Font size of the heading, as in [`super::palette`].
const HEADING_SIZE: f64 = 16.0;
/// Baseline of the heading.
const HEADING: f64 = 26.0;
/// From the day labels down to the grid.
const DAY_ABOVE_GRID: f64 = 8.0;

/// Heading, lines and labels.
pub(super) fn drawn(timetable: &Timetable, frame: &Frame, words: &Words) -> String {
    let heading = wrap(
        &words.heading(timetable),
        ems(WIDTH - 2.0 * MARGIN, HEADING_SIZE),
        1,
        width,
    );
    let mut drawn = text("gg-title", MARGIN, HEADING, &heading.concat());
    drawn += &lines(frame);
    drawn += &hour_names(frame);
    drawn += &day_names(frame, words);
    if let Some(none) = words.without_classes(timetable) {
        let middle = f64::midpoint(AXIS, RIGHT);
        drawn += &text("gg-none", middle, f64::midpoint(TOP, frame.bottom()), none);
    }
    drawn
}

/// One path: a line at each hour, and one at each side of each column.
fn lines(frame: &Frame) -> String {
    let mut path = String::new();
    for hour in frame.hours.start..=frame.hours.end {
        let y = hour_line(frame, hour);
        let _ = write!(path, "M{AXIS} {y}H{RIGHT}");
    }
    for index in 0..=frame.days.len() {
        let x = rounded(frame.x(index));
        let _ = write!(path, "M{x} {TOP}V{}", frame.bottom());
    }
    format!("<path class=\"gg-lines\" d=\"{path}\"/>\n")
}

fn hour_line(frame: &Frame, hour: u16) -> f64 {
    TimeOfDay::from_minutes(hour * 60).map_or(TOP, |time| frame.y(time))
}

/// The number of each hour, beside its first line.
fn hour_names(frame: &Frame) -> String {
    let name = |hour| {
        text(
            "gg-hour",
            AXIS - 4.0,
            hour_line(frame, hour) + 10.0,
            &hour.to_string(),
        )
    };
    frame.hours.clone().map(name).collect()
}

fn day_names(frame: &Frame, words: &Words) -> String {
    let middle = |index| frame.x(index) + frame.column() / 2.0;
    frame
        .days
        .iter()
        .enumerate()
        .map(|(index, day)| {
            text(
                "gg-day",
                middle(index),
                TOP - DAY_ABOVE_GRID,
                words.day(*day),
            )
        })
        .collect()
}
