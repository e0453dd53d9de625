//! A file of links and share messages, line by line.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read as _};

use super::item::Unnumbered;
use timetable::share_link::{InvalidLink, ShareLink, links_in};

/// Longest line, in bytes: about a hundred links. A longer line is one invalid link.
pub(super) const LONGEST_LINE: usize = 64 * 1024;

/// Reads items line by line.
///
/// Every link of a line is an item, and so is every word that looks like one. A line of several words
/// without a link is the text of a share message if the next line that is not blank has a link. Any other
/// line without a link is an invalid link, unless it is blank.
pub(super) struct LineReader<R> {
    input: R,
    line: u64,
    /// A line that may be the text of a share message.
    words: Option<u64>,
}

impl<R: BufRead> LineReader<R> {
    pub(super) fn of(input: R) -> Self {
        Self {
            input,
            line: 0,
            words: None,
        }
    }

    /// Adds the items of the next line; false at the end of the input.
    pub(super) fn read(&mut self, found: &mut VecDeque<Unnumbered>) -> io::Result<bool> {
        let mut bytes = Vec::new();
        let longest = LONGEST_LINE as u64;
        (&mut self.input)
            .take(longest)
            .read_until(b'\n', &mut bytes)?;
        self.line += 1;
        if bytes.is_empty() {
            self.refuse_words(found);
            return Ok(false);
        }
        if bytes.len() == LONGEST_LINE && !bytes.ends_with(b"\n") {
            self.input.skip_until(b'\n')?;
            self.refuse_words(found);
            found.push_back(unnumbered(self.line, Err(InvalidLink::TooLong)));
        } else {
            self.take(&String::from_utf8_lossy(&bytes), found);
        }
        Ok(true)
    }

    fn take(&mut self, text: &str, found: &mut VecDeque<Unnumbered>) {
        let links = links_in(text);
        let words = text.split_whitespace().count();
        if !links.is_empty() {
            self.words = None;
            found.extend(links.into_iter().map(|link| unnumbered(self.line, link)));
        } else if words > 0 {
            self.refuse_words(found);
            match words {
                1 => found.push_back(unnumbered(self.line, Err(InvalidLink::NotATimetable))),
                _ => self.words = Some(self.line),
            }
        }
    }

    /// No link followed the text.
    fn refuse_words(&mut self, found: &mut VecDeque<Unnumbered>) {
        if let Some(line) = self.words.take() {
            found.push_back(unnumbered(line, Err(InvalidLink::NotATimetable)));
        }
    }
}

fn unnumbered(line: u64, found: Result<ShareLink, InvalidLink>) -> Unnumbered {
    Unnumbered {
        line,
        label: None,
        link: found,
    }
}
