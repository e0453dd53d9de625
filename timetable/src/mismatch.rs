//! A check that found two readings at odds.

use std::fmt;

/// Two readings of the page that should agree and do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Which check found it.
    pub check: Check,
    /// What one reading says. Numbers and our own words, never text of the page.
    pub expected: String,
    /// What the other says.
    pub found: String,
}

impl Mismatch {
    /// `check` expected one thing and found another.
    pub fn new(check: Check, expected: impl fmt::Display, found: impl fmt::Display) -> Self {
        Self {
            check,
            expected: shortened(&expected),
            found: shortened(&found),
        }
    }
}

/// Longest side of a mismatch, in characters: a page may have a number of three hundred digits.
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

/// A check that is made of every page, or of every answer of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Check {
    /// The axis has 24 or 48 even rows from midnight, labelled so.
    Axis,
    /// Pixels per hour are within what can be read exactly.
    Scale,
    /// Grid and row are as high as the axis.
    Grid,
    /// Seven columns, headed Monday to Sunday.
    Columns,
    /// Columns stand in that order, side by side.
    ColumnOrder,
    /// A block fits a 5-minute time of the day.
    Block,
    /// A block is laid out where its style says, inside its column.
    BlockPlace,
    /// A block has a name.
    BlockName,
    /// Every drawn class is one of the answer's.
    Classes,
    /// Every class of the answer is drawn or refused.
    Drawing,
    /// Every refused class is one that is not drawn.
    Refusals,
    /// An alert is one the page is known to show.
    Alert,
    /// A notice is one the page is known to show.
    Notice,
    /// The page has no part that is not known.
    Structure,
    /// The document has the parts of a timetable's page, and its scripts call the API.
    Document,
    /// The API's answer has the parts that are needed, each in its place.
    AnswerShape,
    /// The answer's status or code is a known one.
    AnswerStatus,
    /// The answer is about the timetable that was asked for.
    AnswerIdentifier,
    /// A meeting in the answer is a stretch of one day.
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

/// How long it makes sense to look at the page again, because it may still change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// Not at all: the finding rests on the answer or on a document that has loaded.
    Nothing,
    /// Until the page has come to rest.
    Rest,
    /// To the deadline: it shows a part of its answer, and nothing else.
    Whole,
}
