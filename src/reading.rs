//! What a source returns: a timetable and what reading it took.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::wall_clock::to_the_second;
use timetable::Timetable;

/// A timetable as a source read it. Only the timetable and its source are shared with other replicas.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reading {
    /// The timetable.
    pub timetable: Timetable,
    /// What read it.
    pub source: SourceKind,
    /// How long each step took; zero where another replica read it.
    #[serde(skip)]
    pub timings: Timings,
}

impl Reading {
    /// The timetable as callers get it, read at `fetched_at`.
    pub fn document(&self, fetched_at: SystemTime) -> Document<'_> {
        Document {
            timetable: &self.timetable,
            source: self.source,
            fetched_at: to_the_second(fetched_at).to_string(),
            incomplete: self.timetable.is_incomplete(),
        }
    }
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

/// What reads a timetable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// The rendered page.
    Browser,
    /// The API behind the page.
    Api,
}

impl SourceKind {
    /// Name in answers, logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            SourceKind::Browser => "browser",
            SourceKind::Api => "api",
        }
    }
}

/// Durations of the steps of one read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Timings {
    /// Waiting for a session.
    pub queue: Duration,
    /// From the navigation until the page was drawn and read.
    pub render: Duration,
    /// Turning the page's figures or the API's answer into a timetable.
    pub read: Duration,
}
