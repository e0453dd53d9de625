//! What the service returns.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

use crate::cache::{CacheEntry, Lookup};
use crate::reading::{Reading, SourceKind, Timings};
use crate::wall_clock::to_the_second;
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

/// A timetable as callers get it, with where and when it was read.
#[derive(Debug, Serialize, ToSchema)]
pub struct Document<'a> {
    /// The timetable.
    #[serde(flatten)]
    timetable: &'a Timetable,
    /// What read it.
    source: SourceKind,
    /// When it was read: RFC 3339, UTC.
    fetched_at: String,
    /// Present and true where the times of a class in `not_drawn` are not known: hours without a
    /// class may be taken.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    incomplete: bool,
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
        Document {
            timetable: self.timetable(),
            source: self.reading.source,
            fetched_at: to_the_second(self.entry.fetched_at()).to_string(),
            incomplete: self.timetable().is_incomplete(),
        }
    }
}
