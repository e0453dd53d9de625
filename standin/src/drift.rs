//! Deviations of the page, to test that a reader is exact or refuses.

use serde::{Deserialize, Serialize};

/// `drift` of `case.json`; lengths are CSS pixels. Nothing deviates by default.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches of a file, not a state"
)]
pub struct Drift {
    /// Pixels an hour of axis, grid and blocks, instead of the viewport's scale.
    pub scale: Option<f64>,
    /// Pixels an hour of the axis alone.
    pub axis_scale: Option<f64>,
    /// Pixels an hour of the grid alone.
    pub grid_scale: Option<f64>,
    /// Pixels added to a block's height, instead of 1.
    pub border: Option<u32>,
    /// An eighth column, in head and body.
    pub extra_column: Option<ExtraColumn>,
    /// Another order of the weekdays.
    pub columns_reordered: Option<WeekdayOrder>,
    /// Classes (and `h3`, `container`) with another name: `subject` becomes `subject-v2`.
    pub renamed: Vec<String>,
    /// The first block is drawn over its own column and the next.
    pub block_across_columns: bool,
    /// Pixels added to each top and height.
    pub fractional: Option<f64>,
    /// CSS zoom of the body.
    pub zoom: Option<f64>,
    /// The document reads right to left, so the first column is the rightmost.
    pub rtl: bool,
    /// Right after drawing the rows change to the other scale and a resize event fires; the blocks
    /// follow 150 ms later.
    pub viewport_change: bool,
    /// One of the two readings of the first block is off by half an hour.
    pub data_disagrees: Option<Readout>,
    /// Weekend columns stay hidden although a class lies in them.
    pub hidden_class_column: bool,
    /// The last block is drawn so low that it ends after midnight.
    pub beyond_midnight: bool,
    /// Hours by which the axis labels are ahead of their rows.
    pub axis_label_shift: Option<i32>,
    /// What the page waits for before it draws.
    pub waits_for: Option<Wait>,
    /// How the classes are drawn after the frame with its seven columns, if not at once.
    pub drawing: Option<DrawingStyle>,
}

/// A way of drawing the classes that goes on after the frame is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DrawingStyle {
    /// All of them, this many milliseconds later.
    Late(u64),
    /// The first at once, then one after another, this many milliseconds apart.
    BitByBit(u64),
    /// One in each animation frame.
    Frames,
    /// At once, but an uncaught exception stops it at the class with this index, from 0.
    ThrowsAt(usize),
}

/// What a page in the background waits for in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wait {
    /// The next animation frame.
    Frame,
    /// The page to become visible.
    Sight,
}

/// Position of the eighth column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExtraColumn {
    /// Before Monday, so that every index is off by one.
    Front,
    /// After Sunday.
    End,
}

/// What starts with Sunday instead of Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WeekdayOrder {
    /// Only the head: labels and columns disagree.
    Labels,
    /// Only the body: labels and columns disagree.
    Body,
    /// Both: they agree, but an index means another weekday than usual.
    Both,
    /// Both, from Sunday back to Monday.
    Reversed,
}

/// One of the two readings of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Readout {
    /// The values behind `jQuery(el).data()`.
    Data,
    /// The inline style.
    Pixels,
}
