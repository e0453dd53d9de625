//! Checks from outside the browser how much memory a local session uses, and how much processor time
//! while no visit runs.

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
    processes::{self, Usage},
    shared::{Excess, Shared},
    status::{CloseReason, SlotState, SlotStatus},
};

/// The share of one processor that an idle session may use.
const IDLE_SHARE: f64 = 0.5;

/// Checks every session at the interval [`Limits::watch`], until the fleet stops.
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

/// The excess of each slot.
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

/// What earlier checks found of a slot's session.
#[derive(Debug, Clone, Default)]
struct SlotHistory {
    group: u32,
    /// The last exact measurement: resident and proportional set size.
    memory: Option<(u64, u64)>,
    idle: Option<Idle>,
}

/// A point in a session's idle time, with the processor time used until then.
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
        if self.exceeds_memory(usage, limits.memory) {
            return Some(CloseReason::Memory);
        }
        let is_busy = self.is_busy_while_idle(usage, slot, limits.idle);
        is_busy.then_some(CloseReason::Cpu)
    }

    /// The resident set size is cheap but counts shared pages several times. So the exact figure is
    /// read only if growth since the last measurement could exceed the limit.
    fn exceeds_memory(&mut self, usage: &Usage, most: u64) -> bool {
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
