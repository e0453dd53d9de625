//! The output as its own journal: what an earlier run has answered, and the place to go on at.
//!
//! A line is written with one call, so that a kill can tear only the last one. The file is locked
//! as long as the run lives, and the system unlocks it however the run ends.

use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::input::Item;
use super::line::{Entry, Verdict};

/// Why an output cannot be written to, or not be gone on with.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// It cannot be opened, read or shortened.
    #[error("cannot use the output: {0}")]
    Unusable(#[from] io::Error),
    /// It has something in it.
    #[error("the output is there already: --resume goes on with it; else name another")]
    Exists,
    /// Another run writes to it.
    #[error("another run is writing to the output")]
    InUse,
    /// A line of it was not written by this program.
    #[error("line {line} of the output is not one that batch writes")]
    NotABatch {
        /// Which.
        line: u64,
    },
    /// It answers something else than the input asks.
    #[error("the output belongs to another input: it differs at item {item}")]
    OtherInput {
        /// The first that differs.
        item: u64,
    },
}

/// What an earlier run has answered.
///
/// Walks through the output as the input is walked through, and keeps no more of it than the runs
/// were out of order.
pub struct Done {
    lines: BufReader<Box<dyn Read + Send>>,
    /// Answers to items that are still to come.
    early: HashMap<u64, Entry>,
    count: u64,
}

/// Opens `path` for this run alone, to append to, and says what is answered there.
///
/// With `resume` a torn last line is cut off, and so are the last answers that only say that
/// reading failed: these items are asked again.
///
/// # Errors
/// [`JournalError`]
pub fn open(path: &Path, resume: bool) -> Result<(File, Done), JournalError> {
    let file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .open(path)?;
    file.try_lock().map_err(|refused| match refused {
        TryLockError::WouldBlock => JournalError::InUse,
        TryLockError::Error(error) => error.into(),
    })?;
    if !resume && file.metadata()?.len() > 0 {
        return Err(JournalError::Exists);
    }
    let kept = if resume {
        kept(&file)?
    } else {
        Kept::default()
    };
    if file.metadata()?.len() > kept.bytes {
        file.set_len(kept.bytes)?;
    }
    let done = Done {
        lines: BufReader::new(Box::new(File::open(path)?.take(kept.bytes))),
        early: HashMap::new(),
        count: kept.lines,
    };
    Ok((file, done))
}

/// The part of an output that need not be done again.
#[derive(Clone, Copy, Default)]
struct Kept {
    bytes: u64,
    lines: u64,
}

fn kept(file: &File) -> Result<Kept, JournalError> {
    let mut lines = BufReader::new(file);
    let (mut read, mut kept) = (Kept::default(), Kept::default());
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
        read.bytes += line.len() as u64;
        read.lines += 1;
        let entry = Entry::read(&line).ok_or(JournalError::NotABatch { line: read.lines })?;
        let is_next = kept.lines + 1 == read.lines;
        kept = match entry.verdict() {
            Verdict::Answered => read,
            Verdict::NotAsked if is_next => read,
            _ => kept,
        };
        line.clear();
    }
    Ok(kept)
}

impl Done {
    /// Nothing.
    pub fn nothing() -> Self {
        Self {
            lines: BufReader::new(Box::new(io::empty())),
            early: HashMap::new(),
            count: 0,
        }
    }

    /// How many items are answered.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Whether `item` is answered. Items must come in the order of the input.
    ///
    /// # Errors
    /// [`JournalError::OtherInput`] if the answer is to something else.
    pub fn has(&mut self, item: &Item) -> Result<bool, JournalError> {
        while !self.early.contains_key(&item.number) {
            let Some(entry) = self.next()? else {
                return Ok(false);
            };
            self.early.insert(entry.item, entry);
        }
        match self.early.remove(&item.number) {
            Some(entry) if entry.answers(item) => Ok(true),
            _ => Err(JournalError::OtherInput { item: item.number }),
        }
    }

    /// Checks, at the end of the input, that no answer is left over.
    ///
    /// # Errors
    /// [`JournalError::OtherInput`] if one is.
    pub fn end(&mut self) -> Result<(), JournalError> {
        let left = self.next()?.map(|entry| entry.item);
        match left.or_else(|| self.early.keys().min().copied()) {
            Some(item) => Err(JournalError::OtherInput { item }),
            None => Ok(()),
        }
    }

    fn next(&mut self) -> Result<Option<Entry>, JournalError> {
        let mut line = Vec::new();
        self.lines.read_until(b'\n', &mut line)?;
        Ok(Entry::read(&line))
    }
}
