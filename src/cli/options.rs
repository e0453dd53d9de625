//! Options of single commands.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::ValueEnum;

use crate::batch::input::Column;
use timetable::render::ical;

/// Options of `record`.
#[derive(Debug, clap::Args)]
pub struct RecordOptions {
    /// Folder that the fixture's own folder is made in
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
    /// The fixture's name [default: the term or the state, and a number]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Put numbers in place of the names of classes, professors and places
    #[arg(long)]
    pub anonymize: bool,
}

/// Options of a calendar file.
#[derive(Debug, clap::Args)]
pub struct CalendarOptions {
    /// First day of the term, such as 2026-09-01, for --format ics
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// Last day of the term, such as 2026-12-18, for --format ics
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    /// How much the calendar tells, for --format ics [default: full]
    #[arg(long, value_enum)]
    pub detail: Option<Detail>,
}

/// How much a calendar tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Detail {
    /// Names, places and professors
    Full,
    /// Only that the time is taken
    Busy,
}

impl From<Detail> for ical::Detail {
    fn from(detail: Detail) -> Self {
        match detail {
            Detail::Full => Self::Full,
            Detail::Busy => Self::Busy,
        }
    }
}

/// How batch reads, what it keeps and how to go on.
pub(super) const BATCH: &str = "\
Read many links and write a JSON line for each: its item number, its line in the input, the identifier, and the \
timetable or the fault.

The input is searched line by line. Every link in a line is one item, in any shape that people paste; so is every word \
that was meant as a link, with the fault invalid_link. A line of several words without a link counts as the words of a \
share message if the next line has one; any other line without a link is an invalid_link. Blank lines are skipped. \
A link that a line repeats is one item.

A file named .csv or .tsv, and any with --label-column, is read as a table (RFC 4180, UTF-8; a tab in the first line \
makes it TSV). A record's links are items, in whichever field they stand; the label column is never searched. A first \
record without a link is the header; another one without a link is an invalid_link or missing_link. With \
--label-column each line of the output has what that column says as its label. Labels are never logged.

Up to GONGGANG_CACHE_CAPACITY different links, one that comes again is not read again; beyond that it may be. Memory \
grows with the answers kept, a few KiB each, and not with the input.

Ctrl-C finishes what is under way and ends; a second one ends at once. Either way, and also after a kill, --resume goes \
on where the output ends; it asks again for the last answers that were failures of the site or the browser. \
--retry-failed takes all such failures out of the output and reads their links again; their lines come last.";

/// How batch ends.
pub(super) const BATCH_EXITS: &str = "\
Exit codes: 0 every item is answered, whatever the answer; 64 usage, or an output that is there already or belongs to \
another input; 75 stopped before the end, or the site is busy or blocks us; 69 browser or site unavailable; 70 internal. \
With 69, 70 or 75 some items could not be read, in this run or in the one that it goes on with: the last failure \
decides.";

/// Options of `batch`.
#[derive(Debug, clap::Args)]
pub struct BatchOptions {
    /// Links or share messages, or a table of them (.csv, .tsv); - is standard input
    #[arg(value_name = "FILE")]
    pub input: PathBuf,
    /// Where the lines go [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Links read at a time, each in a session of its own [default: the pool size]
    #[arg(long, value_name = "N")]
    pub concurrency: Option<NonZeroUsize>,
    /// Go on where the output ends
    #[arg(long, requires = "out")]
    pub resume: bool,
    /// The same, and read the links again that could not be read before
    #[arg(long, requires = "out")]
    pub retry_failed: bool,
    /// Read FILE as CSV or TSV and write what this column says, by its name or number, as label
    #[arg(long, value_name = "NAME|INDEX")]
    pub label_column: Option<Column>,
    /// Write lines as they come instead of in the input's order
    #[arg(long)]
    pub unordered: bool,
    /// End after so many failures of the site or the browser in a row; 0 never does
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub give_up_after: u32,
}
