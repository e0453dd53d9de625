//! The output as its own journal: what an earlier run has answered, and the place to go on at.
//!
//! A kill can tear only the last line. The file is locked
//! as long as the run lives, and the system unlocks it however the run ends.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, Write};
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

/// What to do with the answers of an earlier run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Earlier {
    /// There must not be any.
    Refuse,
    /// Go on after them.
    Keep,
    /// The same, but take out those that only say that reading failed: these items are asked again.
    RetryFailed,
}

/// Answers of an earlier run that only say that reading failed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failures {
    /// How many there are.
    pub count: u64,
    /// The fault's code of the last one.
    pub last_code: Option<String>,
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
    failures: Failures,
}

/// An output that belongs to this run, locked as long as this lives.
#[derive(Debug)]
pub struct Output {
    file: File,
    /// What stood at the path before failures were taken out of it. A run that has opened it already
    /// must find it in use.
    replaced: Option<File>,
}

impl Output {
    fn new(file: File, replaced: Option<File>) -> Self {
        Self { file, replaced }
    }

    /// Adds a line with one call, so that a kill can tear only the last one.
    ///
    /// # Errors
    /// The file's own.
    pub fn write(&mut self, line: &[u8]) -> io::Result<()> {
        self.file.write_all(line)
    }
}

/// Closing alone does not unlock while a process that is just being started holds a copy of the descriptor.
impl Drop for Output {
    fn drop(&mut self) {
        for file in self.replaced.iter().chain([&self.file]) {
            // A lock that stays ends with its last copy.
            let _ = file.unlock();
        }
    }
}

/// Opens `path` for this run alone, to append to, and says what is answered there.
///
/// Where earlier answers are kept, a torn last line is cut off, and so are the last answers that
/// only say that reading failed: these items are asked again.
///
/// # Errors
/// [`JournalError`]
pub fn open(path: &Path, earlier: Earlier) -> Result<(Output, Done), JournalError> {
    let mut file = locked(path)?;
    if earlier == Earlier::Refuse {
        return match file.metadata()?.len() {
            0 => Ok((Output::new(file, None), Done::nothing())),
            _ => Err(JournalError::Exists),
        };
    }
    let mut kept = kept(&file)?;
    let mut replaced = None;
    if earlier == Earlier::RetryFailed && kept.failures.count > 0 {
        let answered = without_failures(&file, path, &mut kept)?;
        replaced = Some(std::mem::replace(&mut file, answered));
    }
    if file.metadata()?.len() > kept.bytes {
        file.set_len(kept.bytes)?;
    }
    let done = Done {
        lines: BufReader::new(Box::new(File::open(path)?.take(kept.bytes))),
        early: HashMap::new(),
        count: kept.lines,
        failures: kept.failures,
    };
    Ok((Output::new(file, replaced), done))
}

fn locked(path: &Path) -> Result<File, JournalError> {
    let file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .open(path)?;
    file.try_lock().map_err(|refused| match refused {
        TryLockError::WouldBlock => JournalError::InUse,
        TryLockError::Error(error) => error.into(),
    })?;
    Ok(file)
}

/// Puts a file without the failures in the place of `path`. Until that is whole, `path` is as it was.
fn without_failures(file: &File, path: &Path, kept: &mut Kept) -> Result<File, JournalError> {
    // What a link leads to is replaced, and not the link.
    let path = fs::canonicalize(path)?;
    let mut name = path.clone().into_os_string();
    name.push(".retry");
    let answered = locked(name.as_ref())?;
    answered.set_len(0)?;
    answered.set_permissions(file.metadata()?.permissions())?;
    let bytes = std::mem::take(kept).bytes;
    let mut lines = BufReader::new(from_start(file)?.take(bytes));
    let mut out = BufWriter::new(&answered);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        if Entry::read(&line).is_some_and(|entry| entry.failure().is_none()) {
            out.write_all(&line)?;
            kept.bytes += line.len() as u64;
            kept.lines += 1;
        }
        line.clear();
    }
    out.flush()?;
    drop(out);
    answered.sync_all()?;
    fs::rename(name, path)?;
    Ok(answered)
}

fn from_start(mut file: &File) -> io::Result<&File> {
    file.rewind()?;
    Ok(file)
}

/// The part of an output that need not be done again.
#[derive(Clone, Default)]
struct Kept {
    bytes: u64,
    lines: u64,
    failures: Failures,
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
        match entry.verdict() {
            Verdict::Answered => kept = read.clone(),
            Verdict::NotAsked if is_next => kept = read.clone(),
            _ => {}
        }
        if let Some(code) = entry.failure() {
            read.failures.count += 1;
            read.failures.last_code = Some(code);
        }
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
            failures: Failures::default(),
        }
    }

    /// How many items are answered.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Those of them whose reading failed.
    pub fn failures(&self) -> &Failures {
        &self.failures
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
