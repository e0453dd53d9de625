//! From a link to an answer: cache, then source. Knows no framework and no interface.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde::Serialize;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::field::Empty;
use tracing::{Instrument, Span, info_span, warn};
use utoipa::ToSchema;

use crate::cache::{Cache, CacheConfig, CacheStatus, Freshness, Kept, Loaded, Lookup};
use crate::canary::{Canary, CanaryStatus};
use crate::fault::Fault;
use crate::interest::Interests;
use crate::metrics;
use crate::reading::{Reading, SourceKind, Timings};
use crate::source::{Source, SourceError, upstream};
use crate::wall_clock::to_the_second;
use timetable::Timetable;
use timetable::share_link::{Identifier, InvalidLink, ShareLink};

/// Links of one caller that are asked for at a time.
const PARALLEL: usize = 8;

/// Answers links.
pub struct Service {
    source: Arc<dyn Source>,
    /// Only for what it tells.
    canary: Option<Arc<Canary>>,
    cache: Cache,
    interests: Interests,
    /// From the moment a caller asks until it has an answer of some kind.
    request_timeout: Duration,
    /// Reads under way; a shutdown waits for them.
    loads: TaskTracker,
    draining: AtomicBool,
}

/// A timetable and where it came from.
#[derive(Debug, Clone)]
pub struct Found {
    /// The timetable.
    pub timetable: Arc<Timetable>,
    /// What read it.
    pub source: SourceKind,
    /// The answer it is part of, as it is kept.
    pub kept: Arc<Kept>,
    /// Whether it was already there.
    pub lookup: Lookup,
    /// For how many seconds it is fresh yet; below zero, since how many it no longer is.
    pub ttl: i64,
    /// How long ago it was read.
    pub age: Duration,
}

/// Whether the cache may answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CachePolicy {
    /// A cached answer is enough.
    #[default]
    Use,
    /// Read now, even if an answer is cached.
    Bypass,
}

impl CachePolicy {
    /// What a question without an answer counts as.
    fn lookup(self) -> Lookup {
        match self {
            Self::Use => Lookup::Miss,
            Self::Bypass => Lookup::Refresh,
        }
    }
}

/// Whether the site fails, or the way to it: then an old answer is better than none.
///
/// A changed layout is no outage: the site has answered, and what it says may well be something
/// else than what is kept. Nor is a fault of our own, which nobody would see behind old answers.
fn is_outage(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::Blocked { .. }
            | Fault::SiteUnavailable { .. }
            | Fault::Timeout { .. }
            | Fault::Busy { .. }
            | Fault::BrowserUnavailable { .. }
    )
}

/// The service at one moment.
#[derive(Debug, Serialize, ToSchema)]
pub struct Status {
    /// A question would find a session to read with.
    ready: bool,
    /// No new question is taken.
    draining: bool,
    /// Reads under way.
    reads: usize,
    /// The answers kept.
    cache: CacheStatus,
    /// What the source tells of itself.
    source: serde_json::Value,
    /// The timetable that the operator knows, where one is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    canary: Option<CanaryStatus>,
}

/// A timetable as callers get it, with where and when it was read.
#[derive(Debug, Serialize, ToSchema)]
pub struct Document<'a> {
    /// The timetable.
    #[serde(flatten)]
    timetable: &'a Timetable,
    /// What read it.
    source: SourceKind,
    /// When it was read: RFC 3339, UTC.
    fetched_at: String,
    /// Present and true where the times of a class in `not_drawn` are not known: hours without a
    /// class may be taken.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    incomplete: bool,
}

impl Found {
    /// What whoever asked had to wait for; of a kept answer, nothing.
    pub fn waited(&self) -> Timings {
        if self.lookup.is_read() {
            self.kept.answer.timings
        } else {
            Timings::default()
        }
    }

    /// The timetable for a caller.
    pub fn document(&self) -> Document<'_> {
        Document {
            timetable: &self.timetable,
            source: self.source,
            fetched_at: to_the_second(self.kept.answer.fetched_at).to_string(),
            incomplete: self.timetable.is_incomplete(),
        }
    }
}

impl Service {
    /// A service that reads from `source` and keeps what it read.
    pub fn new(source: Arc<dyn Source>, cache: CacheConfig, request_timeout: Duration) -> Self {
        let loads = TaskTracker::new();
        Self {
            source,
            canary: None,
            cache: Cache::new(cache, loads.clone()),
            interests: Interests::default(),
            request_timeout,
            loads,
            draining: AtomicBool::new(false),
        }
    }

    /// The same, telling of `canary` too.
    #[must_use]
    pub fn with_canary(self, canary: Option<Arc<Canary>>) -> Self {
        Self { canary, ..self }
    }

    /// The timetable that a pasted text links to.
    ///
    /// # Errors
    /// [`Fault`]; within the request timeout whatever happens.
    pub async fn timetable_of_text(&self, text: &str) -> Result<Found, Fault> {
        self.timetable(&text.parse()?).await
    }

    /// The timetable that `link` names.
    ///
    /// # Errors
    /// [`Fault`]; within the request timeout whatever happens.
    pub async fn timetable(&self, link: &ShareLink) -> Result<Found, Fault> {
        self.timetable_as(link, CachePolicy::Use).await
    }

    /// The timetable that `link` names, under `policy`.
    ///
    /// # Errors
    /// [`Fault`]; within the request timeout whatever happens.
    pub async fn timetable_as(
        &self,
        link: &ShareLink,
        policy: CachePolicy,
    ) -> Result<Found, Fault> {
        if self.is_draining() {
            return Err(Fault::Draining);
        }
        self.by(self.deadline(), link, policy).await
    }

    /// The timetables that `links` name, in their order, all within one request timeout.
    ///
    /// [`PARALLEL`] are asked for at a time, so that one caller with many links leaves room in the
    /// queue for the others.
    pub async fn timetables(
        &self,
        links: Vec<Result<ShareLink, InvalidLink>>,
        policy: CachePolicy,
    ) -> Vec<Result<Found, Fault>> {
        if self.is_draining() {
            return links.iter().map(|_| Err(Fault::Draining)).collect();
        }
        let deadline = self.deadline();
        let each = |link: Result<ShareLink, InvalidLink>| async move {
            self.by(deadline, &link?, policy).await
        };
        stream::iter(links)
            .map(each)
            .buffered(PARALLEL)
            .collect()
            .await
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.request_timeout
    }

    async fn by(
        &self,
        deadline: Instant,
        link: &ShareLink,
        policy: CachePolicy,
    ) -> Result<Found, Fault> {
        let identifier = link.identifier();
        let loaded = self.loaded(identifier, deadline, policy).await;
        self.cache.count(match &loaded {
            Ok(loaded) => loaded.lookup,
            Err(_) => policy.lookup(),
        });
        let Loaded { kept, lookup } = loaded?;
        let seen = kept.answer.outcome.clone()?;
        let age = kept.answer.age();
        Ok(Found {
            timetable: seen.timetable,
            source: seen.source,
            lookup,
            ttl: kept.ttl_at(age),
            age,
            kept,
        })
    }

    /// From memory where that will do; else read, and what is kept only if the read fails.
    async fn loaded(
        &self,
        identifier: &Identifier,
        deadline: Instant,
        policy: CachePolicy,
    ) -> Result<Loaded, Fault> {
        if policy == CachePolicy::Use
            && let Some(kept) = self.kept(identifier, deadline).await
        {
            return Ok(kept);
        }
        let fault = match timeout_at(deadline, self.read(identifier, deadline, policy)).await {
            Ok(Ok(loaded)) => return Ok(loaded),
            Ok(Err(fault)) => fault,
            Err(_) => Fault::Timeout {
                step: "request".to_owned(),
            },
        };
        // Whoever wants it fresh does not want it old.
        if policy == CachePolicy::Use && is_outage(&fault) {
            self.instead_of(fault, identifier).await
        } else {
            Err(fault)
        }
    }

    /// What may be given at once; a stale answer is read anew behind the caller's back.
    async fn kept(&self, identifier: &Identifier, deadline: Instant) -> Option<Loaded> {
        let (kept, freshness) = self.cache.get(identifier).await?;
        let lookup = match freshness {
            Freshness::Fresh => Lookup::Hit,
            Freshness::Stale => {
                self.refresh(identifier, &kept, deadline);
                Lookup::Stale
            }
            Freshness::Old | Freshness::Dead => return None,
        };
        Some(Loaded { kept, lookup })
    }

    /// Nobody waits for it, so nobody can abandon it.
    fn refresh(&self, identifier: &Identifier, kept: &Kept, deadline: Instant) {
        let load = self.load(identifier.clone(), deadline, CancellationToken::new());
        self.cache.refresh(identifier, kept, deadline, load);
    }

    /// The old answer, if there is one that may still serve.
    async fn instead_of(&self, fault: Fault, identifier: &Identifier) -> Result<Loaded, Fault> {
        let Some((kept, _)) = self.cache.get(identifier).await else {
            return Err(fault);
        };
        warn!(code = fault.code(), "an old answer is given: {fault}");
        let lookup = Lookup::StaleIfError;
        Ok(Loaded { kept, lookup })
    }

    /// A caller may join a read just as the others leave it and it is given up; then it begins
    /// another.
    async fn read(
        &self,
        identifier: &Identifier,
        deadline: Instant,
        policy: CachePolicy,
    ) -> Result<Loaded, Fault> {
        loop {
            let interest = self.interests.join(identifier);
            let load = || self.load(identifier.clone(), deadline, interest.abandoned());
            let loaded = match policy {
                CachePolicy::Use => self.cache.load(identifier, load()).await,
                CachePolicy::Bypass => self.cache.reload(identifier, load).await,
            };
            match loaded {
                Err(error) if matches!(*error, SourceError::Abandoned) => {}
                loaded => return loaded.map_err(|error| Arc::unwrap_or_clone(error).into()),
            }
        }
    }

    fn load(
        &self,
        identifier: Identifier,
        deadline: Instant,
        abandoned: CancellationToken,
    ) -> impl Future<Output = Result<Reading, SourceError>> + Send + use<> {
        let (source, asked) = (Arc::clone(&self.source), Span::current());
        async move {
            let span = info_span!(parent: &asked, "read", outcome = Empty);
            let read = source.read(&identifier, deadline, abandoned);
            let read = read.instrument(span.clone()).await;
            span.record("outcome", upstream::outcome(&read));
            read
        }
    }

    /// What it does right now.
    pub fn status(&self) -> Status {
        Status {
            ready: self.is_ready(),
            draining: self.is_draining(),
            reads: self.loads.len(),
            cache: self.cache.status(),
            source: self.source.status(),
            canary: self.canary.as_ref().map(|canary| canary.status()),
        }
    }

    /// Brings the numbers up to date that are only looked up when somebody asks. May block for tens
    /// of milliseconds.
    pub fn measure(&self) {
        metrics::show_ready(self.is_ready());
        self.source.measure();
    }

    /// Whether a request would find a session to read with.
    pub fn is_ready(&self) -> bool {
        !self.is_draining() && self.source.is_ready()
    }

    /// Whether the service has stopped taking new questions.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Takes no new question from now on.
    pub fn start_draining(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Waits until the reads under way have ended.
    pub async fn finish_reads(&self) {
        self.loads.close();
        self.loads.wait().await;
    }
}
