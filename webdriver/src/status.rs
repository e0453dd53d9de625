//! What each slot does now, and what happened since the start.

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;

use crate::{
    excerpt::Excerpt,
    site_fault::{LastSiteFault, SiteFault},
};

/// What a slot does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotState {
    /// Opening a session.
    Opening,
    /// A session waits for a visit.
    Idle,
    /// A visit runs.
    Busy,
    /// The visit is answered and the session is being cleaned.
    Cleaning,
    /// The last attempt to open a session failed; the next one is due later.
    Down,
    /// The fleet is shut down.
    Closed,
}

impl SlotState {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Opening,
        Self::Idle,
        Self::Busy,
        Self::Cleaning,
        Self::Down,
        Self::Closed,
    ];

    /// Its name, as it is serialized.
    pub fn name(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Idle => "idle",
            Self::Busy => "busy",
            Self::Cleaning => "cleaning",
            Self::Down => "down",
            Self::Closed => "closed",
        }
    }
}

/// Why a session was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// It reached its number of pages.
    Pages,
    /// It reached its age.
    Age,
    /// The browser or its driver died or gave wrong answers.
    Crashed,
    /// It missed a deadline.
    Timeout,
    /// It used more memory than [`crate::Limits::memory`].
    Memory,
    /// It used a processor while no visit ran, see [`crate::Limits::idle`].
    Cpu,
    /// The fleet was shut down.
    Shutdown,
}

impl CloseReason {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Pages,
        Self::Age,
        Self::Crashed,
        Self::Timeout,
        Self::Memory,
        Self::Cpu,
        Self::Shutdown,
    ];

    /// Its name, as it is serialized.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pages => "pages",
            Self::Age => "age",
            Self::Crashed => "crashed",
            Self::Timeout => "timeout",
            Self::Memory => "memory",
            Self::Cpu => "cpu",
            Self::Shutdown => "shutdown",
        }
    }
}

/// The state of the fleet at one moment.
#[derive(Debug, Clone, Serialize)]
pub struct FleetStatus {
    /// One entry for each configured slot.
    pub slots: Vec<SlotStatus>,
    /// Callers waiting for a session.
    pub queue: usize,
    /// Callers that may wait.
    pub queue_capacity: usize,
    /// The fleet is shutting down and takes no visits.
    pub draining: bool,
    /// Sessions opened since the start.
    pub opened: u64,
    /// Sessions that could not be opened since the start.
    pub failed_to_open: u64,
    /// Sessions ended since the start, by reason.
    pub closed: BTreeMap<CloseReason, u64>,
    /// Visits answered with a value.
    pub visits: u64,
    /// Visits tried a second time on a new session.
    pub retried: u64,
    /// Requests of pages to hosts that are not allowed.
    pub refused_requests: u64,
    /// Visits to which the site gave no document, by reason.
    pub site_faults: BTreeMap<SiteFault, u64>,
    /// The last of them.
    pub last_site_fault: Option<LastSiteFault>,
    /// Milliseconds since a session last answered a command; `None`: none has yet.
    pub last_answered_ms: Option<u64>,
    /// Moving mean of the time that a visit occupies a slot, with cleaning, in milliseconds.
    pub service_time_ms: f64,
    /// Whether the kernel kills the drivers when this process dies, even without the reaper
    /// (`setpriv`).
    pub drivers_tied: bool,
}

/// The state of a slot at one moment.
#[derive(Debug, Clone, Serialize)]
pub struct SlotStatus {
    /// What it does.
    pub state: SlotState,
    /// Milliseconds in that state.
    pub state_ms: u64,
    /// Age of its session in milliseconds, if it has one.
    pub age_ms: Option<u64>,
    /// Pages its session has shown.
    pub pages: u32,
    /// The process group of its driver and browser, if they are local.
    pub process_group: Option<u32>,
    /// The error, if it is down.
    pub error: Option<Excerpt>,
}

pub(crate) fn millis(duration: Duration) -> u64 {
    duration.as_millis() as u64
}
