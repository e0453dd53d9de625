//! A table of links as CSV (RFC 4180) or TSV, record by record.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};
use std::num::NonZeroUsize;
use std::str::FromStr;

use csv::{ByteRecord, Reader, ReaderBuilder, StringRecord};

use super::item::Unnumbered;
use timetable::share_link::{InvalidLink, links_in};

/// Longest record, in bytes. A longer one has an unclosed quotation mark, which would make the rest of the
/// file one field.
const LONGEST_RECORD: usize = 1024 * 1024;

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// By its number, from 1.
    Number(NonZeroUsize),
    /// By its name in the header.
    Name(String),
}

impl FromStr for Column {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text
            .parse()
            .map_or_else(|_| Self::Name(text.to_owned()), Self::Number))
    }
}

/// What separates the fields of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    /// CSV.
    Comma,
    /// TSV.
    Tab,
    /// A tab if the input's first line has one, else a comma.
    Found,
}

impl Separator {
    fn byte(self, input: &mut impl BufRead) -> io::Result<u8> {
        let has_tab = match self {
            Self::Comma => false,
            Self::Tab => true,
            Self::Found => {
                let begin = input.fill_buf()?;
                let line = begin.split(|byte| *byte == b'\n').next();
                line.is_some_and(|line| line.contains(&b'\t'))
            }
        };
        Ok(if has_tab { b'\t' } else { b',' })
    }
}

/// Reads items record by record.
///
/// Every link of a record is an item. A record without a link is an invalid link, unless all its fields are
/// blank. A first record without a link is the header.
pub(super) struct TableReader<R> {
    records: Reader<Bounded<R>>,
    label: Option<Column>,
    is_begun: bool,
}

impl<R: BufRead> TableReader<R> {
    pub(super) fn of(
        mut input: R,
        separator: Separator,
        label: Option<Column>,
    ) -> io::Result<Self> {
        let separator = separator.byte(&mut input)?;
        let bounded = Bounded {
            input,
            left: 0,
            has_ended: false,
        };
        let records = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            .from_reader(bounded);
        Ok(Self {
            records,
            label,
            is_begun: false,
        })
    }

    /// Adds the items of the next record; false at the end of the input.
    pub(super) fn read(&mut self, found: &mut VecDeque<Unnumbered>) -> io::Result<bool> {
        self.records.get_mut().left = LONGEST_RECORD;
        let mut bytes = ByteRecord::new();
        if !self.records.read_byte_record(&mut bytes)? {
            return Ok(false);
        }
        let line = self.first_line(&bytes);
        let record = self.decoded(bytes, line)?;
        if self.is_begun {
            found.extend(self.items(&record, line));
        } else {
            self.is_begun = true;
            self.find_label(&record)?;
            let items = self.items(&record, line);
            found.extend(items.into_iter().filter(|item| item.link.is_ok()));
        }
        Ok(true)
    }

    /// The first line of the record that was just read.
    fn first_line(&self, record: &ByteRecord) -> u64 {
        let breaks = record.iter().flatten().filter(|byte| **byte == b'\n');
        let next = self.records.position().line();
        next.saturating_sub(1 + breaks.count() as u64)
    }

    /// Links are ASCII in every Korean encoding; labels are not.
    fn decoded(&self, bytes: ByteRecord, line: u64) -> io::Result<StringRecord> {
        if self.label.is_none() {
            return Ok(StringRecord::from_byte_record_lossy(bytes));
        }
        StringRecord::from_byte_record(bytes).map_err(|_| {
            invalid(format!(
                "line {line} is not UTF-8. Spreadsheets save Korean tables as CP949 or UTF-16: save it as \
                 \"CSV UTF-8\", or convert it: iconv -f CP949 -t UTF-8 FILE"
            ))
        })
    }

    /// Replaces a column's name by its number.
    fn find_label(&mut self, first: &StringRecord) -> io::Result<()> {
        let place = match &self.label {
            None => return Ok(()),
            Some(Column::Number(place)) if place.get() <= first.len() => *place,
            Some(Column::Number(place)) => {
                let count = first.len();
                return Err(invalid(format!(
                    "there is no column {place}: the first record has {count}"
                )));
            }
            Some(Column::Name(name)) => (1..)
                .zip(first)
                .find(|(_, field)| field.trim_matches(is_blank) == name)
                .and_then(|(place, _)| NonZeroUsize::new(place))
                .ok_or_else(|| invalid(format!("the first record names no column {name}")))?,
        };
        self.label = Some(Column::Number(place));
        Ok(())
    }

    fn items(&self, record: &StringRecord, line: u64) -> Vec<Unnumbered> {
        let place = match self.label {
            Some(Column::Number(place)) => place.get(),
            _ => 0,
        };
        let others = (1..).zip(record).filter(|(number, _)| *number != place);
        let text: Vec<_> = others.map(|(_, field)| field).collect();
        let label = self.label.as_ref().map(|_| {
            let field = record.get(place.wrapping_sub(1)).unwrap_or_default();
            field.trim_matches(is_blank).to_owned()
        });
        let mut links = links_in(&text.join("\n"));
        if links.is_empty() && !is_empty(record) {
            links.push(Err(missing(&text)));
        }
        let item = |link| Unnumbered {
            line,
            label: label.clone(),
            link,
        };
        links.into_iter().map(item).collect()
    }
}

fn missing(fields: &[&str]) -> InvalidLink {
    if fields
        .iter()
        .all(|field| field.trim_matches(is_blank).is_empty())
    {
        InvalidLink::Missing
    } else {
        InvalidLink::NotATimetable
    }
}

fn is_empty(record: &StringRecord) -> bool {
    record
        .iter()
        .all(|field| field.trim_matches(is_blank).is_empty())
}

/// Blanks and the byte order mark.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

fn invalid(why: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// The bytes of a table without `\r`, and with `\n` after every line, also the last: only then does the
/// library count lines correctly.
struct Bounded<R> {
    input: R,
    /// Bytes that the current record may still take.
    left: usize,
    has_ended: bool,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.input.read(buffer)?;
            self.left = self.left.checked_sub(count).ok_or_else(|| {
                invalid("a record is longer than 1 MiB; is a quotation mark left open?".to_owned())
            })?;
            match (count, buffer.first_mut()) {
                (0, Some(last)) if !self.has_ended => {
                    self.has_ended = true;
                    *last = b'\n';
                    return Ok(1);
                }
                (0, _) => return Ok(0),
                _ => {}
            }
            let kept = without_returns(&mut buffer[..count]);
            if kept > 0 {
                return Ok(kept);
            }
        }
    }
}

/// Moves all bytes but `\r` to the front; returns their number.
fn without_returns(bytes: &mut [u8]) -> usize {
    let mut kept = 0;
    for at in 0..bytes.len() {
        if bytes[at] != b'\r' {
            bytes[kept] = bytes[at];
            kept += 1;
        }
    }
    kept
}
