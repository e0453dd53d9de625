//! Share links, in every form that people paste, and the identifier in them.
//!
//! A text is read in four steps; `links.js` of the web page does the same.
//! 1. Drop invisible characters, and replace full-width marks by ASCII (`plain`).
//! 2. An identifier alone on a line, without its `@` and quotes, is a link. Other lines are split into
//!    words at blanks, commas, angle, square and curly brackets, and quotes.
//! 3. In each word, check every mention of the site (`search`): the text before it must not make it part
//!    of another address, `/@` and exactly 20 letters and digits must follow, and then the path must end.
//!    A word is searched as it is, and percent-decoded once and twice.
//! 4. One timetable, named once or several times, is the result. None or several are an error.
//!
//! Nothing is guessed: a text that only resembles a timetable link is refused. Only the identifier is
//! passed on.

mod identifier;
mod plain;
mod search;
#[cfg(test)]
mod tests;

use std::str::FromStr;

pub use identifier::{IDENTIFIER_LENGTH, Identifier};
use plain::is_invisible;
use search::Mention;

/// Longest text that is searched, in bytes: ten times the app's share message.
pub const MAX_TEXT_BYTES: usize = 2_000;

impl FromStr for Identifier {
    type Err = InvalidLink;

    fn from_str(text: &str) -> Result<Self, InvalidLink> {
        Self::of(text).ok_or_else(|| why_not(&search::parts(text)))
    }
}

impl TryFrom<String> for Identifier {
    type Error = InvalidLink;

    fn try_from(text: String) -> Result<Self, InvalidLink> {
        text.parse()
    }
}

/// Why a text is not a share link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLink {
    /// Only blanks.
    #[error("no link was given")]
    Missing,
    /// Longer than [`MAX_TEXT_BYTES`].
    #[error("the text is too long to be a share message")]
    TooLong,
    /// No part of it is a link to a timetable.
    #[error("not a timetable link: it looks like https://everytime.kr/@ and 20 letters or digits")]
    NotATimetable,
    /// The address of the owner's own timetable page, which only the owner can open.
    #[error(
        "the address of one's own timetable page, which only its owner can open; share the timetable instead"
    )]
    OwnAddress,
    /// Links to different timetables in one text.
    #[error("the text links several timetables; send one at a time")]
    Ambiguous,
}

/// A share link of one timetable.
///
/// Accepted: `http`, `https` or no scheme, `www.`, `/app/@…`, a trailing slash, query or fragment,
/// `@…` and the bare identifier on a line of their own; glued to words, marks and brackets, in
/// Markdown, with full-width marks and invisible characters, percent-encoded once or twice.
/// Refused: other hosts, paths, ports, credentials and lengths, and different timetables in one text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ShareLink {
    identifier: Identifier,
}

impl ShareLink {
    /// The timetable it names.
    pub fn identifier(&self) -> &Identifier {
        &self.identifier
    }
}

impl From<Identifier> for ShareLink {
    fn from(identifier: Identifier) -> Self {
        Self { identifier }
    }
}

impl FromStr for ShareLink {
    type Err = InvalidLink;

    fn from_str(text: &str) -> Result<Self, InvalidLink> {
        let text = text.trim_matches(is_blank);
        if text.is_empty() {
            return Err(InvalidLink::Missing);
        }
        if text.len() > MAX_TEXT_BYTES {
            return Err(InvalidLink::TooLong);
        }
        only_link(&search::parts(text))
    }
}

/// Every timetable that a text links to, in order and each once, and an error for each word that was meant
/// as a link but is none. Empty for words alone.
pub fn links_in(text: &str) -> Vec<Result<ShareLink, InvalidLink>> {
    let mut links = Vec::new();
    for part in search::parts(text) {
        let link = match part {
            Mention::Timetable(identifier) => Ok(identifier.into()),
            Mention::OwnPage => Err(InvalidLink::OwnAddress),
            Mention::Stranger => Err(InvalidLink::NotATimetable),
        };
        if link.is_err() || !links.contains(&link) {
            links.push(link);
        }
    }
    links
}

/// Blanks at the ends of a pasted text, and invisible marks that some apps add.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_invisible(c)
}

/// The only timetable that is linked.
fn only_link(parts: &[Mention]) -> Result<ShareLink, InvalidLink> {
    let mut identifiers = parts.iter().filter_map(|part| match part {
        Mention::Timetable(identifier) => Some(identifier),
        Mention::OwnPage | Mention::Stranger => None,
    });
    let first = identifiers.next().ok_or_else(|| why_not(parts))?;
    if identifiers.all(|other| other == first) {
        Ok(first.clone().into())
    } else {
        Err(InvalidLink::Ambiguous)
    }
}

/// The error of a text without a share link.
fn why_not(parts: &[Mention]) -> InvalidLink {
    if parts.contains(&Mention::OwnPage) {
        InvalidLink::OwnAddress
    } else {
        InvalidLink::NotATimetable
    }
}
