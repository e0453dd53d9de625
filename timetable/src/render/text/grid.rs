//! The days side by side, with a line for every half hour.

use std::ops::Range;

use super::super::super::Timetable;
use super::super::super::time::Weekday;
use super::super::week::hours;
use super::super::words::Words;
use super::block::{Block, ROWS_PER_HOUR, blocks, row_of};
use super::columns::{columns, padded, wrapped};
use super::exact;
use super::ink::Ink;

/// Columns of the hour labels and the blank after them.
const LABEL: usize = 6;
/// Least columns of a day: four Hangul syllables and an edge.
const LEAST_CELL: usize = 9;
/// Most columns of a day: more would be blank.
const MOST_CELL: usize = 28;
/// Rows without any class that become one line: two hours or more.
const LEAST_GAP: usize = 4;

/// Columns of each day in a grid of at most `columns`; `None` if that is too narrow.
pub(super) fn cell_width(timetable: &Timetable, columns: usize) -> Option<usize> {
    let days = timetable.shown_days().len().max(1);
    let each = columns.checked_sub(LABEL + 1)? / days;
    let cell = each.checked_sub(1)?.min(MOST_CELL);
    (cell >= LEAST_CELL).then_some(cell)
}

/// The whole grid with `cell` columns a day, and below it the times that it does not show.
pub(super) fn drawn(timetable: &Timetable, cell: usize, words: &Words, ink: Ink) -> Vec<String> {
    let grid = Grid::of(timetable, cell, words, ink);
    let mut drawn = vec![grid.top()];
    drawn.extend(grid.body());
    drawn.push(grid.bottom());
    drawn.extend(grid.exact_times());
    drawn
}

struct Grid<'a> {
    days: Vec<Weekday>,
    /// Each day's classes.
    week: Vec<Vec<Block<'a>>>,
    hours: Range<u16>,
    cell: usize,
    words: &'a Words,
    ink: Ink,
}

/// A line of the grid.
enum GridLine {
    /// A half hour, counted from midnight.
    Row(u16),
    /// Hours without a class.
    Gap,
}

impl<'a> Grid<'a> {
    fn of(timetable: &'a Timetable, cell: usize, words: &'a Words, ink: Ink) -> Self {
        let days: Vec<_> = timetable.shown_days().into_iter().collect();
        let week = days
            .iter()
            .map(|&day| blocks(timetable, day, cell, words))
            .collect();
        Self {
            days,
            week,
            hours: hours(timetable),
            cell,
            words,
            ink,
        }
    }

    fn top(&self) -> String {
        let name = |&day| centred(self.words.day(day), self.cell);
        let names: Vec<_> = self.days.iter().map(name).collect();
        self.ink
            .faint(&format!("{}┌{}┐", " ".repeat(LABEL), names.join("┬")))
    }

    fn bottom(&self) -> String {
        let end = name_of(self.hours.end * ROWS_PER_HOUR);
        let lines = vec!["─".repeat(self.cell); self.days.len()];
        self.ink
            .faint(&format!("{}└{}┘", padded(&end, LABEL), lines.join("┴")))
    }

    fn body(&self) -> Vec<String> {
        let mut after_gap = false;
        let mut body = Vec::new();
        for line in self.lines() {
            body.push(match line {
                GridLine::Row(row) => self.row(row, after_gap),
                GridLine::Gap => self.cells("  ⋮", &vec![" ".repeat(self.cell); self.days.len()]),
            });
            after_gap = matches!(line, GridLine::Gap);
        }
        body
    }

    /// Which lines there are: every row, but one line for a long time without any class.
    fn lines(&self) -> Vec<GridLine> {
        let rows: Vec<_> =
            (self.hours.start * ROWS_PER_HOUR..self.hours.end * ROWS_PER_HOUR).collect();
        let is_free = |row: u16| !self.week.iter().flatten().any(|block| block.takes(row));
        rows.chunk_by(|&a, &b| is_free(a) == is_free(b))
            .flat_map(|run| match run {
                [first, ..] if is_free(*first) && run.len() >= LEAST_GAP => vec![GridLine::Gap],
                _ => run.iter().map(|&row| GridLine::Row(row)).collect(),
            })
            .collect()
    }

    /// The row of a full hour has its time, and so has the first row after a gap.
    fn row(&self, row: u16, after_gap: bool) -> String {
        let is_named = after_gap || row.is_multiple_of(ROWS_PER_HOUR);
        let name = if is_named {
            name_of(row)
        } else {
            String::new()
        };
        let cells = self
            .week
            .iter()
            .map(|blocks| row_of(blocks, row, self.cell, self.ink));
        self.cells(&name, &cells.collect::<Vec<_>>())
    }

    fn cells(&self, name: &str, cells: &[String]) -> String {
        let side = self.ink.faint("│");
        let name = self.ink.faint(&padded(name, LABEL));
        format!("{name}{side}{}{side}", cells.join(&side))
    }

    fn exact_times(&self) -> Vec<String> {
        let untold = self
            .week
            .iter()
            .flatten()
            .filter(|block| !block.tells_time());
        let Some(times) = exact::times(untold.map(|block| block.class), self.words) else {
            return Vec::new();
        };
        let width = LABEL + 1 + self.days.len() * (self.cell + 1);
        let lines = wrapped(&times, width, usize::MAX);
        [vec![String::new()], lines].concat()
    }
}

/// The time at which `row` begins.
fn name_of(row: u16) -> String {
    format!(
        "{:02}:{:02}",
        row / ROWS_PER_HOUR,
        row % ROWS_PER_HOUR * 60 / ROWS_PER_HOUR
    )
}

/// A day's name in the middle of the border above it.
fn centred(name: &str, cell: usize) -> String {
    let line = cell.saturating_sub(columns(name) as usize + 2);
    let before = line / 2;
    format!(
        "{} {name} {}",
        "─".repeat(before),
        "─".repeat(line - before)
    )
}
