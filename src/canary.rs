//! A timetable that the operator knows, read regularly by each source. It shows a changed layout, a block
//! or a link that has become private before users report it.
//!
//! Its reads skip the cache. They count against each source's rate and breaker like any other read.

use std::sync::Arc;
use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, gauge};
use parking_lot::Mutex;
use serde::Serialize;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use utoipa::ToSchema;

use crate::code::Code;
use crate::reading::{Reading, SourceKind};
use crate::source::{Source, SourceError};
use timetable::Timetable;
use timetable::difference::differences;
use timetable::share_link::ShareLink;

const READS: &str = "gonggang_canary_reads_total";
const FAILING: &str = "gonggang_canary_failing";
const DIFFERS: &str = "gonggang_canary_differs";

/// Fault codes among the results of a read; the other results are `same`, `changed` and `skipped`.
const CODES: [Code; 7] = [
    Code::NotFound,
    Code::NotPublic,
    Code::NoTimetable,
    Code::Blocked,
    Code::SiteUnavailable,
    Code::LayoutChanged,
    Code::Timeout,
];

/// The timetable, and how often it is read.
#[derive(Debug, Clone)]
pub struct CanaryConfig {
    /// `GONGGANG_CANARY`.
    pub link: ShareLink,
    /// `GONGGANG_CANARY_INTERVAL`.
    pub interval: Duration,
}

/// Reads one timetable with each source.
pub struct Canary {
    config: CanaryConfig,
    /// Longest that one read may take.
    limit: Duration,
    watched: Vec<Watched>,
    /// Parts in which the sources differed when both last read it.
    differ: Mutex<Vec<&'static str>>,
}

/// One source and its past reads.
struct Watched {
    kind: SourceKind,
    source: Arc<dyn Source>,
    past: Mutex<Past>,
}

#[derive(Default)]
struct Past {
    /// The last timetable that was read.
    timetable: Option<Timetable>,
    last: Option<Last>,
}

#[derive(Clone, Copy)]
struct Last {
    result: &'static str,
    at: Instant,
}

/// The canary at one moment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CanaryStatus {
    /// Seconds from one reading to the next.
    interval_seconds: u64,
    /// What each source in use read last.
    sources: Vec<SourceStatus>,
    /// Parts in which the sources differed when both last read it; empty with a single source.
    differ: Vec<&'static str>,
}

/// What a source read last.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SourceStatus {
    /// Which source.
    pub source: SourceKind,
    /// `same` or `changed` since the previous read, a fault's code, or `skipped`: the breaker is open, or
    /// there was nothing to read with. `null` before the first read.
    pub result: Option<&'static str>,
    /// Seconds since then.
    pub seconds_ago: Option<u64>,
}

/// Describes each metric.
pub(crate) fn describe() {
    describe_counter!(
        READS,
        "Reads of the timetable that the operator knows, by source and result."
    );
    describe_gauge!(
        FAILING,
        "1 while the last read of the timetable that the operator knows gave none, by source."
    );
    describe_gauge!(
        DIFFERS,
        "1 while the sources read the timetable that the operator knows differently."
    );
}

impl Canary {
    /// Reads with each of `sources`. One read takes at most `limit`.
    pub fn new(
        config: CanaryConfig,
        sources: Vec<(SourceKind, Arc<dyn Source>)>,
        limit: Duration,
    ) -> Self {
        let watched = sources
            .into_iter()
            .map(|(kind, source)| Watched::new(kind, source));
        gauge!(DIFFERS).set(0.0);
        Self {
            config,
            limit,
            watched: watched.collect(),
            differ: Mutex::default(),
        }
    }

    /// Reads at once and then once in each interval, as long as it is polled.
    pub async fn run(&self) {
        let mut due = interval(self.config.interval);
        due.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            due.tick().await;
            self.read().await;
        }
    }

    /// Reads once with each source, one after the other, and compares.
    pub async fn read(&self) {
        let mut read = Vec::new();
        for watched in &self.watched {
            read.push(watched.read(&self.config.link, self.limit).await);
        }
        if let [Some(one), Some(other)] = &read[..] {
            self.compare(one, other);
        }
    }

    fn compare(&self, one: &Timetable, other: &Timetable) {
        let differ = differences(one, other);
        gauge!(DIFFERS).set(f64::from(u8::from(!differ.is_empty())));
        if !differ.is_empty() {
            let differ = differ.join(",");
            warn!(differ, "canary: API and page differ");
        }
        *self.differ.lock() = differ;
    }

    /// What was read last.
    pub fn status(&self) -> CanaryStatus {
        CanaryStatus {
            interval_seconds: self.config.interval.as_secs(),
            sources: self.watched.iter().map(Watched::status).collect(),
            differ: self.differ.lock().clone(),
        }
    }
}

impl CanaryStatus {
    /// What each source read last.
    pub fn sources(&self) -> &[SourceStatus] {
        &self.sources
    }

    /// Parts in which the sources differed.
    pub fn differ(&self) -> &[&'static str] {
        &self.differ
    }
}

impl SourceStatus {
    /// Whether the read gave no timetable because of the site or the link.
    pub fn is_failing(&self) -> bool {
        self.result.is_some_and(is_failure)
    }
}

fn is_failure(result: &str) -> bool {
    !matches!(result, "same" | "changed" | "skipped")
}

impl Watched {
    /// Sets its metrics to zero, so that they are not absent.
    fn new(kind: SourceKind, source: Arc<dyn Source>) -> Self {
        let results = ["same", "changed", "skipped"];
        for result in results.into_iter().chain(CODES.map(Code::as_str)) {
            counter!(READS, "source" => kind.name(), "result" => result).absolute(0);
        }
        gauge!(FAILING, "source" => kind.name()).set(0.0);
        Self {
            kind,
            source,
            past: Mutex::default(),
        }
    }

    async fn read(&self, link: &ShareLink, limit: Duration) -> Option<Timetable> {
        let deadline = Instant::now() + limit;
        let read = self
            .source
            .read(link.identifier(), deadline, CancellationToken::new());
        let read = read.await;
        let mut past = self.past.lock();
        let result = result(&read, past.timetable.as_ref());
        counter!(READS, "source" => self.kind.name(), "result" => result).increment(1);
        if result != "skipped" {
            let failing = f64::from(u8::from(is_failure(result)));
            gauge!(FAILING, "source" => self.kind.name()).set(failing);
        }
        self.log(result, past.last.map(|last| last.result));
        past.last = Some(Last {
            result,
            at: Instant::now(),
        });
        let read = read.ok()?.timetable;
        past.timetable = Some(read.clone());
        Some(read)
    }

    /// Logs only the result's name: a source's error may quote the page.
    fn log(&self, result: &'static str, before: Option<&'static str>) {
        let source = self.kind.name();
        match result {
            "changed" => warn!(source, "canary: another timetable than the time before"),
            "same" if before.is_some_and(is_failure) => info!(source, "canary: read again"),
            result if is_failure(result) => warn!(source, result, "canary: no timetable"),
            _ => {}
        }
    }

    fn status(&self) -> SourceStatus {
        let last = self.past.lock().last;
        SourceStatus {
            source: self.kind,
            result: last.map(|last| last.result),
            seconds_ago: last.map(|last| last.at.elapsed().as_secs()),
        }
    }
}

/// The result of a read; `skipped` if the read shows nothing about the site.
fn result(read: &Result<Reading, SourceError>, before: Option<&Timetable>) -> &'static str {
    match read {
        Ok(read)
            if before.is_some_and(|before| !differences(before, &read.timetable).is_empty()) =>
        {
            "changed"
        }
        Ok(_) => "same",
        Err(error @ (SourceError::NotAvailable(_) | SourceError::TooSlow { .. })) => {
            error.code().as_str()
        }
        Err(_) => "skipped",
    }
}
