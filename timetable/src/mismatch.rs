//! The checks of a reading, and what a failed check found.

use std::fmt;

/// Two readings that should agree and do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Which check found it.
    pub check: Check,
    /// One reading: numbers and our own words, never text of the page.
    pub expected: String,
    /// The other reading.
    pub found: String,
}

impl Mismatch {
    /// A failure of `check`.
    pub fn new(check: Check, expected: impl fmt::Display, found: impl fmt::Display) -> Self {
        Self {
            check,
            expected: shortened(&expected),
            found: shortened(&found),
        }
    }
}

/// Longest text of a side, in characters: a page may contain a number of three hundred digits.
const LONGEST: usize = 120;

fn shortened(side: &impl fmt::Display) -> String {
    let mut side = side.to_string();
    if let Some((end, _)) = side.char_indices().nth(LONGEST) {
        side.truncate(end);
    }
    side
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: expected {}, found {}",
            self.check.name(),
            self.expected,
            self.found
        )
    }
}

/// A check of every page, or of every answer of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Check {
    /// The axis has 24 or 48 even rows from midnight, with their labels.
    Axis,
    /// The scale is within the range that can be read exactly.
    Scale,
    /// Grid and row are as high as the axis.
    Grid,
    /// Seven columns, headed Monday to Sunday.
    Columns,
    /// The columns are in that order, side by side.
    ColumnOrder,
    /// A block fits a 5-minute time of the day.
    Block,
    /// A block is where its style says, inside its column.
    BlockPlace,
    /// A block has a name.
    BlockName,
    /// Every drawn class is in the answer.
    Classes,
    /// Every class of the answer is drawn or refused.
    Drawing,
    /// Every refused class is not drawn.
    Refusals,
    /// Every alert is known.
    Alert,
    /// The notice is known.
    Notice,
    /// The page has no unknown part.
    Structure,
    /// The document has the parts of a timetable page, and its scripts call the API.
    Document,
    /// The API's answer has the needed parts, each in its place.
    AnswerShape,
    /// The answer's status or code is known.
    AnswerStatus,
    /// The answer is about the requested timetable.
    AnswerIdentifier,
    /// A meeting in the answer is a range of one day.
    AnswerTime,
}

impl Check {
    /// All of them, for the counter's labels.
    pub const ALL: [Check; 19] = [
        Check::Axis,
        Check::Scale,
        Check::Grid,
        Check::Columns,
        Check::ColumnOrder,
        Check::Block,
        Check::BlockPlace,
        Check::BlockName,
        Check::Classes,
        Check::Drawing,
        Check::Refusals,
        Check::Alert,
        Check::Notice,
        Check::Structure,
        Check::Document,
        Check::AnswerShape,
        Check::AnswerStatus,
        Check::AnswerIdentifier,
        Check::AnswerTime,
    ];

    /// How long a page that failed this check may take to pass it.
    pub(crate) fn patience(self) -> Patience {
        match self {
            Check::Drawing => Patience::Whole,
            Check::Document
            | Check::AnswerShape
            | Check::AnswerStatus
            | Check::AnswerIdentifier
            | Check::AnswerTime => Patience::Nothing,
            _ => Patience::Rest,
        }
    }

    /// Name in logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Check::Axis => "axis",
            Check::Scale => "scale",
            Check::Grid => "grid",
            Check::Columns => "columns",
            Check::ColumnOrder => "column_order",
            Check::Block => "block",
            Check::BlockPlace => "block_place",
            Check::BlockName => "block_name",
            Check::Classes => "classes",
            Check::Drawing => "drawing",
            Check::Refusals => "refusals",
            Check::Alert => "alert",
            Check::Notice => "notice",
            Check::Structure => "structure",
            Check::Document => "document",
            Check::AnswerShape => "answer_shape",
            Check::AnswerStatus => "answer_status",
            Check::AnswerIdentifier => "answer_identifier",
            Check::AnswerTime => "answer_time",
        }
    }
}

/// How long to read the page again, because it may still change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// Not at all: the failed check is about the answer or a loaded document.
    Nothing,
    /// Until the page does not change any more.
    Rest,
    /// To the deadline: the page shows only a part of its answer so far.
    Whole,
}
