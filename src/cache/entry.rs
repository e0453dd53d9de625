//! One cached answer.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use tokio::time::Instant;

use super::age::Age;
use super::config::CacheConfig;
use super::freshness::{Freshness, Lifetime};
use super::json::{self, Json};
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
    /// The timetable as JSON; `None` without one.
    pub json: Option<Json>,
    /// Memory that it takes.
    pub(super) bytes: u64,
    age: Age,
    lifetime: Lifetime,
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
        let json = reading.and_then(|reading| Json::write(reading, age.fetched_at));
        Self {
            bytes: json::weight(json.as_ref()),
            json,
            lifetime: Lifetime::new(has_classes, config),
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
