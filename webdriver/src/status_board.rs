//! Where slot tasks record what they do.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

use parking_lot::{Mutex, MutexGuard};

use crate::{
    excerpt::Excerpt,
    site_fault::SiteFaults,
    status::{CloseReason, SlotState, SlotStatus, millis},
};

/// The record of a slot. Only its slot task writes it.
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

/// The records of all slots, with counters.
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
    /// Moving mean of the service time in microseconds; 0: not measured yet.
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

    /// Sets the slot's state.
    pub(crate) fn enter(&self, slot: usize, state: SlotState) {
        let mut record = self.slot(slot);
        record.state = state;
        record.since = Instant::now();
    }

    /// The slot's session has just answered.
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

    /// The slot could not open a session and tries again after `pause`.
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

    /// A visit occupied a slot this long. It counts for an eighth of the mean.
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

    /// The mean service time; one second until a visit was measured.
    pub(crate) fn service_time(&self) -> Duration {
        match self.service.load(Relaxed) {
            0 => Duration::from_secs(1),
            mean => Duration::from_micros(mean),
        }
    }

    /// If every slot is down: the error of the slot that tries again first, and the time until then.
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

    /// Time since the last answer of a session that is still open.
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
