//! Bounds on what a local session takes, looked after from outside the browser: the memory of its
//! processes, and the processor time that they use while no visit runs.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    task::spawn_blocking,
    time::{MissedTickBehavior, interval},
};

use crate::{
    config::Limits,
    fleet::Shared,
    processes::{self, Usage},
    status::{CloseReason, SlotState, SlotStatus},
};

/// An idle session may use this share of one processor.
const IDLE_SHARE: f64 = 0.5;

/// The process group of a session that takes more than it may, and why the session has to go.
pub(crate) type Excess = Option<(u32, CloseReason)>;

/// Where a slot learns of it.
pub(crate) type Sender = tokio::sync::watch::Sender<Excess>;

/// Waits until the session of this process group takes more than it may.
pub(crate) async fn exceeded(excess: &Sender, group: u32) -> CloseReason {
    let mut excess = excess.subscribe();
    let is_of_group = |excess: &Excess| excess.is_some_and(|(of, _)| of == group && of != 0);
    let found = excess
        .wait_for(is_of_group)
        .await
        .ok()
        .and_then(|found| *found);
    match found {
        Some((_, reason)) => reason,
        None => std::future::pending().await,
    }
}

/// Looks at every session each [`Limits::watch`], until the fleet stops.
pub(crate) async fn watch(shared: Arc<Shared>) {
    let limits = shared.factory.config.limits;
    let mut due = interval(limits.watch);
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut histories = vec![SlotHistory::default(); shared.excess.len()];
    while shared.stop.run_until_cancelled(due.tick()).await.is_some() {
        let slots = shared.status.slots();
        let look = spawn_blocking(move || {
            let reasons = look(&slots, &mut histories, &limits);
            (reasons, histories)
        });
        let Ok((reasons, updated)) = look.await else {
            return;
        };
        histories = updated;
        for (excess, found) in shared.excess.iter().zip(reasons) {
            if found.is_some() {
                excess.send_replace(found);
            }
        }
    }
}

/// What is found of each slot.
fn look(slots: &[SlotStatus], histories: &mut [SlotHistory], limits: &Limits) -> Vec<Excess> {
    let groups: Vec<_> = slots.iter().filter_map(|slot| slot.process_group).collect();
    let usages = processes::usages(&groups);
    let judge = |(slot, history): (&SlotStatus, &mut SlotHistory)| {
        let group = slot.process_group?;
        let usage = usages.iter().find(|usage| usage.group == group)?;
        Some((group, history.judge(usage, slot, limits)?))
    };
    slots.iter().zip(histories).map(judge).collect()
}

/// What is known of a slot's session from earlier looks.
#[derive(Debug, Clone, Default)]
struct SlotHistory {
    group: u32,
    /// Memory as it was looked at closely: resident and proportional.
    memory: Option<(u64, u64)>,
    idle: Option<Idle>,
}

/// A session that has been idle since then, and what it had used by then.
#[derive(Debug, Clone)]
struct Idle {
    since: Instant,
    pages: u32,
    used: Duration,
}

impl SlotHistory {
    fn judge(&mut self, usage: &Usage, slot: &SlotStatus, limits: &Limits) -> Option<CloseReason> {
        if self.group != usage.group {
            *self = Self {
                group: usage.group,
                ..Self::default()
            };
        }
        if self.takes_too_much(usage, limits.memory) {
            return Some(CloseReason::Memory);
        }
        let is_busy = self.is_busy_while_idle(usage, slot, limits.idle);
        is_busy.then_some(CloseReason::Cpu)
    }

    /// Resident set sizes cost little but count what processes share for each. So a session is looked
    /// at closely only if it may have come to take too much since the last time.
    fn takes_too_much(&mut self, usage: &Usage, most: u64) -> bool {
        let (resident, proportional) = self.memory.unwrap_or_default();
        if proportional + usage.resident.saturating_sub(resident) <= most {
            return false;
        }
        let proportional = processes::proportional(&usage.members);
        self.memory = Some((usage.resident, proportional));
        proportional > most
    }

    fn is_busy_while_idle(&mut self, usage: &Usage, slot: &SlotStatus, limit: Duration) -> bool {
        let now = Idle {
            since: Instant::now(),
            pages: slot.pages,
            used: usage.time,
        };
        let earlier = self.idle.take().filter(|idle| idle.pages == slot.pages);
        if slot.state != SlotState::Idle {
            return false;
        }
        let Some(earlier) = earlier else {
            self.idle = Some(now);
            return false;
        };
        let lasted = now.since - earlier.since;
        let used = now.used.saturating_sub(earlier.used);
        self.idle = Some(if lasted < limit { earlier } else { now });
        lasted >= limit && used > lasted.mul_f64(IDLE_SHARE)
    }
}
