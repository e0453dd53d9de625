//! Reads many links, several at a time, and passes on each answer. Ends with the input, after too many
//! failures in a row, or when it is stopped.

pub mod input;
pub mod journal;
pub mod line;
mod remaining;

use std::io;
use std::pin::pin;
use std::sync::Arc;

use futures_util::{Stream, StreamExt};
use tokio_util::sync::CancellationToken;

use crate::fault::Fault;
use crate::service::{Answer, Service};
use input::Item;
use journal::JournalError;
use line::LinkVerdict;
pub use remaining::Remaining;

/// Options of a run.
#[derive(Debug, Clone, Copy)]
pub struct RunOptions {
    /// Items read at a time, at least 1.
    pub concurrency: usize,
    /// The order of the answers.
    pub order: AnswerOrder,
    /// Failures in a row after which the run gives up; 0 means never.
    pub give_up_after: u32,
}

/// The order of the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerOrder {
    /// The order of the input.
    Input,
    /// The order in which reads end.
    Finished,
}

/// Stops a run.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    /// Start no more reads, and pass on those under way.
    pub drain: CancellationToken,
    /// Pass on nothing more.
    pub hurry: CancellationToken,
}

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    /// Why it ended.
    pub why: Why,
    /// Answers passed on.
    pub answers: u64,
    /// Of these, failed reads.
    pub failures: u64,
    /// The last of these failures.
    pub last_failure: Option<Fault>,
}

impl Ended {
    /// A run that ended before its first read.
    pub fn before_it_began(why: Why) -> Self {
        Count::default().ended(why)
    }
}

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The input ended.
    Done,
    /// Too many reads failed in a row.
    GaveUp,
    /// It was stopped.
    Stopped,
}

/// Why a run cannot begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// The input cannot be read.
    #[error("cannot read the input: {0}")]
    Input(#[source] io::Error),
    /// The output cannot be continued.
    #[error(transparent)]
    Output(#[from] JournalError),
    /// An answer cannot be written.
    #[error("cannot write: {0}")]
    Write(#[source] io::Error),
    /// An answer cannot be written as JSON.
    #[error("cannot write an answer as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// An item and its answer.
pub type AnsweredItem = (Item, Result<Answer, Fault>);

/// Asks `service` for every item and passes each answer to `report`.
///
/// Identical links are read once, as long as the service's cache holds their answer.
///
/// # Errors
/// The first error in `items` or of `report`.
pub async fn run(
    items: impl Stream<Item = Result<Item, BatchError>>,
    service: Arc<Service>,
    options: RunOptions,
    stop: &Stop,
    mut report: impl FnMut(&AnsweredItem) -> Result<(), BatchError>,
) -> Result<Ended, BatchError> {
    let drained = stop.drain.clone().cancelled_owned();
    let asked = items.take_until(drained).map(|item| {
        let service = Arc::clone(&service);
        async move { Ok::<_, BatchError>(ask(item?, &service).await) }
    });
    let answers = match options.order {
        AnswerOrder::Input => asked.buffered(options.concurrency).left_stream(),
        AnswerOrder::Finished => asked.buffer_unordered(options.concurrency).right_stream(),
    };
    let mut answers = pin!(answers);
    let mut count = Count::default();
    while let Some(Some(answer)) = stop.hurry.run_until_cancelled(answers.next()).await {
        let answer = answer?;
        report(&answer)?;
        count.add(&answer.1);
        if options.give_up_after > 0 && count.in_a_row >= options.give_up_after {
            return Ok(count.ended(Why::GaveUp));
        }
    }
    let why = if stop.drain.is_cancelled() {
        Why::Stopped
    } else {
        Why::Done
    };
    Ok(count.ended(why))
}

async fn ask(item: Item, service: &Service) -> AnsweredItem {
    let found = match &item.link {
        Ok(link) => service.timetable(link).await,
        Err(invalid) => Err((*invalid).into()),
    };
    (item, found)
}

/// Counts of the answers so far.
#[derive(Default)]
struct Count {
    answers: u64,
    failures: u64,
    in_a_row: u32,
    last_failure: Option<Fault>,
}

impl Count {
    fn add(&mut self, found: &Result<Answer, Fault>) {
        self.answers += 1;
        match (LinkVerdict::of(found), found) {
            (LinkVerdict::Failed, Err(fault)) => {
                self.failures += 1;
                self.in_a_row += 1;
                self.last_failure = Some(fault.clone());
            }
            (LinkVerdict::Answered, _) => self.in_a_row = 0,
            _ => {}
        }
    }

    fn ended(self, why: Why) -> Ended {
        Ended {
            why,
            answers: self.answers,
            failures: self.failures,
            last_failure: self.last_failure,
        }
    }
}
