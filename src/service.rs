//! From a link to an answer: first the cache, then the source. Knows no interface.

mod answer;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tracing::field::Empty;
use tracing::{Instrument, Span, info_span, warn};
use utoipa::ToSchema;

use crate::cache::{Cache, CacheConfig, CacheEntry, CacheStatus, Definitive, Freshness, Lookup};
use crate::canary::{Canary, CanaryStatus};
use crate::code::Code;
use crate::fault::Fault;
use crate::flights::Flights;
use crate::metrics;
use crate::reading::Reading;
use crate::source::{Source, SourceError, upstream};
pub use answer::Answer;
use timetable::share_link::{Identifier, InvalidLink, ShareLink};

/// Links of one caller that are read at a time.
const PARALLEL: usize = 8;
/// Reads in the background at a time. More would take the place of callers who wait.
const REFRESHES: usize = 8;

/// Answers links.
pub struct Service {
    source: Arc<dyn Source>,
    /// Only for its status.
    canary: Option<Arc<Canary>>,
    cache: Arc<Cache>,
    /// Reads under way.
    flights: Flights<Found>,
    refreshes: Arc<Semaphore>,
    /// Longest that a caller waits for an answer of any kind.
    request_timeout: Duration,
    draining: AtomicBool,
}

/// A cache entry, and what the cache had for the question.
type Found = (Arc<CacheEntry>, Lookup);

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
    /// What a question counts as that needs a read.
    fn lookup(self) -> Lookup {
        match self {
            Self::Use => Lookup::Miss,
            Self::Bypass => Lookup::Refresh,
        }
    }
}

/// Whether the site failed, or the way to it: then an old answer is better than none.
///
/// A changed layout is no outage: the site did answer, perhaps with something else than the cached
/// answer. Nor is a fault of our own, which old answers would hide.
fn is_outage(fault: &Fault) -> bool {
    matches!(
        fault.code(),
        Code::Blocked
            | Code::SiteUnavailable
            | Code::Timeout
            | Code::Busy
            | Code::BrowserUnavailable
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
    /// The cached answers.
    cache: CacheStatus,
    /// The source's own status.
    source: serde_json::Value,
    /// The timetable that the operator knows, where one is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    canary: Option<CanaryStatus>,
}

impl Service {
    /// A service that reads from `source` and caches its answers.
    pub fn new(source: Arc<dyn Source>, cache: CacheConfig, request_timeout: Duration) -> Self {
        Self {
            source,
            canary: None,
            cache: Arc::new(Cache::new(cache)),
            flights: Flights::new(),
            refreshes: Arc::new(Semaphore::new(REFRESHES)),
            request_timeout,
            draining: AtomicBool::new(false),
        }
    }

    /// The same, with `canary` in its status.
    #[must_use]
    pub fn with_canary(self, canary: Option<Arc<Canary>>) -> Self {
        Self { canary, ..self }
    }

    /// The timetable that a pasted text links to.
    ///
    /// # Errors
    /// [`Fault`], within the request timeout.
    pub async fn timetable_of_text(&self, text: &str) -> Result<Answer, Fault> {
        self.timetable(&text.parse()?).await
    }

    /// The timetable that `link` names.
    ///
    /// # Errors
    /// [`Fault`], within the request timeout.
    pub async fn timetable(&self, link: &ShareLink) -> Result<Answer, Fault> {
        self.timetable_as(link, CachePolicy::Use).await
    }

    /// The timetable that `link` names, under `policy`.
    ///
    /// # Errors
    /// [`Fault`], within the request timeout.
    pub async fn timetable_as(
        &self,
        link: &ShareLink,
        policy: CachePolicy,
    ) -> Result<Answer, Fault> {
        if self.is_draining() {
            return Err(SourceError::Draining.into());
        }
        self.answer(link.identifier(), self.deadline(), policy)
            .await
    }

    /// The timetables that `links` name, in their order, all within one request timeout.
    ///
    /// At most [`PARALLEL`] are read at a time, so that a caller with many links leaves room in the
    /// queue for others.
    pub async fn timetables(
        &self,
        links: Vec<Result<ShareLink, InvalidLink>>,
        policy: CachePolicy,
    ) -> Vec<Result<Answer, Fault>> {
        if self.is_draining() {
            let refuse = |_| Err(SourceError::Draining.into());
            return links.into_iter().map(refuse).collect();
        }
        let deadline = self.deadline();
        let each = |link: Result<ShareLink, InvalidLink>| async move {
            self.answer(link?.identifier(), deadline, policy).await
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

    async fn answer(
        &self,
        identifier: &Identifier,
        deadline: Instant,
        policy: CachePolicy,
    ) -> Result<Answer, Fault> {
        let found = self.find(identifier, deadline, policy).await;
        self.cache.count(match &found {
            Ok((_, lookup)) => *lookup,
            Err(_) => policy.lookup(),
        });
        let (entry, lookup) = found?;
        Ok(Answer::new(entry, lookup)?)
    }

    /// From memory, if `policy` allows it; else by a read. If the read fails, an old answer may serve.
    async fn find(
        &self,
        identifier: &Identifier,
        deadline: Instant,
        policy: CachePolicy,
    ) -> Result<Found, Fault> {
        if policy == CachePolicy::Use
            && let Some(found) = self.cached(identifier, deadline).await
        {
            return Ok(found);
        }
        let read = timeout_at(deadline, self.read(identifier, deadline, policy)).await;
        let fault = match read {
            Ok(Ok(found)) => return Ok(found),
            Ok(Err(error)) => Fault::from(error),
            Err(_) => Fault::from(SourceError::TooSlow {
                step: "request".to_owned(),
            }),
        };
        if policy == CachePolicy::Use
            && is_outage(&fault)
            && let Some((entry, _)) = self.cache.get(identifier).await
        {
            warn!(
                code = fault.code().as_str(),
                "an old answer is given: {fault}"
            );
            return Ok((entry, Lookup::StaleIfError));
        }
        Err(fault)
    }

    /// A cached answer that may serve at once. A stale one is renewed in the background.
    async fn cached(&self, identifier: &Identifier, deadline: Instant) -> Option<Found> {
        let (entry, freshness) = self.cache.get(identifier).await?;
        let lookup = match freshness {
            Freshness::Fresh => Lookup::Hit,
            Freshness::Stale => {
                self.refresh(identifier, &entry, deadline);
                Lookup::Stale
            }
            Freshness::Old | Freshness::Expired => return None,
        };
        Some((entry, lookup))
    }

    /// Starts a read in the background. Does nothing if a read is under way, was tried a moment ago, or
    /// if [`REFRESHES`] others are under way: the next question tries again.
    fn refresh(&self, identifier: &Identifier, entry: &CacheEntry, deadline: Instant) {
        let Ok(permit) = Arc::clone(&self.refreshes).try_acquire_owned() else {
            return;
        };
        if !entry.claim_refresh(deadline) {
            return;
        }
        let never = CancellationToken::new();
        let load = self.load(identifier.clone(), deadline, never, CachePolicy::Use);
        self.flights.start(identifier, async move {
            let _permit = permit;
            load.await
        });
    }

    /// Waits for a read, shared with other callers. Joins another one if the read that it joined
    /// - was abandoned: its callers left just as this one came;
    /// - ended with a cached answer, which [`CachePolicy::Bypass`] does not allow.
    async fn read(
        &self,
        identifier: &Identifier,
        deadline: Instant,
        policy: CachePolicy,
    ) -> Result<Found, SourceError> {
        loop {
            let waiter = self.flights.join(identifier, |abandoned| {
                self.load(identifier.clone(), deadline, abandoned, policy)
            });
            match waiter.outcome().await {
                Err(SourceError::Abandoned) => {}
                Ok((entry, lookup)) if lookup.is_read() => return Ok((entry, policy.lookup())),
                Ok(_) if policy == CachePolicy::Bypass => {}
                outcome => return outcome,
            }
        }
    }

    /// One read: from the shared cache, if `policy` allows it, else from the source.
    fn load(
        &self,
        identifier: Identifier,
        deadline: Instant,
        abandoned: CancellationToken,
        policy: CachePolicy,
    ) -> impl Future<Output = Result<Found, SourceError>> + Send + use<> {
        let (source, cache) = (Arc::clone(&self.source), Arc::clone(&self.cache));
        let caller = Span::current();
        async move {
            if policy == CachePolicy::Use
                && let Some(found) = cache.find_fresh(&identifier).await
            {
                return Ok(found);
            }
            let span = info_span!(parent: &caller, "read", outcome = Empty);
            let read = source.read(&identifier, deadline, abandoned);
            let read = read.instrument(span.clone()).await;
            span.record("outcome", upstream::outcome(&read));
            let entry = cache.insert(&identifier, definitive(read)?).await;
            Ok((entry, Lookup::Miss))
        }
    }

    /// The service now.
    pub fn status(&self) -> Status {
        Status {
            ready: self.is_ready(),
            draining: self.is_draining(),
            reads: self.flights.len(),
            cache: self.cache.status(),
            source: self.source.status(),
            canary: self.canary.as_ref().map(|canary| canary.status()),
        }
    }

    /// Updates the metrics that are only measured on demand. May block for tens of milliseconds.
    pub fn measure(&self) {
        metrics::show_ready(self.is_ready());
        self.source.measure();
    }

    /// Whether a request would find a session to read with.
    pub fn is_ready(&self) -> bool {
        !self.is_draining() && self.source.is_ready()
    }

    /// Whether the service takes no new questions.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Takes no new question from now on.
    pub fn start_draining(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Waits until the reads under way have ended.
    pub async fn finish_reads(&self) {
        self.flights.finish().await;
    }
}

/// What is worth caching of a read.
///
/// # Errors
/// The read's own, unless it is a definitive answer.
fn definitive(read: Result<Reading, SourceError>) -> Result<Definitive, SourceError> {
    match read {
        Ok(reading) => Ok(Ok(reading)),
        Err(SourceError::NotAvailable(why)) if why.is_definitive() => Ok(Err(why)),
        Err(error) => Err(error),
    }
}
