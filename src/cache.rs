//! Answers kept for a while, and identical reads shared while they run.
//!
//! Built on moka, which gives capacity, a lifetime for each entry and one load for many callers.
//! A load runs in a task of its own: moka would start another if the caller that leads it left.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use moka::Expiry;
use moka::future::Cache as Moka;
use tokio_util::task::TaskTracker;

use crate::source::{Read, SourceError, SourceKind, Timings};
use crate::timetable::Timetable;
use crate::timetable::reading::Unread;
use crate::timetable::share_link::Identifier;

/// How many answers are kept, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct CacheConfig {
    /// `GONGGANG_CACHE_CAPACITY`: answers kept; 0 keeps none.
    pub capacity: u64,
    /// `GONGGANG_CACHE_TTL`: lifetime of a timetable.
    pub ttl: Duration,
    /// `GONGGANG_CACHE_NEGATIVE_TTL`: lifetime of an empty timetable and of the fact that there is
    /// none to see.
    pub negative_ttl: Duration,
}

/// What is known of an identifier.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The timetable, or the stable fact that there is none to see.
    pub outcome: Result<Arc<Timetable>, Absence>,
    /// What read it.
    pub source: SourceKind,
    /// When it was read.
    pub fetched_at: SystemTime,
    /// What reading it took.
    pub timings: Timings,
}

impl Answer {
    /// How long ago it was read.
    pub fn age(&self) -> Duration {
        // A clock that was set back makes an answer new, never old.
        self.fetched_at.elapsed().unwrap_or_default()
    }

    fn has_classes(&self) -> bool {
        self.outcome
            .as_ref()
            .is_ok_and(|timetable| !timetable.has_no_classes())
    }
}

/// Facts that outlast a moment. Faults of the site or of ours do not, and are never kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// The site knows no such identifier.
    NotFound,
    /// Its owner does not show it.
    NotPublic,
    /// Its owner has none that term.
    NoTimetable,
}

impl Absence {
    fn from_error(error: &SourceError) -> Option<Self> {
        match error {
            SourceError::Unread(Unread::NotFound) => Some(Self::NotFound),
            SourceError::Unread(Unread::NotPublic) => Some(Self::NotPublic),
            SourceError::Unread(Unread::NoTimetable) => Some(Self::NoTimetable),
            _ => None,
        }
    }
}

/// Whether an answer was already there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// It was.
    Hit,
    /// It was read for this caller, or for another at the same time.
    Miss,
    /// It was read because this caller would not have a kept one.
    Refresh,
}

impl Lookup {
    /// Name in logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Miss => "miss",
            Self::Refresh => "refresh",
        }
    }
}

/// The answers.
#[derive(Clone)]
pub struct Cache {
    answers: Moka<Identifier, Answer>,
    config: CacheConfig,
    loads: TaskTracker,
}

impl Cache {
    /// An empty cache whose loads `tracker` keeps count of, so that a shutdown can wait for them.
    pub fn new(config: CacheConfig, tracker: TaskTracker) -> Self {
        let answers = Moka::builder()
            .max_capacity(config.capacity)
            .expire_after(Lifetimes(config))
            .build();
        Self {
            answers,
            config,
            loads: tracker,
        }
    }

    /// The answer that `load` reads, whatever is kept.
    ///
    /// Joins a load of the same identifier that is under way. The kept answer is given up at once,
    /// also where the load then fails: whoever asks for a fresh one has a reason to doubt it.
    ///
    /// # Errors
    /// As [`Cache::get_or_load`].
    pub async fn refresh<F>(
        &self,
        identifier: &Identifier,
        load: F,
    ) -> Result<(Answer, Lookup), Arc<SourceError>>
    where
        F: Future<Output = Result<Read, SourceError>> + Send + 'static,
    {
        self.answers.invalidate(identifier).await;
        let (answer, _) = self.get_or_load(identifier, load).await?;
        Ok((answer, Lookup::Refresh))
    }

    /// For how long `answer` will still be given; zero once it is due to be read again.
    pub fn remaining(&self, answer: &Answer) -> Duration {
        self.config.lifetime(answer).saturating_sub(answer.age())
    }

    /// The answer kept for `identifier`, or the one that `load` reads.
    ///
    /// Callers that ask for the same identifier at the same time share one load. The load's
    /// task goes on when they leave, so that the next one finds its answer.
    ///
    /// # Errors
    /// Whatever `load` failed with, unless it is a fact worth keeping.
    pub async fn get_or_load<F>(
        &self,
        identifier: &Identifier,
        load: F,
    ) -> Result<(Answer, Lookup), Arc<SourceError>>
    where
        F: Future<Output = Result<Read, SourceError>> + Send + 'static,
    {
        if let Some(answer) = self.answers.get(identifier).await {
            return Ok((answer, Lookup::Hit));
        }
        let (answers, key) = (self.answers.clone(), identifier.clone());
        let shared = async move { answers.try_get_with(key, keepable(load)).await };
        let answer = self.loads.spawn(shared).await.unwrap_or_else(|died| {
            // What a panic said may quote the page.
            Err(Arc::new(SourceError::Internal {
                reason: format!(
                    "the read's task {}",
                    if died.is_panic() { "panicked" } else { "ended" }
                ),
            }))
        })?;
        Ok((answer, Lookup::Miss))
    }

    /// Answers kept, about.
    pub fn len(&self) -> u64 {
        self.answers.entry_count()
    }

    /// Answers that may be kept.
    pub fn capacity(&self) -> u64 {
        self.config.capacity
    }

    /// Whether none is kept, about.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Turns what a load ends with into what is kept, or into the error it remains.
async fn keepable(
    load: impl Future<Output = Result<Read, SourceError>>,
) -> Result<Answer, SourceError> {
    let (outcome, source, timings) = match load.await {
        Ok(read) => (Ok(Arc::new(read.timetable)), read.source, read.timings),
        Err(error) => {
            let absence = Absence::from_error(&error).ok_or(error)?;
            (Err(absence), SourceKind::Browser, Timings::default())
        }
    };
    Ok(Answer {
        outcome,
        source,
        fetched_at: SystemTime::now(),
        timings,
    })
}

/// Timetables live longer than the fact that there is none.
struct Lifetimes(CacheConfig);

impl CacheConfig {
    fn lifetime(&self, answer: &Answer) -> Duration {
        if answer.has_classes() {
            self.ttl
        } else {
            self.negative_ttl
        }
    }
}

impl Expiry<Identifier, Answer> for Lifetimes {
    fn expire_after_create(&self, _: &Identifier, answer: &Answer, _: Instant) -> Option<Duration> {
        Some(self.0.lifetime(answer))
    }
}
