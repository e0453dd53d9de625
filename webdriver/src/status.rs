//! The fleet seen from outside: what each slot does, and what happened since the start.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

use parking_lot::{Mutex, MutexGuard};
use serde::Serialize;

use crate::{
    excerpt::Excerpt,
    site_fault::{LastSiteFault, SiteFault, SiteFaults},
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

/// A slot's own record. Only its slot task writes it.
#[derive(Debug)]
struct SlotRecord {
    state: SlotState,
    since: Instant,
    opened: Option<Instant>,
    answered: Option<Instant>,
    pages: u32,
    group: u32,
    error: Option<Excerpt>,
    next_try: Option<Instant>,
}

/// Where slot tasks write what they do, for everybody to read.
#[derive(Debug)]
pub(crate) struct StatusBoard {
    slots: Vec<Mutex<SlotRecord>>,
    closed: Mutex<BTreeMap<CloseReason, u64>>,
    pub(crate) site_faults: SiteFaults,
    pub(crate) opened: AtomicU64,
    pub(crate) failed_to_open: AtomicU64,
    pub(crate) visits: AtomicU64,
    pub(crate) retried: AtomicU64,
    pub(crate) refused: AtomicU64,
    /// Moving mean of the service time in microseconds; 0: nothing was measured yet.
    service: AtomicU64,
}

impl StatusBoard {
    pub(crate) fn new(slots: usize) -> Self {
        Self {
            slots: (0..slots).map(|_| Mutex::new(SlotRecord::new())).collect(),
            closed: Mutex::default(),
            site_faults: SiteFaults::default(),
            opened: AtomicU64::new(0),
            failed_to_open: AtomicU64::new(0),
            visits: AtomicU64::new(0),
            retried: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            service: AtomicU64::new(0),
        }
    }

    fn slot(&self, slot: usize) -> MutexGuard<'_, SlotRecord> {
        self.slots[slot].lock()
    }

    /// The slot does something else now.
    pub(crate) fn enter(&self, slot: usize, state: SlotState) {
        let mut record = self.slot(slot);
        record.state = state;
        record.since = Instant::now();
    }

    /// The slot's session answered just now.
    pub(crate) fn answered(&self, slot: usize, pages: u32) {
        let mut record = self.slot(slot);
        record.answered = Some(Instant::now());
        record.pages = pages;
    }

    /// The slot has a new session.
    pub(crate) fn opened(&self, slot: usize, opened: Instant, group: u32) {
        self.opened.fetch_add(1, Relaxed);
        let mut record = self.slot(slot);
        record.opened = Some(opened);
        record.answered = Some(Instant::now());
        record.pages = 0;
        record.group = group;
        record.error = None;
    }

    /// The slot could not get a session and tries again after `pause`.
    pub(crate) fn down(&self, slot: usize, error: Excerpt, pause: Duration) {
        self.failed_to_open.fetch_add(1, Relaxed);
        self.enter(slot, SlotState::Down);
        let mut record = self.slot(slot);
        record.error = Some(error);
        record.next_try = Some(Instant::now() + pause);
    }

    /// The slot's session is gone.
    pub(crate) fn closed(&self, slot: usize, reason: CloseReason) {
        *self.closed.lock().entry(reason).or_default() += 1;
        let mut record = self.slot(slot);
        record.opened = None;
        record.group = 0;
    }

    /// One visit kept a slot this long: an eighth of the mean is renewed by each.
    pub(crate) fn served(&self, took: Duration) {
        let took = took.as_micros() as u64;
        let mean = self.service.load(Relaxed);
        let mean = if mean == 0 {
            took
        } else {
            mean - mean / 8 + took / 8
        };
        self.service.store(mean, Relaxed);
    }

    /// The mean service time; a second as long as nothing was measured.
    pub(crate) fn service_time(&self) -> Duration {
        match self.service.load(Relaxed) {
            0 => Duration::from_secs(1),
            mean => Duration::from_micros(mean),
        }
    }

    /// When every slot is down: the error of the one that tries again first, and when.
    pub(crate) fn all_down(&self) -> Option<(Excerpt, Duration)> {
        let mut first: Option<(Excerpt, Duration)> = None;
        for slot in &self.slots {
            let record = slot.lock();
            let error = record.error.clone()?;
            let pause = record.next_try.map_or(Duration::ZERO, |at| {
                at.saturating_duration_since(Instant::now())
            });
            if first.as_ref().is_none_or(|(_, soonest)| pause < *soonest) {
                first = Some((error, pause));
            }
        }
        first
    }

    /// How long ago any session answered that is still there.
    pub(crate) fn last_answer_of_a_live_session(&self) -> Option<Duration> {
        let records = self.slots.iter().map(Mutex::lock);
        let alive = records.filter(|record| record.opened.is_some());
        alive
            .filter_map(|record| record.answered)
            .map(|at| at.elapsed())
            .min()
    }

    pub(crate) fn slots(&self) -> Vec<SlotStatus> {
        self.slots.iter().map(|slot| slot.lock().status()).collect()
    }

    pub(crate) fn closed_by_reason(&self) -> BTreeMap<CloseReason, u64> {
        self.closed.lock().clone()
    }

    pub(crate) fn last_answered(&self) -> Option<Duration> {
        let records = self.slots.iter().map(Mutex::lock);
        records
            .filter_map(|record| record.answered)
            .map(|at| at.elapsed())
            .min()
    }
}

impl SlotRecord {
    fn new() -> Self {
        Self {
            state: SlotState::Opening,
            since: Instant::now(),
            opened: None,
            answered: None,
            pages: 0,
            group: 0,
            error: None,
            next_try: None,
        }
    }

    fn status(&self) -> SlotStatus {
        SlotStatus {
            state: self.state,
            state_ms: millis(self.since.elapsed()),
            age_ms: self.opened.map(|at| millis(at.elapsed())),
            pages: self.pages,
            process_group: (self.group != 0).then_some(self.group),
            error: self.error.clone(),
        }
    }
}

pub(crate) fn millis(duration: Duration) -> u64 {
    duration.as_millis() as u64
}
