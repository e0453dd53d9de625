//! A run over many links with a fake source: order, limits, ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::support::fake::CACHE;
use crate::support::timetables::fixture;
use async_trait::async_trait;
use futures_util::stream;
use gonggang::batch::input::{Item, Items};
use gonggang::batch::{self, AnswerOrder, AnsweredItem, BatchError, Ended, RunOptions, Stop, Why};
use gonggang::code::Code;
use gonggang::reading::{Reading, SourceKind, Timings};
use gonggang::service::Service;
use gonggang::source::{Source, SourceError};
use timetable::NotAvailable;
use timetable::share_link::Identifier;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

const OPTIONS: RunOptions = RunOptions {
    concurrency: 3,
    order: AnswerOrder::Input,
    give_up_after: 3,
};

/// Longest that a run may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Reads as the first letters of an identifier say: `slow`, `fail`, `none`; anything else is there
/// at once. Counts reads, and how many there were at a time.
struct Obedient {
    reads: AtomicUsize,
    now: AtomicUsize,
    most: AtomicUsize,
    /// One permit lets one slow read end.
    slow: Semaphore,
}

impl Obedient {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            reads: AtomicUsize::new(0),
            now: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            slow: Semaphore::new(0),
        })
    }

    fn service(self: &Arc<Self>) -> Arc<Service> {
        let source: Arc<dyn Source> = Arc::clone(self) as _;
        Arc::new(Service::new(source, CACHE, Duration::from_hours(1)))
    }

    async fn outcome(&self, identifier: &Identifier) -> Result<Reading, SourceError> {
        match &identifier.as_str()[..4] {
            "slow" => self.slow.acquire().await.unwrap().forget(),
            "fail" => return Err(NotAvailable::Blocked { status: Some(403) }.into()),
            "none" => return Err(NotAvailable::NotFound.into()),
            _ => {}
        }
        Ok(Reading {
            timetable: fixture("empty"),
            source: SourceKind::Browser,
            timings: Timings::default(),
        })
    }
}

#[async_trait]
impl Source for Obedient {
    async fn read(
        &self,
        identifier: &Identifier,
        _: Instant,
        _: CancellationToken,
    ) -> Result<Reading, SourceError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        tokio::task::yield_now().await;
        let outcome = self.outcome(identifier).await;
        self.now.fetch_sub(1, Ordering::SeqCst);
        outcome
    }

    fn is_ready(&self) -> bool {
        true
    }
}

/// `slow fail fine` as lines of links, each with a number of its own; `=` is the line before again.
fn input(words: &str) -> Vec<Result<Item, BatchError>> {
    let mut lines: Vec<String> = Vec::new();
    for (number, word) in words.split(' ').enumerate() {
        lines.push(match word {
            "=" => lines[number - 1].clone(),
            "garbage" => word.to_owned(),
            word => format!("@{word}{number:016}"),
        });
    }
    let items = Items::of(lines.join("\n").into_bytes().leak() as &[u8]);
    items.map(|item| item.map_err(BatchError::Input)).collect()
}

/// The numbers of the reported items, and how the run ended.
async fn run(
    source: &Arc<Obedient>,
    words: &str,
    options: RunOptions,
    stop: &Stop,
    mut each: impl FnMut(&AnsweredItem),
) -> (Vec<u64>, Ended) {
    let mut numbers = Vec::new();
    let report = |answer: &AnsweredItem| {
        numbers.push(answer.0.number);
        each(answer);
        Ok(())
    };
    let items = stream::iter(input(words));
    let ended = batch::run(items, source.service(), options, stop, report);
    let ended = timeout(PATIENCE, ended).await.expect("it ends by itself");
    (numbers, ended.unwrap())
}

#[tokio::test]
async fn answers_come_in_the_order_of_the_input_or_in_the_order_in_which_reads_end() {
    let source = Obedient::new();
    source.slow.add_permits(1);
    let words = "slow fine none garbage fine";
    let (numbers, ended) = run(&source, words, OPTIONS, &Stop::default(), |_| {}).await;
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    assert_eq!(
        (ended.why, ended.answers, ended.failures),
        (Why::Done, 5, 0)
    );

    let source = Obedient::new();
    let unordered = RunOptions {
        order: AnswerOrder::Finished,
        ..OPTIONS
    };
    // The slow read ends after all others are reported, so it can only be the last.
    let mut left = 4;
    let (numbers, _) = run(&source, words, unordered, &Stop::default(), |_| {
        left -= 1;
        source.slow.add_permits(usize::from(left == 0));
    })
    .await;
    assert_eq!(numbers.last(), Some(&1));
    assert_eq!(numbers.len(), 5);
}

#[tokio::test]
async fn a_run_reads_no_more_links_at_a_time_than_its_limit() {
    let source = Obedient::new();
    source.slow.add_permits(20);
    let words = ["slow"; 20].join(" ");
    run(&source, &words, OPTIONS, &Stop::default(), |_| {}).await;
    assert_eq!(source.most.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_repeated_link_is_read_once_and_answered_each_time() {
    let source = Obedient::new();
    let (numbers, _) = run(
        &source,
        "fine = = none = =",
        OPTIONS,
        &Stop::default(),
        |_| {},
    )
    .await;
    assert_eq!(numbers.len(), 6);
    assert_eq!(source.reads.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn failures_in_a_row_end_a_run_even_with_invalid_links_between() {
    let source = Obedient::new();
    let words = "fail fail none fail fail fine fail garbage fail fail fine fine";
    let (numbers, ended) = run(&source, words, OPTIONS, &Stop::default(), |_| {}).await;
    assert_eq!(numbers, (1..=10).collect::<Vec<_>>());
    assert_eq!((ended.why, ended.failures), (Why::GaveUp, 7));
    assert_eq!(ended.last_failure.unwrap().code(), Code::Blocked);
}

#[tokio::test]
async fn definitive_answers_never_end_a_run_and_a_limit_of_zero_failures_is_none() {
    let source = Obedient::new();
    let nowhere = ["none"; 50].join(" ");
    let (_, ended) = run(&source, &nowhere, OPTIONS, &Stop::default(), |_| {}).await;
    assert_eq!((ended.why, ended.answers), (Why::Done, 50));
    let never = RunOptions {
        give_up_after: 0,
        ..OPTIONS
    };
    let failing = ["fail"; 50].join(" ");
    let (_, ended) = run(&source, &failing, never, &Stop::default(), |_| {}).await;
    assert_eq!((ended.why, ended.failures), (Why::Done, 50));
}

#[tokio::test]
async fn a_first_stop_finishes_the_reads_under_way_and_starts_no_more() {
    let (source, stop) = (Obedient::new(), Stop::default());
    let drain = |answer: &AnsweredItem| {
        assert!(answer.1.is_ok());
        stop.drain.cancel();
        source.slow.add_permits(2);
    };
    let (numbers, ended) = run(
        &source,
        "fine slow slow fine fine fine",
        OPTIONS,
        &stop,
        drain,
    )
    .await;
    // When the first was reported, the two slow reads were under way.
    assert_eq!(numbers, [1, 2, 3]);
    assert_eq!(
        (ended.why, source.reads.load(Ordering::SeqCst)),
        (Why::Stopped, 3)
    );
}

#[tokio::test]
async fn a_second_stop_does_not_wait_for_reads_under_way() {
    let (source, stop) = (Obedient::new(), Stop::default());
    let hurry = |_: &AnsweredItem| {
        stop.drain.cancel();
        stop.hurry.cancel();
    };
    let (numbers, ended) = run(&source, "fine slow slow fine", OPTIONS, &stop, hurry).await;
    assert_eq!((numbers.as_slice(), ended.why), (&[1][..], Why::Stopped));
}

#[tokio::test]
async fn an_answer_that_cannot_be_written_ends_a_run() {
    let source = Obedient::new();
    let full = |_: &AnsweredItem| Err(BatchError::Write(std::io::ErrorKind::StorageFull.into()));
    let items = stream::iter(input("fine fine"));
    let ended = batch::run(items, source.service(), OPTIONS, &Stop::default(), full).await;
    assert!(matches!(ended, Err(BatchError::Write(_))));
}
