//! Answers cached in memory and, if configured, shared with other replicas.
//!
//! An answer is fresh at first. Later it still serves while a read renews it, and in the end only while
//! the site fails ([`Freshness`]).

mod age;
mod config;
mod counts;
mod entry;
mod freshness;
mod json;
mod lookup;
mod memory;
mod shared;
mod url;

use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use age::Age;
pub use config::CacheConfig;
use counts::Requests;
pub use entry::{CacheEntry, Definitive};
pub use freshness::Freshness;
pub use json::Json;
pub use lookup::Lookup;
use memory::Memory;
use shared::SharedCache;
pub use shared::{SECONDS as SHARED_SECONDS, SharedStatus};
use timetable::share_link::Identifier;
pub use url::{CacheUrl, InvalidCacheUrl};

/// Describes the cache's metrics.
pub fn describe() {
    counts::describe();
    shared::describe();
}

/// The cache at one moment.
#[derive(Debug, Serialize, ToSchema)]
pub struct CacheStatus {
    /// Cached answers.
    entries: u64,
    /// Answers of usual size that fit into the cache.
    capacity: u64,
    /// Approximate memory of the cached answers.
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
    memory: Memory,
    shared: Option<SharedCache>,
    config: CacheConfig,
    requests: Requests,
}

impl Cache {
    /// An empty cache.
    ///
    /// Where `config` names a shared cache, this needs a Tokio runtime: a background task connects.
    pub fn new(config: CacheConfig) -> Self {
        Self {
            memory: Memory::new(config.capacity),
            shared: config.url.as_ref().map(SharedCache::open),
            config,
            requests: Requests::default(),
        }
    }

    /// The answer in memory about `identifier`, if it may still serve at all.
    pub async fn get(&self, identifier: &Identifier) -> Option<(Arc<CacheEntry>, Freshness)> {
        self.memory.get(identifier).await
    }

    /// A fresh answer about `identifier`, from memory or from the shared cache.
    pub async fn find_fresh(&self, identifier: &Identifier) -> Option<(Arc<CacheEntry>, Lookup)> {
        let cached = self.memory.get(identifier).await;
        if let Some((entry, Freshness::Fresh)) = cached {
            return Some((entry, Lookup::Hit));
        }
        let (outcome, age) = self.shared.as_ref()?.get(identifier).await?;
        if cached.is_some_and(|(entry, _)| entry.age() <= age.elapsed()) {
            return None;
        }
        // An old answer is cached too: it may have to serve if the site fails now.
        let entry = self.remember(identifier, outcome, age).await;
        (entry.freshness() == Freshness::Fresh).then_some((entry, Lookup::Shared))
    }

    /// Caches an answer that was read just now, here and in the shared cache.
    pub async fn insert(&self, identifier: &Identifier, outcome: Definitive) -> Arc<CacheEntry> {
        let entry = self.remember(identifier, outcome, Age::new()).await;
        if let Some(shared) = &self.shared {
            shared.put(identifier.clone(), Arc::clone(&entry));
        }
        entry
    }

    async fn remember(
        &self,
        identifier: &Identifier,
        outcome: Definitive,
        age: Age,
    ) -> Arc<CacheEntry> {
        let entry = Arc::new(CacheEntry::new(identifier, outcome, age, &self.config));
        self.memory
            .put(identifier.clone(), Arc::clone(&entry))
            .await;
        entry
    }

    /// Counts a question and what the cache had for it.
    pub fn count(&self, lookup: Lookup) {
        self.requests.count(lookup);
    }

    /// The cache now.
    pub fn status(&self) -> CacheStatus {
        let of = |lookup| self.requests.of(lookup);
        let stale = of(Lookup::Stale) + of(Lookup::StaleIfError);
        CacheStatus {
            entries: self.memory.contents.entries(),
            capacity: self.config.capacity,
            bytes: self.memory.contents.bytes(),
            hits: of(Lookup::Hit) + of(Lookup::Shared) + stale,
            stale,
            misses: of(Lookup::Miss) + of(Lookup::Refresh),
            shared: self.shared.as_ref().map(SharedCache::status),
        }
    }
}
