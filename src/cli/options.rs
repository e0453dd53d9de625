//! What single commands take beside the settings.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::ValueEnum;

use crate::timetable::render::ical;

/// Where and how a page is saved.
#[derive(Debug, clap::Args)]
pub struct RecordOptions {
    /// Folder that the case's own folder is made in
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
    /// The case's name [default: the term or the state, and a number]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Put numbers in place of the names of classes, professors and places
    #[arg(long)]
    pub anonymize: bool,
}

/// What a calendar file is to hold.
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

/// What a run over many links reads, writes and puts up with.
#[derive(Debug, clap::Args)]
pub struct BatchOptions {
    /// Links or share messages; - is standard input
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
    /// Write lines as they come instead of in the input's order
    #[arg(long)]
    pub unordered: bool,
    /// End after so many failures of the site or the browser in a row; 0 never does
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub give_up_after: u32,
}
