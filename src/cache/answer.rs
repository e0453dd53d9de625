//! What is known of an identifier, and since when.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::reading::{Reading, SourceKind, Timings};
use crate::source::SourceError;
use timetable::Timetable;
use timetable::reading::NotAvailable;

/// What is known of an identifier.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The timetable, or the stable fact that there is none to see.
    pub outcome: Result<Seen, Absence>,
    /// When it was read, by the clock on the wall.
    pub fetched_at: SystemTime,
    /// What reading it took.
    pub timings: Timings,
    /// How old it was when it came here: another replica may have read it.
    age_on_arrival: Duration,
    /// By the clock that nobody sets back.
    arrived_at: Instant,
}

/// A timetable and what read it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Seen {
    /// The timetable.
    pub timetable: Arc<Timetable>,
    /// What read it.
    pub source: SourceKind,
}

/// Facts that outlast a moment. Faults of the site or of ours do not, and are never kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Absence {
    /// The site knows no such identifier.
    NotFound,
    /// Its owner does not show it.
    NotPublic,
    /// Its owner has none that term.
    NoTimetable,
}

impl Answer {
    /// What a read that ended just now came to.
    ///
    /// # Errors
    /// The read's own, unless it is a fact worth keeping.
    pub(super) fn of(read: Result<Reading, SourceError>) -> Result<Self, SourceError> {
        let (outcome, timings) = match read {
            Ok(read) => (
                Ok(Seen::from_read(read.timetable, read.source)),
                read.timings,
            ),
            Err(error) => {
                let absence = Absence::from_error(&error).ok_or(error)?;
                (Err(absence), Timings::default())
            }
        };
        Ok(Self {
            outcome,
            fetched_at: SystemTime::now(),
            timings,
            age_on_arrival: Duration::ZERO,
            arrived_at: Instant::now(),
        })
    }

    /// What another replica read at `fetched_at`.
    pub(super) fn of_another(outcome: Result<Seen, Absence>, fetched_at: SystemTime) -> Self {
        Self {
            outcome,
            fetched_at,
            timings: Timings::default(),
            // Clocks differ a little: what another has read cannot be younger than nothing.
            age_on_arrival: fetched_at.elapsed().unwrap_or_default(),
            arrived_at: Instant::now(),
        }
    }

    /// How long ago it was read, by whichever clock says longer: the one on the wall may have been
    /// set back, and the other one stands still while the machine sleeps.
    pub fn age(&self) -> Duration {
        let since_arrival = self.arrived_at.elapsed();
        let by_wall = self.fetched_at.elapsed().unwrap_or_default();
        self.age_on_arrival
            .saturating_add(since_arrival)
            .max(by_wall)
    }

    /// The same in memory of its own size. What a reader made has room to grow, and giving that back
    /// would leave holes that fit nothing.
    pub(super) fn compact(mut self) -> Self {
        if let Ok(seen) = &mut self.outcome {
            seen.timetable = Arc::new(Timetable::clone(&seen.timetable));
        }
        self
    }

    pub(super) fn has_classes(&self) -> bool {
        self.outcome
            .as_ref()
            .is_ok_and(|seen| !seen.timetable.has_no_classes())
    }
}

impl Seen {
    fn from_read(timetable: Timetable, source: SourceKind) -> Self {
        Self {
            timetable: Arc::new(timetable),
            source,
        }
    }
}

impl Absence {
    fn from_error(error: &SourceError) -> Option<Self> {
        match error {
            SourceError::NotAvailable(NotAvailable::NotFound) => Some(Self::NotFound),
            SourceError::NotAvailable(NotAvailable::NotPublic) => Some(Self::NotPublic),
            SourceError::NotAvailable(NotAvailable::NoTimetable) => Some(Self::NoTimetable),
            _ => None,
        }
    }
}
