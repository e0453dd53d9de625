//! What a source returns: a timetable and what reading it took.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
