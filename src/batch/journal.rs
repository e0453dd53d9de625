//! The output is also the journal: it shows what an earlier run has answered and where to go on.
//!
//! A kill can tear only the last line. The file is locked during the run; the system unlocks it however
//! the run ends.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, Write};
use std::path::Path;

use super::input::Item;
use super::line::{JournalEntry, LinkVerdict};

/// Why an output cannot be written or continued.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// It cannot be opened, read or truncated.
    #[error("cannot use the output: {0}")]
    Unusable(#[from] io::Error),
    /// It is not empty.
    #[error("the output is there already: --resume goes on with it; else name another")]
    Exists,
    /// Another run writes to it.
    #[error("another run is writing to the output")]
    InUse,
    /// A line was not written by this program.
    #[error("line {line} of the output is not one that batch writes")]
    NotABatch {
        /// Its number, from 1.
        line: u64,
    },
    /// Its answers belong to another input.
    #[error("the output belongs to another input: it differs at item {item}")]
    OtherInput {
        /// The first item that differs.
        item: u64,
    },
}

/// What to do with the answers of an earlier run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Earlier {
    /// Fail if there are any.
    Refuse,
    /// Continue after them.
    Keep,
    /// Continue, and read again the items whose read failed.
    RetryFailed,
}

/// Failed reads of an earlier run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failures {
    /// Their number.
    pub count: u64,
    /// The code of the last one.
    pub last_code: Option<String>,
}

/// The answers of an earlier run.
///
/// Reads the output in step with the input, and holds only answers that came out of order.
pub struct Done {
    lines: BufReader<Box<dyn Read + Send>>,
    /// Answers to later items.
    early: HashMap<u64, JournalEntry>,
    count: u64,
    failures: Failures,
}

/// An output locked for this run.
#[derive(Debug)]
pub struct Output {
    file: File,
    /// The file that the file without failures has replaced. It stays locked: another run may have it open.
    replaced: Option<File>,
}

impl Output {
    fn new(file: File, replaced: Option<File>) -> Self {
        Self { file, replaced }
    }

    /// Appends a line with one call, so that a kill can tear only the last one.
    ///
    /// # Errors
    /// Those of the file.
    pub fn write(&mut self, line: &[u8]) -> io::Result<()> {
        self.file.write_all(line)
    }
}

/// Closing does not unlock the file while a process that is just starting holds a copy of the descriptor.
impl Drop for Output {
    fn drop(&mut self) {
        for file in self.replaced.iter().chain([&self.file]) {
            // If this fails, the lock ends with the last copy.
            let _ = file.unlock();
        }
    }
}

/// Locks `path` for this run, to append to it, and finds what is answered there.
///
/// If earlier answers stay, a torn last line is cut off. So are failed reads at the end: these items are
/// read again.
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
    let mut finished = finished(&file)?;
    let mut replaced = None;
    if earlier == Earlier::RetryFailed && finished.failures.count > 0 {
        let answered = without_failures(&file, path, &mut finished)?;
        replaced = Some(std::mem::replace(&mut file, answered));
    }
    if file.metadata()?.len() > finished.bytes {
        file.set_len(finished.bytes)?;
    }
    let done = Done {
        lines: BufReader::new(Box::new(File::open(path)?.take(finished.bytes))),
        early: HashMap::new(),
        count: finished.lines,
        failures: finished.failures,
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

/// Replaces `path` by a file without the failures, once that file is complete.
fn without_failures(
    file: &File,
    path: &Path,
    finished: &mut Finished,
) -> Result<File, JournalError> {
    // Replaces the target of a symbolic link, not the link.
    let path = fs::canonicalize(path)?;
    let mut name = path.clone().into_os_string();
    name.push(".retry");
    let answered = locked(name.as_ref())?;
    answered.set_len(0)?;
    answered.set_permissions(file.metadata()?.permissions())?;
    let bytes = std::mem::take(finished).bytes;
    let mut lines = BufReader::new(from_start(file)?.take(bytes));
    let mut out = BufWriter::new(&answered);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        if JournalEntry::read(&line).is_some_and(|entry| entry.failure().is_none()) {
            out.write_all(&line)?;
            finished.bytes += line.len() as u64;
            finished.lines += 1;
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

/// The part of an output that stays.
#[derive(Clone, Default)]
struct Finished {
    bytes: u64,
    lines: u64,
    failures: Failures,
}

fn finished(file: &File) -> Result<Finished, JournalError> {
    let mut lines = BufReader::new(file);
    let (mut read, mut finished) = (Finished::default(), Finished::default());
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
        read.bytes += line.len() as u64;
        read.lines += 1;
        let entry =
            JournalEntry::read(&line).ok_or(JournalError::NotABatch { line: read.lines })?;
        let is_next = finished.lines + 1 == read.lines;
        match entry.verdict() {
            LinkVerdict::Answered => finished = read.clone(),
            LinkVerdict::NotAsked if is_next => finished = read.clone(),
            _ => {}
        }
        if let Some(code) = entry.failure() {
            read.failures.count += 1;
            read.failures.last_code = Some(code);
        }
        line.clear();
    }
    Ok(finished)
}

impl Done {
    /// No answers.
    pub fn nothing() -> Self {
        Self {
            lines: BufReader::new(Box::new(io::empty())),
            early: HashMap::new(),
            count: 0,
            failures: Failures::default(),
        }
    }

    /// Number of answered items.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The failed reads among them.
    pub fn failures(&self) -> &Failures {
        &self.failures
    }

    /// Whether `item` is answered. Items must come in the order of the input.
    ///
    /// # Errors
    /// [`JournalError::OtherInput`] if the answer is to another item.
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

    /// Checks at the end of the input that every answer had an item.
    ///
    /// # Errors
    /// [`JournalError::OtherInput`] if one had none.
    pub fn end(&mut self) -> Result<(), JournalError> {
        let left = self.next()?.map(|entry| entry.item);
        match left.or_else(|| self.early.keys().min().copied()) {
            Some(item) => Err(JournalError::OtherInput { item }),
            None => Ok(()),
        }
    }

    fn next(&mut self) -> Result<Option<JournalEntry>, JournalError> {
        let mut line = Vec::new();
        self.lines.read_until(b'\n', &mut line)?;
        Ok(JournalEntry::read(&line))
    }
}
