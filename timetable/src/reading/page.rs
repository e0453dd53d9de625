//! The result of `read_page.js`: numbers and texts, without any conclusion.

use serde::{Deserialize, Serialize};

use super::super::columns::ColumnReading;
use super::super::scale::AxisRow;

/// The state of the page when the script stopped waiting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum PageReading {
    /// The seven body columns exist: a table is drawn, maybe an empty one.
    Drawn(Box<TableReading>),
    /// The page shows this sentence instead of a table.
    Notice {
        /// The sentence, in the page's words.
        text: String,
    },
    /// The address is not the timetable's any more.
    Left,
    /// The browser shows an error page of its own: the site could not be reached.
    Unreachable,
    /// The site answered the request for the page with an error status.
    Refused {
        /// HTTP status.
        status: u16,
    },
    /// The page's own call has ended and nothing was drawn.
    Silent {
        /// HTTP status of the call; 0 if the browser does not give it.
        status: u16,
    },
    /// Nothing was drawn in time, and the page's own call is still open.
    Waiting,
    /// The document has loaded and is not the page of a timetable.
    Foreign {
        /// The first missing part.
        missing: PagePart,
    },
    /// The document has loaded, and its scripts have made no call.
    Idle,
    /// The page shows something unknown.
    Unfamiliar,
}

/// A part that the page of every timetable has from the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PagePart {
    /// `#container`, around all the others.
    Container,
    /// `.tablebody` in it.
    Tablebody,
}

impl PagePart {
    /// Name in logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Tablebody => "tablebody",
        }
    }
}

/// A drawn table. All figures are CSS pixels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableReading {
    /// Rows of the axis of hours.
    pub axis: Vec<AxisRow>,
    /// Height of the table's one body row.
    pub row_height: f64,
    /// The seven columns, in document order.
    pub columns: Vec<ColumnReading>,
    /// The grid lines of each column, in document order; empty if the page draws none.
    pub grids: Vec<GridReading>,
    /// The drawn classes.
    pub blocks: Vec<BlockReading>,
    /// Names of the classes listed without a time.
    pub untimed: Vec<String>,
    /// Number of unknown parts in the table, for instance a class under another name.
    pub unknown_parts: u32,
}

/// The grid behind one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GridReading {
    /// Number of rows.
    pub rows: u32,
    /// From the top of the first row to the bottom of the last, if it is shown.
    pub height: f64,
}

/// One drawn class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BlockReading {
    /// Index of the column that holds it, 0 for Monday.
    pub column: usize,
    /// `top` as the page's style says, from midnight.
    pub top: f64,
    /// `height` as the page's style says, border included.
    pub height: f64,
    /// Upper edge as laid out, from the axis's first row.
    pub box_top: f64,
    /// Height as laid out.
    pub box_height: f64,
    /// Left edge as laid out, in the viewport.
    pub box_left: f64,
    /// Width as laid out.
    pub box_width: f64,
    /// Name; `None` if the page has none.
    pub name: Option<String>,
}
