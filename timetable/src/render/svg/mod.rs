//! The week as a picture: SVG without external resources, readable on a phone.
//!
//! It follows the viewer's light or dark theme. Every text is escaped; there is no script.

mod alternative;
mod block;
mod frame;
mod grid;
mod palette;
mod xml;

use super::super::Timetable;
use super::words::Words;
use super::wrap::wrap;
use frame::{Frame, MARGIN, WIDTH};

pub use palette::style;

/// Height of a line of the lists below the grid, in user units.
const LIST_LINE: f64 = 16.0;

/// Most lines that one list may take.
const LIST_LINES: usize = 4;

/// The week as a picture: `image/svg+xml` in UTF-8, 390 units wide, as high as its hours need.
///
/// Overlapping classes are side by side; classes without a time are listed below. A content security
/// policy must allow [`style`].
pub fn week(timetable: &Timetable, words: &Words) -> String {
    let frame = Frame::of(timetable);
    let list = list(timetable, words, frame.bottom() + LIST_LINE);
    let height = frame.bottom() + LIST_LINE * list.len() as f64 + MARGIN;
    [
        opening(height, words),
        alternative::texts(timetable, words),
        format!("<style>{}</style>\n", style()),
        format!("<rect class=\"gg-paper\" width=\"{WIDTH}\" height=\"{height}\"/>\n"),
        grid::drawn(timetable, &frame, words),
        block::all(timetable, &frame, words),
        list.concat(),
        "</svg>\n".to_owned(),
    ]
    .concat()
}

fn opening(height: f64, words: &Words) -> String {
    let language = words.tag;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"gg\" role=\"img\" lang=\"{language}\" \
         width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\">\n"
    )
}

/// What the grid cannot show, line by line; `top` is the first baseline.
fn list(timetable: &Timetable, words: &Words, top: f64) -> Vec<String> {
    let room = xml::ems(WIDTH - 2.0 * MARGIN, block::NAME_SIZE);
    words
        .beside_the_grid(timetable)
        .iter()
        .flat_map(|text| wrap(text, room, LIST_LINES, xml::width))
        .enumerate()
        .map(|(index, line)| xml::text("gg-list", MARGIN, top + LIST_LINE * index as f64, &line))
        .collect()
}
