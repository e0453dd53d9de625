//! Bounds on the memory and processor time of a session.

use super::common::{
    config, fleet_of, hostile, patience,
    processes::{eventually, members},
    programs, site, visit,
};
use std::time::{Duration, Instant};
use webdriver_fleet::{CloseReason, Fleet, FleetConfig, Visit, VisitError};

const GRACE: Duration = Duration::from_secs(5);

fn closed(fleet: &Fleet, reason: CloseReason) -> u64 {
    fleet
        .status()
        .closed
        .get(&reason)
        .copied()
        .unwrap_or_default()
}

/// Bytes that a session may use in these tests. A new one of either browser uses half of it.
const MEMORY: u64 = 800 << 20;

fn bounded(config: FleetConfig) -> FleetConfig {
    let mut config = config;
    config.limits.memory = MEMORY;
    config.limits.watch = Duration::from_millis(200);
    config
}

#[tokio::test]
async fn a_page_that_uses_memory_outside_its_heap_costs_only_its_session() {
    for config in programs(1) {
        let (fleet, site) = (fleet_of(bounded(config)).await, site().await);
        let hoards = Visit {
            page_timeout: patience(20),
            deadline: Instant::now() + patience(30),
            ..visit(&site, "hostile/hoards")
        };
        let error = fleet.visit(hoards).await.unwrap_err();
        assert!(matches!(error, VisitError::Crashed { .. }), "{error:?}");
        assert!(
            closed(&fleet, CloseReason::Memory) >= 1,
            "{:?}",
            fleet.status()
        );
        let next = fleet.visit(visit(&site, "plain")).await.unwrap();
        assert_eq!(next.value, "hello");
        fleet.shutdown(GRACE).await;
    }
}

/// The fleet checks processes from outside. So another program in the session's process group acts as
/// what a page leaves running: it uses a processor while the session still answers.
#[tokio::test]
async fn an_idle_session_that_uses_a_processor_is_replaced() {
    let mut config = config(1);
    config.limits.watch = Duration::from_millis(200);
    config.limits.idle = Duration::from_secs(1);
    let (fleet, site) = (fleet_of(config).await, site().await);
    fleet.visit(visit(&site, "plain")).await.unwrap();
    let group = fleet.status().slots[0].process_group.unwrap();
    // Several, so that they get enough time on a busy machine.
    let busy: Vec<_> = (0..8).map(|_| hostile::busy_in(group)).collect();
    eventually("replaced", || closed(&fleet, CloseReason::Cpu) == 1).await;
    for mut program in busy {
        program.wait().unwrap();
    }
    eventually("the old processes are gone", || members(group).is_empty()).await;
    let next = fleet.visit(visit(&site, "plain")).await.unwrap();
    assert_eq!(next.value, "hello");
    fleet.shutdown(GRACE).await;
}
