//! What the service returns.

use std::sync::Arc;
use std::time::Duration;

use crate::cache::{CacheEntry, Lookup};
use crate::reading::{Document, Reading, Timings};
use timetable::NotAvailable;
use timetable::Timetable;

/// A timetable and where it came from.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The timetable and what read it.
    pub reading: Arc<Reading>,
    /// The cache entry that holds it.
    pub entry: Arc<CacheEntry>,
    /// What the cache had for the question.
    pub lookup: Lookup,
    /// Seconds of freshness left; negative once stale.
    pub ttl: i64,
    /// How long ago it was read.
    pub age: Duration,
}

impl Answer {
    /// # Errors
    /// The definitive answer that there is no timetable, if `entry` is one.
    pub(super) fn new(entry: Arc<CacheEntry>, lookup: Lookup) -> Result<Self, NotAvailable> {
        let reading = entry.outcome.clone()?;
        let age = entry.age();
        Ok(Self {
            reading,
            lookup,
            ttl: entry.ttl_at(age),
            age,
            entry,
        })
    }

    /// The timetable.
    pub fn timetable(&self) -> &Timetable {
        &self.reading.timetable
    }

    /// What the caller waited for: nothing, if the answer was cached.
    pub fn waited(&self) -> Timings {
        if self.lookup.is_read() {
            self.reading.timings
        } else {
            Timings::default()
        }
    }

    /// The timetable as callers get it.
    pub fn document(&self) -> Document<'_> {
        self.reading.document(self.entry.fetched_at())
    }
}
