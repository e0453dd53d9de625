//! Deviations the page can draw on demand, to see that a reader is exact or knows it is not.

use serde::{Deserialize, Serialize};

/// `drift` of `case.json`; lengths are CSS pixels. Nothing deviates by default.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches of a file, not a state"
)]
pub struct Drift {
    /// Pixels an hour of axis, grid and blocks alike, instead of the viewport's.
    pub scale: Option<f64>,
    /// Pixels an hour of the axis alone.
    pub axis_scale: Option<f64>,
    /// Pixels an hour of the grid alone.
    pub grid_scale: Option<f64>,
    /// What a block's height exceeds its duration by, instead of 1.
    pub border: Option<u32>,
    /// An eighth column, in head and body.
    pub extra_column: Option<ExtraColumn>,
    /// Another order of the weekdays.
    pub columns_reordered: Option<WeekdayOrder>,
    /// Classes (and `h3`, `container`) that carry another name: `subject` becomes `subject-v2`.
    pub renamed: Vec<String>,
    /// The first block is drawn over its own column and the next.
    pub block_across_columns: bool,
    /// Added to each top and height.
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
    /// Hours the axis labels run ahead of their rows.
    pub axis_label_shift: Option<i32>,
    /// What the page waits for before it draws.
    pub waits_for: Option<Wait>,
    /// How the classes are drawn once the frame with its seven columns stands, if not at once.
    pub drawing: Option<DrawingStyle>,
}

/// A way of drawing the classes that is not over when the frame stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DrawingStyle {
    /// All of them this many milliseconds later.
    Late(u64),
    /// The first at once, then one after another, this many milliseconds apart.
    BitByBit(u64),
    /// One in each animation frame.
    Frames,
    /// At once, but an exception that is not caught ends it at the class of this index, from 0.
    ThrowsAt(usize),
}

/// What a page that nobody sees waits for in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wait {
    /// The next animation frame.
    Frame,
    /// Somebody to see the page.
    Sight,
}

/// Where the eighth column stands.
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
    /// The head only: labels and columns disagree.
    Labels,
    /// The body only: labels and columns disagree.
    Body,
    /// Both: they agree, but an index no longer names the weekday everybody knows.
    Both,
    /// Both run from Sunday back to Monday.
    Reversed,
}

/// One of the two readings the page offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Readout {
    /// The values behind `jQuery(el).data()`.
    Data,
    /// The inline style.
    Pixels,
}
