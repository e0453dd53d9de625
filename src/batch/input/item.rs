//! One link of the input.

use timetable::share_link::{Identifier, InvalidLink, ShareLink};

/// A link of the input, or a part of the input that should be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its number, from 1.
    pub number: u64,
    /// Its line, from 1; the first line of a record.
    pub line: u64,
    /// The label column, if one is set. It holds a person's name and must not be logged.
    pub label: Option<String>,
    /// The link.
    pub link: Result<ShareLink, InvalidLink>,
}

impl Item {
    /// The timetable that it names, if it is valid.
    pub fn identifier(&self) -> Option<&Identifier> {
        self.link.as_ref().ok().map(ShareLink::identifier)
    }
}

/// An item without its number.
pub(super) struct Unnumbered {
    pub(super) line: u64,
    pub(super) label: Option<String>,
    pub(super) link: Result<ShareLink, InvalidLink>,
}
