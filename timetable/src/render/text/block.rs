//! One class meeting as lines of its column.

use std::ops::Range;

use super::super::super::time::{TimeOfDay, TimeRange, Weekday};
use super::super::super::{Class, Timetable};
use super::super::lanes::{Lane, lanes};
use super::super::plain::plain;
use super::super::week::classes_on;
use super::super::words::Words;
use super::columns::{padded, wrapped};
use super::ink::Ink;

/// 5-minute units in a row of the grid: half an hour.
const ROW_UNITS: u16 = 6;
/// Rows in an hour.
pub(super) const ROWS_PER_HOUR: u16 = 2;
/// Rows in a day.
const ROWS_PER_DAY: u16 = 24 * ROWS_PER_HOUR;
/// Columns of a time such as `09:25–10:40`.
const TIME_COLUMNS: usize = 11;
/// Least columns for a place: less is not readable.
const PLACE_COLUMNS: usize = 6;
/// Most lines of a place.
const PLACE_LINES: usize = 2;

/// A class meeting in its column.
pub(super) struct Block<'a> {
    /// What is drawn.
    pub(super) class: &'a Class,
    /// Rows it takes, counted from midnight; at least one.
    rows: Range<u16>,
    lane: Lane,
    /// Columns it takes.
    width: usize,
    cell: Cell,
}

/// The text of a block.
struct Cell {
    /// The lines of its first rows.
    lines: Vec<String>,
    /// Whether its rows or its lines show the exact time.
    tells_time: bool,
}

/// The blocks of one day in a column `width` wide.
pub(super) fn blocks<'a>(
    timetable: &'a Timetable,
    day: Weekday,
    width: usize,
    words: &Words,
) -> Vec<Block<'a>> {
    let classes = classes_on(timetable, day);
    let rows: Vec<_> = classes.iter().map(|class| rows(class.time)).collect();
    let spans: Vec<_> = rows.iter().map(|rows| (rows.start, rows.end)).collect();
    classes
        .into_iter()
        .zip(rows)
        .zip(lanes(&spans))
        .map(|((class, rows), lane)| Block::new(class, rows, lane, width, words))
        .collect()
}

/// From the half hour nearest to the start to the one nearest to the end. Both are rounded in the same
/// way, so classes that do not overlap share no row, unless one is shorter than a row.
fn rows(time: TimeRange) -> Range<u16> {
    let nearest = |time: TimeOfDay| (time.units() + ROW_UNITS / 2) / ROW_UNITS;
    let start = nearest(time.start()).min(ROWS_PER_DAY - 1);
    start..nearest(time.end()).max(start + 1)
}

impl<'a> Block<'a> {
    fn new(class: &'a Class, rows: Range<u16>, lane: Lane, column: usize, words: &Words) -> Self {
        let width = lane_width(lane, column);
        let cell = Cell::of(class, rows.len(), width.saturating_sub(1), words);
        Self {
            class,
            rows,
            lane,
            width,
            cell,
        }
    }

    /// Whether it takes part of `row`.
    pub(super) fn takes(&self, row: u16) -> bool {
        self.rows.contains(&row)
    }

    /// Whether its exact time can be seen in the drawing.
    pub(super) fn tells_time(&self) -> bool {
        self.cell.tells_time
    }

    /// Its text in `row`, as wide as its lane.
    fn line(&self, row: u16, ink: Ink) -> String {
        let index = usize::from(row - self.rows.start);
        let text = self.cell.lines.get(index).map_or("", String::as_str);
        let line = padded(&format!("{}{text}", self.edge(index)), self.width);
        if self.width == 0 {
            String::new()
        } else {
            ink.block(self.class.color, &line)
        }
    }

    /// The left edge. It shows where one class ends and the next begins, also without colour.
    fn edge(&self, index: usize) -> char {
        match (index, self.rows.len() - 1 - index) {
            (0, 0) => '╺',
            (0, _) => '┏',
            (_, 0) => '┗',
            _ => '┃',
        }
    }
}

/// The last lane takes the remainder.
fn lane_width(lane: Lane, column: usize) -> usize {
    let even = column / lane.of;
    if lane.index + 1 == lane.of {
        column - even * (lane.of - 1)
    } else {
        even
    }
}

/// One row of a column: its blocks side by side, blanks between.
pub(super) fn row_of(blocks: &[Block], row: u16, column: usize, ink: Ink) -> String {
    let here: Vec<_> = blocks.iter().filter(|block| block.takes(row)).collect();
    let lanes = here.first().map_or(1, |block| block.lane.of);
    (0..lanes)
        .map(
            |index| match here.iter().find(|block| block.lane.index == index) {
                Some(block) => block.line(row, ink),
                None => " ".repeat(lane_width(Lane { index, of: lanes }, column)),
            },
        )
        .collect()
}

impl Cell {
    /// The name, the place, and the time if the rows do not show it and there is a line for it.
    fn of(class: &Class, rows: usize, room: usize, words: &Words) -> Self {
        if room < 2 {
            return Self {
                lines: Vec::new(),
                tells_time: is_on_rows(class.time),
            };
        }
        let place = if room < PLACE_COLUMNS {
            String::new()
        } else {
            plain(&class.place)
        };
        let for_place = usize::from(rows > 1 && !place.is_empty());
        let mut lines = wrapped(&words.name(&class.name), room, rows - for_place);
        let left = rows - lines.len();
        let time = (!is_on_rows(class.time) && room >= TIME_COLUMNS && left > for_place)
            .then(|| format!("{}–{}", class.time.start(), class.time.end()));
        let tells_time = is_on_rows(class.time) || time.is_some();
        let left = left - usize::from(time.is_some());
        lines.extend(wrapped(&place, room, left.min(PLACE_LINES)));
        lines.extend(time);
        Self { lines, tells_time }
    }
}

fn is_on_rows(time: TimeRange) -> bool {
    [time.start(), time.end()]
        .iter()
        .all(|time| time.units().is_multiple_of(ROW_UNITS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(units: u16) -> TimeOfDay {
        TimeOfDay::from_units(units).unwrap()
    }

    #[test]
    fn a_class_takes_rows_within_a_quarter_of_an_hour_of_its_time() {
        for start in 0..288 {
            for end in start + 1..=288 {
                let rows = rows(TimeRange::new(time(start), time(end)).unwrap());
                assert!(!rows.is_empty() && rows.end <= ROWS_PER_DAY);
                if end - start >= ROW_UNITS {
                    assert!((rows.start * ROW_UNITS).abs_diff(start) <= ROW_UNITS / 2);
                    assert!((rows.end * ROW_UNITS).abs_diff(end) <= ROW_UNITS / 2);
                }
            }
        }
    }

    #[test]
    fn classes_that_touch_share_no_row_unless_one_is_shorter_than_a_row() {
        for end in ROW_UNITS..=288 - ROW_UNITS {
            let before = rows(TimeRange::new(time(end - ROW_UNITS), time(end)).unwrap());
            let after = rows(TimeRange::new(time(end), time(end + ROW_UNITS)).unwrap());
            assert!(before.end <= after.start);
        }
    }

    #[test]
    fn lanes_fill_their_column() {
        for of in 1..12 {
            let widths = (0..of).map(|index| lane_width(Lane { index, of }, 9));
            assert_eq!(widths.sum::<usize>(), 9);
        }
    }
}
