//! One cached answer.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use tokio::time::Instant;

use super::age::Age;
use super::config::CacheConfig;
use super::freshness::{Freshness, Lifetime};
use super::rendition::{Rendition, Slot};
use super::weight;
use crate::pseudonym::Pseudonym;
use crate::reading::Reading;
use timetable::NotAvailable;
use timetable::share_link::Identifier;

/// moka takes no longer lifetimes.
const LONGEST: Duration = Duration::from_hours(24 * 365);

/// An answer worth caching: a timetable, or a definitive answer that there is none.
pub type Definitive = Result<Reading, NotAvailable>;

/// A cached answer.
#[derive(Debug)]
pub struct CacheEntry {
    /// The timetable, or the definitive answer that there is none.
    pub outcome: Result<Arc<Reading>, NotAvailable>,
    /// The timetable's name in the log.
    pub pseudonym: Pseudonym,
    /// Memory that it takes, its rendition included.
    pub(super) bytes: u64,
    age: Age,
    lifetime: Lifetime,
    rendition: Slot,
    /// Until when a refresh of it may be under way.
    refreshing_until: Mutex<Option<Instant>>,
}

impl CacheEntry {
    pub(super) fn new(
        identifier: &Identifier,
        outcome: Definitive,
        age: Age,
        config: &CacheConfig,
    ) -> Self {
        // A copy takes memory of its own size. A reader's strings and lists have room to grow, and
        // shrinking them would leave holes that fit nothing.
        let outcome = outcome.map(|reading| Arc::new(reading.clone()));
        let reading = outcome.as_deref().ok();
        let has_classes = reading.is_some_and(|reading| !reading.timetable.has_no_classes());
        Self {
            bytes: weight::bytes(size_of::<Self>(), reading),
            lifetime: Lifetime::new(has_classes, config),
            rendition: Slot::default(),
            refreshing_until: Mutex::default(),
            pseudonym: Pseudonym::of(identifier),
            age,
            outcome,
        }
    }

    /// When it was read, by the wall clock.
    pub fn fetched_at(&self) -> SystemTime {
        self.age.fetched_at
    }

    /// How long ago it was read.
    pub fn age(&self) -> Duration {
        self.age.elapsed()
    }

    pub(super) fn freshness(&self) -> Freshness {
        self.lifetime.at(self.age())
    }

    /// The answer as JSON; `write` makes it the first time.
    ///
    /// # Errors
    /// Those of `write`.
    pub fn rendition<E>(
        &self,
        write: impl FnOnce() -> Result<Rendition, E>,
    ) -> Result<Rendition, E> {
        self.rendition.get_or_write(write)
    }

    /// Seconds of freshness left at that age; negative once stale.
    pub fn ttl_at(&self, age: Duration) -> i64 {
        let fresh = self.lifetime.fresh;
        let seconds = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        match fresh.checked_sub(age) {
            Some(rest) => seconds(rest),
            None => -seconds(age.saturating_sub(fresh)),
        }
    }

    /// How long it may still serve.
    pub(super) fn rest(&self) -> Duration {
        let rest = self.lifetime.end.saturating_sub(self.age());
        rest.min(LONGEST)
    }

    /// Claims the next refresh, which ends by `deadline`. Until then it is false for every other
    /// caller: after a failed refresh, not every request should try again.
    pub fn claim_refresh(&self, deadline: Instant) -> bool {
        let mut until = self.refreshing_until.lock();
        let is_free = until.is_none_or(|until| until <= Instant::now());
        if is_free {
            *until = Some(deadline);
        }
        is_free
    }
}
