//! Fleets of one session, each lent to one test after another. A browser costs more than most tests, and what a
//! test leaves in a session is one more thing that the next must not find.

use std::{
    ops::Deref,
    sync::{Mutex, PoisonError},
};

use webdriver_fleet::{Fleet, FleetConfig, FleetStatus, SlotState};

use super::{config, fleet_of, processes::eventually, shared::in_background};

/// They outlive their tests. The end of this process ends their browsers.
static IDLE: Mutex<Vec<Fleet>> = Mutex::new(Vec::new());

/// A fleet with one session that is idle.
pub struct Lent {
    /// `None` when it is given back.
    fleet: Option<Fleet>,
    before: FleetStatus,
}

/// Lends an idle fleet, or starts one where all are lent.
pub async fn lent() -> Lent {
    let idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let fleet = idle.unwrap_or_else(|| in_background(fleet_of(lasting())));
    eventually("an idle session", || {
        fleet.status().slots[0].state == SlotState::Idle
    })
    .await;
    let before = fleet.status();
    let fleet = Some(fleet);
    Lent { fleet, before }
}

/// The usual configuration, but no session is replaced because of its pages.
fn lasting() -> FleetConfig {
    let mut config = config(1);
    config.recycle.max_pages = u32::MAX;
    config
}

impl Lent {
    /// Sessions lost since this test borrowed the fleet.
    pub fn lost(&self) -> u64 {
        let sum = |status: &FleetStatus| status.closed.values().sum::<u64>();
        sum(&self.status()) - sum(&self.before)
    }

    /// Visits tried a second time since then.
    pub fn retried(&self) -> u64 {
        self.status().retried - self.before.retried
    }
}

impl Deref for Lent {
    type Target = Fleet;

    fn deref(&self) -> &Fleet {
        self.fleet.as_ref().expect("given back on drop only")
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
        idle.extend(self.fleet.take());
    }
}
