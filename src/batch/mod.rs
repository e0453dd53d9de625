//! Many links at once: so many at a time, each answer told as soon as it is its turn, until the
//! input ends, too much fails in a row, or somebody says stop.

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
use line::Verdict;
pub use remaining::Remaining;

/// How a run goes about its items.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Items asked for at a time, at least 1.
    pub concurrency: usize,
    /// The order that answers are told in.
    pub order: Order,
    /// Failures in a row after which the run gives up; 0 is never.
    pub give_up_after: u32,
}

/// The order that answers are told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The input's.
    Input,
    /// As they come.
    Finished,
}

/// Says to a run that it should end.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    /// Ask for nothing more, tell what is under way.
    pub drain: CancellationToken,
    /// Tell nothing more either.
    pub hurry: CancellationToken,
}

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    /// Why it did.
    pub why: Why,
    /// Items that were told of.
    pub answers: u64,
    /// Those of them whose reading failed.
    pub failures: u64,
    /// The last of these failures.
    pub last_failure: Option<Fault>,
}

impl Ended {
    /// Nothing was left to ask, or there was no time to.
    pub fn before_it_began(why: Why) -> Self {
        Count::default().ended(why)
    }
}

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The input did.
    Done,
    /// Too much failed in a row.
    GaveUp,
    /// It was told to.
    Stopped,
}

/// Why a run cannot begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// The input cannot be read.
    #[error("cannot read the input: {0}")]
    Input(#[source] io::Error),
    /// The output is not fit to go on with.
    #[error(transparent)]
    Output(#[from] JournalError),
    /// An answer cannot be written.
    #[error("cannot write: {0}")]
    Write(#[source] io::Error),
    /// An answer is no JSON.
    #[error("cannot write an answer as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// An item and what came of it.
pub type Answered = (Item, Result<Answer, Fault>);

/// Asks `service` for every item and gives each answer to `tell`.
///
/// Identical links are read once as long as the service's cache holds their answer.
///
/// # Errors
/// The first that `items` holds or `tell` returns.
pub async fn run(
    items: impl Stream<Item = Result<Item, BatchError>>,
    service: Arc<Service>,
    options: Options,
    stop: &Stop,
    mut tell: impl FnMut(&Answered) -> Result<(), BatchError>,
) -> Result<Ended, BatchError> {
    let drained = stop.drain.clone().cancelled_owned();
    let asked = items.take_until(drained).map(|item| {
        let service = Arc::clone(&service);
        async move { Ok::<_, BatchError>(ask(item?, &service).await) }
    });
    let answers = match options.order {
        Order::Input => asked.buffered(options.concurrency).left_stream(),
        Order::Finished => asked.buffer_unordered(options.concurrency).right_stream(),
    };
    let mut answers = pin!(answers);
    let mut count = Count::default();
    while let Some(Some(answer)) = stop.hurry.run_until_cancelled(answers.next()).await {
        let answer = answer?;
        tell(&answer)?;
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

async fn ask(item: Item, service: &Service) -> Answered {
    let found = match &item.link {
        Ok(link) => service.timetable(link).await,
        Err(invalid) => Err((*invalid).into()),
    };
    (item, found)
}

/// What has been told so far.
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
        match (Verdict::of(found), found) {
            (Verdict::Failed, Err(fault)) => {
                self.failures += 1;
                self.in_a_row += 1;
                self.last_failure = Some(fault.clone());
            }
            (Verdict::Answered, _) => self.in_a_row = 0,
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
