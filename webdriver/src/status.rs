//! The fleet seen from outside: what each slot does, and what happened since the start.

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
    /// The visit is answered; the session is being cleaned.
    Cleaning,
    /// The last attempt to open a session failed; the next one is due later.
    Down,
    /// The fleet is shut down.
    Closed,
}

impl SlotState {
    /// All of them.
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
    /// It had shown its number of pages.
    Pages,
    /// It had its age.
    Age,
    /// It or its driver died or stopped making sense.
    Crashed,
    /// It missed a deadline.
    Timeout,
    /// It took more memory than it may.
    Memory,
    /// It used a processor while no visit ran.
    Cpu,
    /// The fleet ended.
    Shutdown,
}

impl CloseReason {
    /// All of them.
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

/// The fleet at one moment.
#[derive(Debug, Clone, Serialize)]
pub struct FleetStatus {
    /// One entry for each slot, always as many as configured.
    pub slots: Vec<SlotStatus>,
    /// Callers waiting for a session.
    pub queue: usize,
    /// Callers that may wait.
    pub queue_capacity: usize,
    /// No new visits are taken.
    pub draining: bool,
    /// Sessions opened since the start.
    pub opened: u64,
    /// Sessions that could not be opened since the start.
    pub failed_to_open: u64,
    /// Sessions ended since the start, by reason.
    pub closed: BTreeMap<CloseReason, u64>,
    /// Visits answered with a value.
    pub visits: u64,
    /// Visits tried a second time on a fresh session.
    pub retried: u64,
    /// Requests of pages that the browser refused (hosts that are not allowed).
    pub refused_requests: u64,
    /// Visits since the start to which the site gave no document, by why.
    pub site_faults: BTreeMap<SiteFault, u64>,
    /// The last of them.
    pub last_site_fault: Option<LastSiteFault>,
    /// Milliseconds since any session last answered a command; `None`: none ever did.
    pub last_answered_ms: Option<u64>,
    /// What a visit keeps a slot busy for, in milliseconds, cleaning included: a moving mean.
    pub service_time_ms: f64,
    /// Whether drivers end with this process even if its reaper is killed too (`setpriv`).
    pub drivers_tied: bool,
}

/// One slot at one moment.
#[derive(Debug, Clone, Serialize)]
pub struct SlotStatus {
    /// What it does.
    pub state: SlotState,
    /// For how many milliseconds it has done that.
    pub state_ms: u64,
    /// Age of its session in milliseconds, if it has one.
    pub age_ms: Option<u64>,
    /// Pages its session has shown.
    pub pages: u32,
    /// The process group of its driver and browser, if they are ours.
    pub process_group: Option<u32>,
    /// Why it is down.
    pub error: Option<Excerpt>,
}

pub(crate) fn millis(duration: Duration) -> u64 {
    duration.as_millis() as u64
}
