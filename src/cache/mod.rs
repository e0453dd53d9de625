//! Answers kept for a while, and identical reads shared while they run.
//!
//! An answer is fresh at first, then given while it is read anew, then only while the site fails
//! ([`Freshness`]). moka bounds what is kept ([`kept`]), [`flights`] lets many callers share one
//! load, and [`shared`] lets several replicas share their answers.

mod answer;
mod counts;
mod flights;
mod freshness;
mod kept;
mod rendition;
mod shared;
mod weight;

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use utoipa::ToSchema;

pub use answer::{Absence, Answer, Seen};
use counts::Requests;
pub use counts::describe;
use flights::Flights;
pub use freshness::Freshness;
pub use kept::Kept;
use kept::Memory;
pub use rendition::Rendition;
use shared::Shared;
pub use shared::{CacheUrl, InvalidCacheUrl, SECONDS as SHARED_SECONDS, SharedStatus};

use crate::reading::Reading;
use crate::source::SourceError;
use timetable::share_link::Identifier;

/// Stale answers that are read anew at a time. More would take the place of callers who wait.
const REFRESHES: usize = 8;

/// How many answers are kept, for how long, and with whom they are shared.
#[derive(Debug, Clone)]
pub struct CacheConfig {
    /// `GONGGANG_CACHE_CAPACITY`: answers kept; 0 keeps none. One that is uncommonly big counts
    /// for several, so this bounds the memory too.
    pub capacity: u64,
    /// `GONGGANG_CACHE_TTL`: how long a timetable is fresh, give or take a tenth.
    pub ttl: Duration,
    /// `GONGGANG_CACHE_NEGATIVE_TTL`: lifetime of an empty timetable and of the fact that there is
    /// none to see.
    pub negative_ttl: Duration,
    /// `GONGGANG_CACHE_STALE`: how long a timetable that is no longer fresh may serve while the
    /// site fails; nothing that is not fresh serves longer than that.
    pub stale: Duration,
    /// `GONGGANG_CACHE_URL`: where replicas share their answers.
    pub url: Option<CacheUrl>,
}

/// What the cache had for a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// A fresh answer.
    Hit,
    /// A fresh answer, in the shared cache.
    Shared,
    /// A stale one, which is being read anew.
    Stale,
    /// An old one, and reading it anew failed.
    StaleIfError,
    /// Nothing good: it was read for this caller, or for another at the same time.
    Miss,
    /// It does not matter: this caller wanted it read.
    Refresh,
}

impl Lookup {
    /// Each of them, in the order of their numbers.
    pub const ALL: [Self; 6] = [
        Self::Hit,
        Self::Shared,
        Self::Stale,
        Self::StaleIfError,
        Self::Miss,
        Self::Refresh,
    ];

    /// Its name where it is counted.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Shared => "shared",
            Self::Stale => "stale",
            Self::StaleIfError => "stale_if_error",
            Self::Miss => "miss",
            Self::Refresh => "refresh",
        }
    }

    /// Whether the answer was read for this question.
    pub fn is_read(self) -> bool {
        matches!(self, Self::Miss | Self::Refresh)
    }
}

/// What a load ended with.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The answer, which is kept.
    pub kept: Arc<Kept>,
    /// Where it was found.
    pub lookup: Lookup,
}

/// The cache at one moment.
#[derive(Debug, Serialize, ToSchema)]
pub struct CacheStatus {
    /// Answers kept.
    entries: u64,
    /// Answers of usual size that may be kept.
    capacity: u64,
    /// Memory that those kept take, about.
    bytes: u64,
    /// Questions answered without waiting for a read.
    hits: u64,
    /// Of those, with an answer that was no longer fresh.
    stale: u64,
    /// Questions that waited for a read.
    misses: u64,
    /// The cache shared with other replicas; `null` without one.
    shared: Option<SharedStatus>,
}

/// The answers.
pub struct Cache {
    store: Store,
    flights: Flights,
    refreshes: Arc<Semaphore>,
    requests: Requests,
}

/// Where answers are kept, for the tasks that load them.
#[derive(Clone)]
struct Store {
    memory: Memory,
    shared: Option<Arc<Shared>>,
    config: Arc<CacheConfig>,
}

impl Cache {
    /// An empty cache whose loads `tracker` keeps count of, so that a shutdown can wait for them.
    ///
    /// Where `config` names a shared cache, this has to be called inside a Tokio runtime: the
    /// connection is made behind the scenes.
    pub fn new(config: CacheConfig, tracker: TaskTracker) -> Self {
        let store = Store {
            memory: Memory::new(config.capacity),
            shared: config.url.as_ref().map(|url| Arc::new(Shared::open(url))),
            config: Arc::new(config),
        };
        Self {
            store,
            flights: Flights::new(tracker),
            refreshes: Arc::new(Semaphore::new(REFRESHES)),
            requests: Requests::default(),
        }
    }

    /// What is kept for `identifier` and good for something, be it only while the site fails.
    pub async fn get(&self, identifier: &Identifier) -> Option<(Arc<Kept>, Freshness)> {
        self.store.memory.get(identifier).await
    }

    /// A fresh answer: from memory, from the shared cache, or read by `load`.
    ///
    /// Callers that ask for the same identifier at the same time share one load. The load's
    /// task goes on when they leave, so that the next one finds its answer.
    ///
    /// # Errors
    /// Whatever `load` failed with, unless it is a fact worth keeping.
    pub async fn load<F>(
        &self,
        identifier: &Identifier,
        load: F,
    ) -> Result<Loaded, Arc<SourceError>>
    where
        F: Future<Output = Result<Reading, SourceError>> + Send + 'static,
    {
        let (store, key) = (self.store.clone(), identifier.clone());
        let load = store.find_or_read(key, load);
        self.flights.join(identifier, load).await
    }

    /// The answer that `load` reads, whatever is kept. What is kept stays where that fails.
    ///
    /// Joins a read of the same identifier that is under way.
    ///
    /// # Errors
    /// As [`Cache::load`].
    pub async fn reload<F>(
        &self,
        identifier: &Identifier,
        load: impl Fn() -> F,
    ) -> Result<Loaded, Arc<SourceError>>
    where
        F: Future<Output = Result<Reading, SourceError>> + Send + 'static,
    {
        loop {
            let (store, key) = (self.store.clone(), identifier.clone());
            let load = store.read(key, load());
            let Loaded { kept, lookup } = self.flights.join(identifier, load).await?;
            // The load of another may have ended with what was in the shared cache.
            if lookup.is_read() {
                let lookup = Lookup::Refresh;
                return Ok(Loaded { kept, lookup });
            }
        }
    }

    /// Begins to read a stale answer anew, with nobody waiting; `deadline` is the load's.
    ///
    /// Does nothing if that is under way, was tried a moment ago, or if [`REFRESHES`] others are:
    /// the next question will try again.
    pub fn refresh<F>(&self, identifier: &Identifier, kept: &Kept, deadline: Instant, load: F)
    where
        F: Future<Output = Result<Reading, SourceError>> + Send + 'static,
    {
        let Ok(place) = Arc::clone(&self.refreshes).try_acquire_owned() else {
            return;
        };
        if !kept.claim(deadline) {
            return;
        }
        let load = self.store.clone().find_or_read(identifier.clone(), load);
        let load = async move {
            let _place = place;
            load.await
        };
        // Its task goes on by itself.
        drop(self.flights.join(identifier, load));
    }

    /// Counts a question that has been answered, or could not be.
    pub fn count(&self, lookup: Lookup) {
        self.requests.count(lookup);
    }

    /// What is in it right now.
    pub fn status(&self) -> CacheStatus {
        let of = |lookup| self.requests.of(lookup);
        let stale = of(Lookup::Stale) + of(Lookup::StaleIfError);
        CacheStatus {
            entries: self.store.memory.contents.entries(),
            capacity: self.store.config.capacity,
            bytes: self.store.memory.contents.bytes(),
            hits: of(Lookup::Hit) + of(Lookup::Shared) + stale,
            stale,
            misses: of(Lookup::Miss) + of(Lookup::Refresh),
            shared: self.store.shared.as_ref().map(|shared| shared.status()),
        }
    }
}

impl Store {
    async fn find_or_read(
        self,
        identifier: Identifier,
        load: impl Future<Output = Result<Reading, SourceError>>,
    ) -> Result<Loaded, SourceError> {
        match self.find(&identifier).await {
            Some(found) => Ok(found),
            None => self.read(identifier, load).await,
        }
    }

    async fn find(&self, identifier: &Identifier) -> Option<Loaded> {
        // Between this caller's look and its load another load may have ended.
        let kept = self.memory.get(identifier).await;
        if let Some((kept, Freshness::Fresh)) = kept {
            return Some(Loaded {
                kept,
                lookup: Lookup::Hit,
            });
        }
        let answer = self.shared.as_ref()?.get(identifier).await?;
        if kept.is_some_and(|(kept, _)| kept.answer.age() <= answer.age()) {
            return None;
        }
        // One that is old is kept as well: it may have to serve if the site fails now.
        let kept = self.keep(identifier.clone(), answer).await;
        (kept.freshness() == Freshness::Fresh).then_some(Loaded {
            kept,
            lookup: Lookup::Shared,
        })
    }

    async fn read(
        self,
        identifier: Identifier,
        load: impl Future<Output = Result<Reading, SourceError>>,
    ) -> Result<Loaded, SourceError> {
        let answer = Answer::of(load.await)?;
        let kept = self.keep(identifier.clone(), answer).await;
        if let Some(shared) = &self.shared {
            shared.put(identifier, Arc::clone(&kept));
        }
        Ok(Loaded {
            kept,
            lookup: Lookup::Miss,
        })
    }

    async fn keep(&self, identifier: Identifier, answer: Answer) -> Arc<Kept> {
        let kept = Arc::new(Kept::new(&identifier, answer, &self.config));
        self.memory.put(identifier, Arc::clone(&kept)).await;
        kept
    }
}
