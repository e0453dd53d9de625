//! A file of links and share messages, line by line.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read as _};

use timetable::share_link::{InvalidLink, ShareLink, links_in};

/// Longest line that is searched, in bytes: some hundred links. A longer one is one invalid link.
pub(super) const LONGEST_LINE: usize = 64 * 1024;

/// An item before it is counted.
pub(super) struct Piece {
    pub(super) line: u64,
    pub(super) label: Option<String>,
    pub(super) link: Result<ShareLink, InvalidLink>,
}

/// Every link of a line is a piece, and so is every word that was meant as a link. A line of several
/// words without any is taken for the words of a share message if the next line that is not blank
/// has a link; otherwise, and if it is but one word, it is an invalid link. Blank lines are nothing.
pub(super) struct Lines<R> {
    input: R,
    line: u64,
    /// A line that may turn out to be the words before a link.
    words: Option<u64>,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn of(input: R) -> Self {
        Self {
            input,
            line: 0,
            words: None,
        }
    }

    /// Adds the pieces of the next line; false at the end of the input.
    pub(super) fn read(&mut self, found: &mut VecDeque<Piece>) -> io::Result<bool> {
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
            found.push_back(piece(self.line, Err(InvalidLink::TooLong)));
        } else {
            self.take(&String::from_utf8_lossy(&bytes), found);
        }
        Ok(true)
    }

    fn take(&mut self, text: &str, found: &mut VecDeque<Piece>) {
        let links = links_in(text);
        let words = text.split_whitespace().count();
        if !links.is_empty() {
            self.words = None;
            found.extend(links.into_iter().map(|link| piece(self.line, link)));
        } else if words > 0 {
            self.refuse_words(found);
            match words {
                1 => found.push_back(piece(self.line, Err(InvalidLink::NotATimetable))),
                _ => self.words = Some(self.line),
            }
        }
    }

    /// No link came after the words.
    fn refuse_words(&mut self, found: &mut VecDeque<Piece>) {
        if let Some(line) = self.words.take() {
            found.push_back(piece(line, Err(InvalidLink::NotATimetable)));
        }
    }
}

fn piece(line: u64, found: Result<ShareLink, InvalidLink>) -> Piece {
    Piece {
        line,
        label: None,
        link: found,
    }
}
