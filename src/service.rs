//! From a link to an answer: cache, then source. Knows no framework and no interface.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::Serialize;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::cache::{Answer, Cache, CacheConfig, Lookup};
use crate::fault::Fault;
use crate::interest::Interests;
use crate::metrics;
use crate::source::{Read, Source, SourceError, SourceKind};
use crate::timetable::Timetable;
use crate::timetable::share_link::{Identifier, ShareLink};

/// Answers links.
pub struct Service {
    source: Arc<dyn Source>,
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
    /// The answer it is part of.
    pub answer: Answer,
    /// Whether it was already there.
    pub lookup: Lookup,
}

/// A timetable as callers get it, with where and when it was read.
#[derive(Debug, Serialize)]
pub struct Document<'a> {
    /// The timetable.
    #[serde(flatten)]
    timetable: &'a Timetable,
    /// What read it.
    source: SourceKind,
    /// When it was read: RFC 3339, UTC.
    fetched_at: String,
}

impl Found {
    /// The timetable for a caller.
    pub fn document(&self) -> Document<'_> {
        Document {
            timetable: &self.timetable,
            source: self.answer.source,
            fetched_at: humantime::format_rfc3339_seconds(self.answer.fetched_at).to_string(),
        }
    }
}

impl Service {
    /// A service that reads from `source` and keeps what it read.
    pub fn new(source: Arc<dyn Source>, cache: CacheConfig, request_timeout: Duration) -> Self {
        let loads = TaskTracker::new();
        Self {
            source,
            cache: Cache::new(cache, loads.clone()),
            interests: Interests::default(),
            request_timeout,
            loads,
            draining: AtomicBool::new(false),
        }
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
        if self.is_draining() {
            return Err(Fault::Draining);
        }
        let deadline = Instant::now() + self.request_timeout;
        let (answer, lookup) = timeout_at(deadline, self.answer(link.identifier(), deadline))
            .await
            .unwrap_or_else(|_| {
                Err(Fault::Timeout {
                    step: "request".to_owned(),
                })
            })?;
        let timetable = answer.outcome.clone()?;
        Ok(Found {
            timetable,
            answer,
            lookup,
        })
    }

    /// A caller may join a read just as the others leave it and it is given up; then it begins
    /// another.
    async fn answer(
        &self,
        identifier: &Identifier,
        deadline: Instant,
    ) -> Result<(Answer, Lookup), Fault> {
        loop {
            let interest = self.interests.join(identifier);
            let load = self.load(identifier.clone(), deadline, interest.abandoned());
            match self.cache.get_or_load(identifier, load).await {
                Err(error) if matches!(*error, SourceError::Abandoned) => {}
                answer => return answer.map_err(|error| Arc::unwrap_or_clone(error).into()),
            }
        }
    }

    fn load(
        &self,
        identifier: Identifier,
        deadline: Instant,
        abandoned: CancellationToken,
    ) -> impl Future<Output = Result<Read, SourceError>> + Send + use<> {
        let source = Arc::clone(&self.source);
        async move {
            let read = source.read(&identifier, deadline, abandoned).await;
            metrics::count_read(&read);
            read
        }
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
