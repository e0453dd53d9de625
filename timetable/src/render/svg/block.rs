//! A class meeting as a coloured block, with as much of its name and place as fits.

use super::super::super::Class;
use super::super::super::Timetable;
use super::super::lanes::{Lane, lanes};
use super::super::plain::plain;
use super::super::week::classes_on;
use super::super::words::Words;
use super::super::wrap::wrap;
use super::alternative;
use super::frame::Frame;
use super::palette::class_of;
use super::xml::{ems, escaped, rounded, text, width};

/// Font size of a name, as in [`super::palette`].
pub(super) const NAME_SIZE: f64 = 11.0;
/// Line height of a name.
const NAME_LINE: f64 = 12.5;
/// Font size of a place.
const PLACE_SIZE: f64 = 9.5;
/// Line height of a place.
const PLACE_LINE: f64 = 11.5;
/// Most lines of a place.
const PLACE_LINES: usize = 2;
/// Least width of a line of a place, in hundredths of its font size: less is not readable.
const PLACE_ROOM: u32 = 250;
/// From the top of a line to its baseline.
const RISE: f64 = 2.5;
/// Part of the padding that several lines of a name may take together, so that no letter leaves the block.
const OVERHANG: f64 = 4.5;
/// Between a block's edge and its text, on each side.
const PADDING: f64 = 3.0;
/// Between two blocks that touch.
const GAP: f64 = 1.0;

/// Every block of the week.
pub(super) fn all(timetable: &Timetable, frame: &Frame, words: &Words) -> String {
    let mut drawn = String::new();
    for (index, &day) in frame.days.iter().enumerate() {
        let classes = classes_on(timetable, day);
        let times: Vec<_> = classes.iter().map(|class| span(class)).collect();
        for (class, lane) in classes.iter().zip(lanes(&times)) {
            drawn += &block(class, &BlockBox::of(class, index, lane, frame), words);
        }
    }
    drawn
}

fn span(class: &Class) -> (u16, u16) {
    (class.time.start().units(), class.time.end().units())
}

/// Position and size of a block, in user units.
struct BlockBox {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

impl BlockBox {
    fn of(class: &Class, column: usize, lane: Lane, frame: &Frame) -> Self {
        let lane_width = frame.column() / lane.of as f64;
        let y = frame.y(class.time.start());
        Self {
            x: frame.x(column) + lane_width * lane.index as f64 + GAP,
            y: y + GAP,
            width: lane_width - 2.0 * GAP,
            height: frame.y(class.time.end()) - y - GAP,
        }
    }
}

/// An `svg` element of its own, because it clips what is beyond its edge.
fn block(class: &Class, place: &BlockBox, words: &Words) -> String {
    let [x, y, width, height] = [place.x, place.y, place.width, place.height].map(rounded);
    format!(
        "<svg x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\">\
         <title>{title}</title>\
         <rect class=\"{color}\" width=\"100%\" height=\"100%\" rx=\"3\"/>\n{lines}</svg>\n",
        title = escaped(&alternative::meeting(class, words)),
        color = class_of(class.color),
        lines = lines(class, place, words),
    )
}

/// One line is kept for the place; then the name, then the rest of the place.
fn lines(class: &Class, place: &BlockBox, words: &Words) -> String {
    let room = |size| ems(place.width - 2.0 * PADDING, size);
    let place_text = if room(PLACE_SIZE) < PLACE_ROOM {
        String::new()
    } else {
        plain(&class.place)
    };
    let height = place.height - 2.0 * PADDING + 1.0;
    let most = name_lines(height, !place_text.is_empty());
    let name = wrap(&words.name(&class.name), room(NAME_SIZE), most, width);
    let left = ((height - NAME_LINE * name.len() as f64) / PLACE_LINE).max(0.0) as usize;
    let place_lines = wrap(&place_text, room(PLACE_SIZE), left.min(PLACE_LINES), width);
    set(&name, &place_lines, place.height)
}

/// Lines of a name in a block of this height; at least one if it is readable.
fn name_lines(height: f64, has_place: bool) -> usize {
    let with_place = ((height - PLACE_LINE) / NAME_LINE) as usize;
    let first = (height.max(0.0) / NAME_LINE).round().min(1.0) as usize;
    let alone = first.max(((height + OVERHANG) / NAME_LINE) as usize);
    if has_place && with_place > 0 {
        with_place
    } else {
        alone
    }
}

/// Name above place, from the top; centred in a block that is hardly high enough.
fn set(name: &[String], place: &[String], block_height: f64) -> String {
    let name_height = NAME_LINE * name.len() as f64;
    let text_height = name_height + PLACE_LINE * place.len() as f64;
    let top = ((block_height - text_height) / 2.0).min(PADDING);
    let line = |class, top, height, index, line: &String| {
        text(
            class,
            PADDING,
            top + height * (index + 1) as f64 - RISE,
            line,
        )
    };
    let name = name.iter().enumerate();
    let place = place.iter().enumerate();
    name.map(|(index, text)| line("gg-name", top, NAME_LINE, index, text))
        .chain(place.map(|(i, text)| line("gg-place", top + name_height, PLACE_LINE, i, text)))
        .collect()
}
