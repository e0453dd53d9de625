//! What the in-page script hands over, as it was read: figures and texts, nothing concluded.

use serde::{Deserialize, Serialize};

use super::super::columns::ColumnReading;
use super::super::scale::AxisRow;

/// What the page looked like when the reader's wait was over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum PageReading {
    /// The seven body columns are there: a table is drawn, if only an empty one.
    Drawn(Box<TableReading>),
    /// The page shows this sentence instead of a table.
    Notice {
        /// The sentence, in the page's words.
        text: String,
    },
    /// The address is no longer the timetable's.
    Left,
    /// The browser shows an error page of its own: the site could not be reached.
    Unreachable,
    /// The site answered the page itself with an error status.
    Refused {
        /// HTTP status.
        status: u16,
    },
    /// The page's own call has ended and nothing was drawn.
    Silent {
        /// HTTP status of the call; 0 where the browser does not tell.
        status: u16,
    },
    /// Nothing was drawn in time, and the page's own call is still open.
    Waiting,
    /// The document has loaded and is not the timetable's page.
    Foreign {
        /// The first part of the page that it does not have.
        missing: PagePart,
    },
    /// The document has loaded, and its scripts have made no call.
    Idle,
    /// Something was drawn that is not the page we know.
    Unfamiliar,
}

/// A part that every timetable's page has from the start.
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
    /// The grid lines of each column, in document order; empty where the page draws none.
    pub grids: Vec<GridReading>,
    /// The drawn classes.
    pub blocks: Vec<BlockReading>,
    /// Names of the classes listed without a time.
    pub untimed: Vec<String>,
    /// Parts of the table that are not known, a class under another name for instance.
    pub unknown_parts: u32,
}

/// The grid behind one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GridReading {
    /// Number of rows.
    pub rows: u32,
    /// From the first row's top to the last one's bottom, as long as it is shown.
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
    /// Name; `None` where the page names none.
    pub name: Option<String>,
}
