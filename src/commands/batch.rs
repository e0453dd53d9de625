//! `gonggang batch`: many links to a file of JSON lines, however often it is interrupted.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::sync::mpsc;

use super::progress::{Progress, say};
use super::reader::Reader;
use super::signals;
use crate::batch::input::{Column, Item, Items, Separator};
use crate::batch::journal::{self, Done, Earlier, Failures};
use crate::batch::{
    self, AnswerOrder, AnsweredItem, BatchError, Ended, Remaining, RunOptions, Stop, Why, line,
};
use crate::cli::{BatchOptions, CommandError, Exit};
use crate::config::{Config, Settings};
use crate::log;

/// Items read from the input ahead of their turn.
const AHEAD: usize = 16;
/// Answers stay fresh for a whole run. The library accepts no infinite lifetime.
const KEPT: Duration = Duration::from_hours(24 * 365);

/// Reads the remaining links and reports the result.
pub(super) async fn run(options: &BatchOptions, settings: &Settings) -> Result<(), CommandError> {
    let mut config = settings.validate().map_err(CommandError::Settings)?;
    let _log = log::start(&config.log);
    let how = prepare(&mut config, options);
    let input = Input::open(options)?;
    let (out, done) = Out::open(options)?;
    let earlier = done.failures().clone();
    let progress = Progress::start(input.total, done.count()).or_lines();
    let mut sink = Sink { out, progress };
    let items = ahead(Remaining::of(input.items, done));
    let ended = read(items, how, &config, &stop_on_signals(), &mut sink).await;
    sink.progress.end();
    conclude(&ended?, &earlier, options.out.is_some())
}

/// Each concurrent link has a session of its own, so no link waits while its deadline runs.
fn prepare(config: &mut Config, options: &BatchOptions) -> RunOptions {
    if let Some(concurrency) = options.concurrency {
        config.browser.pool_size = concurrency.get();
    }
    config.browser.queue = config.browser.queue.max(config.browser.pool_size);
    config.browser.queue_timeout = config.request_timeout;
    config.cache.ttl = KEPT;
    config.cache.negative_ttl = KEPT;
    RunOptions {
        concurrency: config.browser.pool_size,
        order: if options.unordered {
            AnswerOrder::Finished
        } else {
            AnswerOrder::Input
        },
        give_up_after: options.give_up_after,
    }
}

async fn read(
    mut items: mpsc::Receiver<Result<Item, BatchError>>,
    how: RunOptions,
    config: &Config,
    stop: &Stop,
    sink: &mut Sink,
) -> Result<Ended, CommandError> {
    // No browser starts for an output that is complete or belongs to another input.
    let first = match stop.drain.run_until_cancelled(items.recv()).await {
        Some(Some(first)) => first?,
        Some(None) => return Ok(Ended::before_it_began(Why::Done)),
        None => return Ok(Ended::before_it_began(Why::Stopped)),
    };
    let Some(reader) = stop.drain.run_until_cancelled(Reader::start(config)).await else {
        return Ok(Ended::before_it_began(Why::Stopped));
    };
    let reader = reader?;
    let items = stream::iter([Ok(first)]).chain(stream::poll_fn(move |cx| items.poll_recv(cx)));
    let service = Arc::clone(&reader.service);
    let ended = batch::run(items, service, how, stop, |answer| sink.take(answer)).await;
    // Reads still in progress are no longer wanted.
    reader.shut_down(Duration::ZERO).await;
    Ok(ended?)
}

/// Takes items from the input in a thread of its own: a terminal or a pipe may block for ever, and must
/// not keep the process alive.
fn ahead(
    items: impl Iterator<Item = Result<Item, BatchError>> + Send + 'static,
) -> mpsc::Receiver<Result<Item, BatchError>> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    thread::spawn(move || {
        for item in items {
            if sender.blocking_send(item).is_err() {
                break;
            }
        }
    });
    receiver
}

/// The first signal drains, the second hurries.
fn stop_on_signals() -> Stop {
    let stop = Stop::default();
    let told = stop.clone();
    tokio::spawn(async move {
        signals::first().await;
        say("finishing the links under way; once more to end at once");
        told.drain.cancel();
        signals::first().await;
        told.hurry.cancel();
    });
    stop
}

/// What is read.
struct Input {
    items: Items<Box<dyn BufRead + Send>>,
    /// How many items there are, where it can be counted beforehand.
    total: Option<u64>,
}

impl Input {
    fn open(options: &BatchOptions) -> Result<Self, BatchError> {
        let kind = Kind::of(options);
        Self::of(&options.input, &kind).map_err(BatchError::Input)
    }

    fn of(path: &Path, kind: &Kind) -> io::Result<Self> {
        let (input, total): (Box<dyn BufRead + Send>, _) = if path == Path::new("-") {
            (Box::new(BufReader::new(io::stdin())), None)
        } else {
            let file = File::open(path)?;
            (Box::new(BufReader::new(file)), count(path, kind)?)
        };
        let items = kind.items(input)?;
        Ok(Self { items, total })
    }
}

/// Counts the items of a file, which also finds its errors before the first read from the site. Other
/// paths, a pipe for instance, can be read only once.
fn count(path: &Path, kind: &Kind) -> io::Result<Option<u64>> {
    let file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Ok(None);
    }
    let mut total = 0;
    for item in kind.items(BufReader::new(file))? {
        item?;
        total += 1;
    }
    Ok(Some(total))
}

/// The format of an input.
enum Kind {
    Lines,
    Table(Separator, Option<Column>),
}

impl Kind {
    /// A table if its name says so or a label column is given.
    fn of(options: &BatchOptions) -> Self {
        let extension = options.input.extension().and_then(OsStr::to_str);
        let separator = match extension.map(str::to_ascii_lowercase).as_deref() {
            Some("csv") => Separator::Comma,
            Some("tsv") => Separator::Tab,
            _ if options.label_column.is_some() => Separator::Found,
            _ => return Self::Lines,
        };
        Self::Table(separator, options.label_column.clone())
    }

    fn items<R: BufRead>(&self, input: R) -> io::Result<Items<R>> {
        match self {
            Self::Lines => Ok(Items::of(input)),
            Self::Table(separator, label) => Items::of_table(input, *separator, label.clone()),
        }
    }
}

/// The destination of the lines.
enum Out {
    File(journal::Output),
    Standard,
}

impl Out {
    fn open(options: &BatchOptions) -> Result<(Self, Done), BatchError> {
        match &options.out {
            None => Ok((Self::Standard, Done::nothing())),
            Some(path) => {
                let (file, done) = journal::open(path, earlier(options))?;
                Ok((Self::File(file), done))
            }
        }
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        match self {
            Self::File(file) => file.write(line),
            Self::Standard => log::above_bars(|| io::stdout().lock().write_all(line)),
        }
    }
}

fn earlier(options: &BatchOptions) -> Earlier {
    match (options.retry_failed, options.resume) {
        (true, _) => Earlier::RetryFailed,
        (false, true) => Earlier::Keep,
        (false, false) => Earlier::Refuse,
    }
}

/// Writes and counts answers.
struct Sink {
    out: Out,
    progress: Progress,
}

impl Sink {
    fn take(&mut self, (item, found): &AnsweredItem) -> Result<(), BatchError> {
        let line = line::written(item, found)?;
        self.out.write(&line).map_err(BatchError::Write)?;
        self.progress.count(found.is_err());
        Ok(())
    }
}

/// The summary and the exit code. Failures of an earlier run that are still in the output count too.
fn conclude(ended: &Ended, earlier: &Failures, resumable: bool) -> Result<(), CommandError> {
    let Ended { answers, .. } = ended;
    let failures = ended.failures + earlier.count;
    let failure = ended.last_failure.as_ref().map(Exit::from);
    let failure = failure.or_else(|| earlier.last_code.as_deref().map(Exit::of_failure));
    let go_on = if resumable { "; --resume goes on" } else { "" };
    let again = if resumable {
        "; --retry-failed reads them again"
    } else {
        ""
    };
    let (why, exit) = match (ended.why, failure) {
        (Why::Done, None) => {
            say(&format!("links answered: {answers}"));
            return Ok(());
        }
        (Why::Done, Some(exit)) => (
            format!("links answered: {answers}; could not be read: {failures}{again}"),
            exit,
        ),
        (Why::GaveUp, exit) => (
            format!("gave up after {answers} links, the last of which failed in a row{go_on}"),
            exit.unwrap_or(Exit::Unavailable),
        ),
        (Why::Stopped, _) => (
            format!("stopped after {answers} links{go_on}"),
            Exit::TryLater,
        ),
    };
    Err(CommandError::Unread { why, exit })
}
