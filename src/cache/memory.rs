//! The answers in memory, by moka: bounded in number and in bytes, removed at the end of their life.
//!
//! An answer's own age decides whether it is fresh. moka has a clock of its own and only removes answers
//! that can no longer serve.

use std::sync::Arc;
use std::time::{Duration, Instant as StdInstant};

use moka::Expiry;
use moka::future::Cache as Moka;

use super::counts::Contents;
use super::entry::CacheEntry;
use super::freshness::Freshness;
use timetable::share_link::Identifier;

/// Bytes of one place. A usual timetable takes half of it.
const PLACE_BYTES: u64 = 8 * 1024;

/// The answers in memory.
#[derive(Clone)]
pub(super) struct Memory {
    answers: Moka<Identifier, Arc<CacheEntry>>,
    pub(super) contents: Arc<Contents>,
}

impl Memory {
    /// Empty, with this number of places.
    pub(super) fn new(places: u64) -> Self {
        let contents = Arc::new(Contents::default());
        let left = Arc::clone(&contents);
        let answers = Moka::builder()
            .max_capacity(places)
            .weigher(|_, entry: &Arc<CacheEntry>| places_of(entry))
            .expire_after(EndOfLife)
            .eviction_listener(move |_, entry, cause| left.removed(entry.bytes, cause))
            .build();
        Self { answers, contents }
    }

    /// The answer about `identifier` and its freshness, if it may serve at all.
    pub(super) async fn get(
        &self,
        identifier: &Identifier,
    ) -> Option<(Arc<CacheEntry>, Freshness)> {
        let entry = self.answers.get(identifier).await?;
        let freshness = entry.freshness();
        (freshness != Freshness::Expired).then_some((entry, freshness))
    }

    /// Replaces the answer about `identifier`.
    pub(super) async fn put(&self, identifier: Identifier, entry: Arc<CacheEntry>) {
        self.contents.added(entry.bytes);
        self.answers.insert(identifier, entry).await;
    }
}

/// Places that an answer takes.
fn places_of(entry: &CacheEntry) -> u32 {
    u32::try_from(entry.bytes.div_ceil(PLACE_BYTES)).unwrap_or(u32::MAX)
}

/// When an answer can no longer serve.
struct EndOfLife;

impl Expiry<Identifier, Arc<CacheEntry>> for EndOfLife {
    fn expire_after_create(
        &self,
        _: &Identifier,
        entry: &Arc<CacheEntry>,
        _: StdInstant,
    ) -> Option<Duration> {
        Some(entry.rest())
    }

    /// By default moka keeps the end of the replaced answer.
    fn expire_after_update(
        &self,
        _: &Identifier,
        entry: &Arc<CacheEntry>,
        _: StdInstant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(entry.rest())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::CacheConfig;
    use crate::cache::age::Age;
    use crate::reading::{Reading, SourceKind, Timings};
    use timetable::{Class, Timetable};

    fn config(capacity: u64) -> CacheConfig {
        CacheConfig {
            capacity,
            ttl: Duration::from_mins(10),
            negative_ttl: Duration::from_secs(30),
            stale: Duration::from_hours(24),
            url: None,
        }
    }

    /// A timetable of one class, whose name has this number of bytes.
    fn sized(bytes: usize, capacity: u64) -> Arc<CacheEntry> {
        let class: Class = serde_json::from_value(serde_json::json!({
            "name": "x".repeat(bytes), "professor": "", "place": "", "color": null,
            "day": "mon", "start": "09:00", "end": "10:00",
        }))
        .unwrap();
        let timetable = Timetable {
            identifier: identifier(0),
            year: None,
            semester: None,
            title: None,
            days: Vec::new(),
            classes: vec![class],
            untimed: Vec::new(),
            not_drawn: Vec::new(),
            semesters: Vec::new(),
        };
        let reading = Reading {
            timetable,
            source: SourceKind::Browser,
            timings: Timings::default(),
        };
        let config = config(capacity);
        Arc::new(CacheEntry::new(
            &identifier(0),
            Ok(reading),
            Age::new(),
            &config,
        ))
    }

    fn identifier(n: u32) -> Identifier {
        format!("{n:020}").parse().unwrap()
    }

    async fn filled(answers: u32, bytes: usize, capacity: u64) -> Memory {
        let memory = Memory::new(capacity);
        for n in 0..answers {
            memory.put(identifier(n), sized(bytes, capacity)).await;
        }
        memory.answers.run_pending_tasks().await;
        memory
    }

    #[tokio::test]
    async fn usual_answers_are_bounded_by_number() {
        let memory = filled(50, 100, 10).await;
        assert_eq!(memory.contents.entries(), 10);
        assert_eq!(memory.answers.entry_count(), 10);
    }

    #[tokio::test]
    async fn big_answers_are_bounded_by_bytes() {
        // Each byte of JSON stands for three of memory.
        let three_places = PLACE_BYTES as usize * 5 / 6;
        let memory = filled(50, three_places, 10).await;
        assert_eq!(memory.contents.entries(), 3);
        assert!(memory.contents.bytes() <= 10 * PLACE_BYTES);
        let too_big = filled(1, 11 * PLACE_BYTES as usize, 10).await;
        assert_eq!(
            (too_big.contents.entries(), too_big.contents.bytes()),
            (0, 0)
        );
    }

    #[tokio::test]
    async fn an_answer_that_replaces_another_is_counted_once() {
        let memory = Memory::new(10);
        for bytes in [100, 200] {
            memory.put(identifier(1), sized(bytes, 10)).await;
        }
        assert_eq!(memory.contents.entries(), 1);
        assert_eq!(memory.contents.bytes(), sized(200, 10).bytes);
    }

    #[tokio::test]
    async fn a_cache_without_places_caches_nothing() {
        let memory = filled(3, 100, 0).await;
        assert!(memory.get(&identifier(1)).await.is_none());
    }
}
