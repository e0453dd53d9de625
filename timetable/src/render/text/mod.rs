//! The week drawn in a terminal: box characters, and Hangul two columns wide.
//!
//! Names are text of the page: control characters in them never reach the terminal.

mod block;
mod columns;
mod exact;
mod grid;
mod ink;
mod list;

use super::super::Timetable;
use super::words::Words;
use columns::wrapped;
use ink::Ink;

/// Most lines of each list of classes that are not in the grid.
const BESIDE_LINES: usize = 8;

/// The arguments of a drawing besides the timetable.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// Width of the terminal; no line is wider, if it is 24 or more.
    pub columns: usize,
    /// Whether to use colours (ANSI escape sequences).
    pub colour: bool,
    /// The language of our own words.
    pub words: &'a Words,
}

/// The week as lines of text, each ended by a line feed: a grid if the terminal is wide enough, else the
/// days one below the other.
///
/// The grid has a line for every half hour; a class is drawn from the half hour nearest to its
/// start to the one nearest to its end. Two hours or more without any class are one line. Classes without
/// a time are below.
pub fn week(timetable: &Timetable, look: Look) -> String {
    let ink = Ink::new(look.colour);
    let mut lines = vec![
        ink.bold(&clipped(&look.words.heading(timetable), look)),
        String::new(),
    ];
    lines.extend(match grid::cell_width(timetable, look.columns) {
        _ if timetable.has_no_classes() => without_classes(timetable, look),
        Some(width) => grid::drawn(timetable, width, look.words, ink),
        None => list::drawn(timetable, look.columns, look.words, ink),
    });
    lines.extend(beside(timetable, look));
    lines
        .iter()
        .flat_map(|line| [line.trim_end(), "\n"])
        .collect()
}

fn clipped(text: &str, look: Look) -> String {
    wrapped(text, look.columns, 1).concat()
}

fn without_classes(timetable: &Timetable, look: Look) -> Vec<String> {
    let none = look.words.without_classes(timetable);
    none.map(|none| clipped(none, look)).into_iter().collect()
}

fn beside(timetable: &Timetable, look: Look) -> Vec<String> {
    let lists = look.words.beside_the_grid(timetable);
    let mut lines = Vec::new();
    for text in lists {
        lines.push(String::new());
        lines.extend(wrapped(&text, look.columns, BESIDE_LINES));
    }
    lines
}
