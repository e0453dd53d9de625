//! The answers in memory, by moka: bounded in number and in bytes, gone at the end of their life.
//!
//! Whether an answer is fresh is decided by its own age. moka, which has a clock of its own, only
//! forgets what is good for nothing any more.

use std::sync::Arc;
use std::time::{Duration, Instant as StdInstant};

use moka::Expiry;
use moka::future::Cache as Moka;
use parking_lot::Mutex;
use tokio::time::Instant;

use super::CacheConfig;
use super::answer::Answer;
use super::counts::Contents;
use super::freshness::{Freshness, Lifetime};
use super::rendition::{Rendition, Slot};
use super::weight::bytes;
use crate::pseudonym::Pseudonym;
use timetable::share_link::Identifier;

/// Bytes that an answer may have for one place. A usual timetable has a half of it.
pub(super) const PLACE_BYTES: u64 = 8 * 1024;
/// moka takes no longer lifetimes than this.
const LONGEST: Duration = Duration::from_hours(24 * 365);

/// An answer that is kept.
#[derive(Debug)]
pub struct Kept {
    /// The answer.
    pub answer: Answer,
    /// Under which name it stands in the log.
    pub pseudonym: Pseudonym,
    lifetime: Lifetime,
    bytes: u64,
    rendition: Slot,
    /// Until when a refresh of it may still be under way.
    refreshing_until: Mutex<Option<Instant>>,
}

impl Kept {
    pub(super) fn new(identifier: &Identifier, answer: Answer, config: &CacheConfig) -> Self {
        let answer = answer.compact();
        Self {
            lifetime: Lifetime::of(&answer, config),
            bytes: bytes(&answer),
            rendition: Slot::default(),
            refreshing_until: Mutex::default(),
            pseudonym: Pseudonym::of(identifier),
            answer,
        }
    }

    /// What it is good for now.
    pub fn freshness(&self) -> Freshness {
        self.lifetime.at(self.answer.age())
    }

    /// The answer written down, by `write` if it has not been yet.
    ///
    /// # Errors
    /// Those of `write`.
    pub fn rendition<E>(
        &self,
        write: impl FnOnce() -> Result<Rendition, E>,
    ) -> Result<Rendition, E> {
        self.rendition.get_or_write(write)
    }

    /// For how many seconds it is fresh yet at that age; below zero, since how many it no longer is.
    pub fn ttl_at(&self, age: Duration) -> i64 {
        let fresh = self.lifetime.fresh;
        let seconds = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        match fresh.checked_sub(age) {
            Some(rest) => seconds(rest),
            None => -seconds(age.saturating_sub(fresh)),
        }
    }

    /// How long it may serve at all from now on.
    pub(super) fn rest(&self) -> Duration {
        self.lifetime
            .end
            .saturating_sub(self.answer.age())
            .min(LONGEST)
    }

    /// Whether the caller may begin to refresh it, by `deadline`. True for one caller until then: a
    /// refresh that failed leaves its answer behind, which should not be tried at every request.
    pub(super) fn claim(&self, deadline: Instant) -> bool {
        let mut until = self.refreshing_until.lock();
        let is_free = until.is_none_or(|until| until <= Instant::now());
        if is_free {
            *until = Some(deadline);
        }
        is_free
    }

    /// Places that it takes up.
    fn places(&self) -> u32 {
        u32::try_from(self.bytes.div_ceil(PLACE_BYTES)).unwrap_or(u32::MAX)
    }
}

/// The answers in memory.
#[derive(Clone)]
pub(super) struct Memory {
    answers: Moka<Identifier, Arc<Kept>>,
    pub(super) contents: Arc<Contents>,
}

impl Memory {
    /// Empty, with so many places.
    pub(super) fn new(places: u64) -> Self {
        let contents = Arc::new(Contents::default());
        let left = Arc::clone(&contents);
        let answers = Moka::builder()
            .max_capacity(places)
            .weigher(|_, kept: &Arc<Kept>| kept.places())
            .expire_after(EndOfLife)
            .eviction_listener(move |_, kept, cause| left.removed(kept.bytes, cause))
            .build();
        Self { answers, contents }
    }

    /// What is kept for `identifier`, and for what it is good, if for anything.
    pub(super) async fn get(&self, identifier: &Identifier) -> Option<(Arc<Kept>, Freshness)> {
        let kept = self.answers.get(identifier).await?;
        let freshness = kept.freshness();
        (freshness != Freshness::Dead).then_some((kept, freshness))
    }

    /// Keeps it instead of what was kept.
    pub(super) async fn put(&self, identifier: Identifier, kept: Arc<Kept>) {
        self.contents.added(kept.bytes);
        self.answers.insert(identifier, kept).await;
    }
}

/// When an answer is good for nothing any more.
struct EndOfLife;

impl Expiry<Identifier, Arc<Kept>> for EndOfLife {
    fn expire_after_create(
        &self,
        _: &Identifier,
        kept: &Arc<Kept>,
        _: StdInstant,
    ) -> Option<Duration> {
        Some(kept.rest())
    }

    /// Else the new answer would end with the one it replaces.
    fn expire_after_update(
        &self,
        _: &Identifier,
        kept: &Arc<Kept>,
        _: StdInstant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(kept.rest())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::answer::Answer;
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

    /// One class whose name has so many bytes.
    fn sized(bytes: usize, capacity: u64) -> Arc<Kept> {
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
        let answer = Answer::of(Ok(Reading {
            timetable,
            source: SourceKind::Browser,
            timings: Timings::default(),
        }));
        Arc::new(Kept::new(
            &identifier(0),
            answer.unwrap(),
            &config(capacity),
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
        // Once in the timetable and once where it is written down.
        let three_places = PLACE_BYTES as usize + 1;
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
    async fn a_cache_without_places_keeps_nothing() {
        let memory = filled(3, 100, 0).await;
        assert!(memory.get(&identifier(1)).await.is_none());
    }
}
