//! Faults of a remote end, with a fake one: no browser is needed to be late, gone or wrong.

use std::{
    sync::{Arc, atomic::Ordering::SeqCst},
    time::{Duration, Instant},
};

use crate::common::{
    config,
    fake::{Fake, Mood},
    fleet_of,
    processes::eventually,
    visit,
};
use webdriver_fleet::{
    CloseReason, Fleet, FleetConfig, Limits, Recycle, SlotState, StartError, Step, VisitError,
};

const GRACE: Duration = Duration::from_secs(1);

fn hasty(slots: usize) -> FleetConfig {
    FleetConfig {
        limits: Limits {
            connect: Duration::from_millis(300),
            command: Duration::from_millis(200),
            probe: Duration::from_millis(100),
            close: Duration::from_millis(100),
            creation: Duration::from_millis(600),
            sever: Duration::from_secs(5),
            backoff: Duration::from_millis(20),
            backoff_max: Duration::from_millis(50),
            ..Limits::default()
        },
        ..config(slots)
    }
}

async fn fleet(fake: &Fake, config: FleetConfig) -> Arc<Fleet> {
    Arc::new(fleet_of(fake.of(config)).await)
}

/// Checks that every slot gets a session that serves, once the remote end is well.
async fn is_whole(fleet: &Fleet, fake: &Fake, slots: usize) {
    fake.be(Mood::Well);
    assert_eq!(fleet.status().slots.len(), slots);
    let idle = || {
        fleet
            .status()
            .slots
            .iter()
            .all(|slot| slot.state == SlotState::Idle)
    };
    eventually("all slots idle", idle).await;
    let visits = (0..slots).map(|_| fleet.visit(visit(&fake.url, "")));
    for visit in visits.collect::<Vec<_>>() {
        visit.await.unwrap();
    }
}

#[tokio::test]
async fn a_fleet_does_not_start_with_a_remote_end_that_never_answers() {
    let fake = Fake::start().await;
    fake.be(Mood::Silent);
    let error = Fleet::start(fake.of(hasty(1))).await.unwrap_err();
    assert!(
        matches!(
            error,
            StartError::Timeout {
                step: Step::Connect,
                ..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_fleet_does_not_start_without_a_remote_end() {
    let mut config = hasty(1);
    config.endpoint = webdriver_fleet::Endpoint::Remote("http://127.0.0.1:9/".parse().unwrap());
    let error = Fleet::start(config).await.unwrap_err();
    assert!(matches!(error, StartError::NoWebDriver { .. }), "{error:?}");
}

#[tokio::test]
async fn a_visit_is_retried_once_at_most() {
    let fake = Fake::start().await;
    // The usual limits leave enough time for a second try.
    let config = FleetConfig {
        limits: Limits::default(),
        ..hasty(1)
    };
    let fleet = fleet(&fake, config).await;
    fake.be(Mood::Crashing);
    let error = fleet.visit(visit(&fake.url, "")).await.unwrap_err();
    assert!(
        matches!(
            error,
            VisitError::Crashed {
                step: Step::Script,
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(fake.scripts.load(SeqCst), 2);
    assert_eq!(fleet.status().retried, 1);
    is_whole(&fleet, &fake, 1).await;
    fleet.shutdown(GRACE).await;
}

#[tokio::test]
async fn a_fleet_whose_remote_end_stops_answering_is_not_ready_and_recovers() {
    let fake = Fake::start().await;
    let fleet = fleet(&fake, hasty(2)).await;
    is_whole(&fleet, &fake, 2).await;
    assert!(fleet.is_ready());
    fake.be(Mood::Silent);
    eventually("not ready", || !fleet.is_ready()).await;
    eventually("all down", || {
        fleet.status().slots.iter().all(|s| s.error.is_some())
    })
    .await;
    let error = fleet.visit(visit(&fake.url, "")).await.unwrap_err();
    assert!(matches!(error, VisitError::Unavailable { .. }), "{error:?}");
    is_whole(&fleet, &fake, 2).await;
    assert!(fleet.is_ready());
    fleet.shutdown(GRACE).await;
}

#[tokio::test]
async fn a_fleet_without_a_session_reports_the_remote_ends_message_and_recovers() {
    let fake = Fake::start().await;
    let fleet = fleet(&fake, hasty(1)).await;
    fake.be(Mood::Refusing);
    eventually("down", || fleet.status().slots[0].error.is_some()).await;
    let error = fleet.visit(visit(&fake.url, "")).await.unwrap_err();
    assert!(
        matches!(error, VisitError::Unavailable { ref message, .. } if message.contains("no more"))
    );
    is_whole(&fleet, &fake, 1).await;
    fleet.shutdown(GRACE).await;
}

#[tokio::test]
async fn a_caller_that_leaves_while_waiting_or_served_costs_no_slot() {
    let fake = Fake::start().await;
    let fleet = fleet(&fake, hasty(1)).await;
    fake.be(Mood::Slow);
    let asked = fake.asked.notified();
    let start = || {
        let (fleet, visit) = (Arc::clone(&fleet), visit(&fake.url, ""));
        tokio::spawn(async move { fleet.visit(visit).await })
    };
    let served = start();
    asked.await;
    let waiting = start();
    eventually("one waits", || fleet.status().queue == 1).await;
    waiting.abort();
    eventually("no caller waits", || fleet.status().queue == 0).await;
    served.abort();
    is_whole(&fleet, &fake, 1).await;
    assert_eq!(fake.sessions.load(SeqCst), 1);
    fleet.shutdown(GRACE).await;
}

#[tokio::test]
async fn no_answer_is_later_than_its_deadline() {
    let fake = Fake::start().await;
    let fleet = fleet(&fake, hasty(2)).await;
    fake.be(Mood::Slow);
    let mut late = visit(&fake.url, "");
    late.deadline = Instant::now() + Duration::from_millis(400);
    let visits = (0..8).map(|_| {
        let (fleet, late) = (Arc::clone(&fleet), late.clone());
        tokio::spawn(async move { (fleet.visit(late).await, Instant::now()) })
    });
    for visit in visits.collect::<Vec<_>>() {
        let (result, ended) = visit.await.unwrap();
        assert!(result.is_err());
        assert!(
            ended < late.deadline + Duration::from_millis(100),
            "{result:?}"
        );
    }
    is_whole(&fleet, &fake, 2).await;
    fleet.shutdown(GRACE).await;
}

#[tokio::test]
async fn busy_sessions_are_replaced_after_their_pages_and_half_of_them_stay() {
    let fake = Fake::start().await;
    let recycle = Recycle {
        max_pages: 12,
        ..Recycle::default()
    };
    let config = FleetConfig {
        recycle,
        queue: 200,
        // This end works, but may be slow on a busy machine.
        limits: Limits::default(),
        ..hasty(4)
    };
    let fleet = fleet(&fake, config).await;
    is_whole(&fleet, &fake, 4).await;
    let visits: Vec<_> = (0..200)
        .map(|_| {
            let (fleet, visit) = (Arc::clone(&fleet), visit(&fake.url, ""));
            tokio::spawn(async move {
                let result = fleet.visit(visit).await;
                (
                    result,
                    fleet
                        .status()
                        .slots
                        .iter()
                        .filter(|s| s.age_ms.is_some())
                        .count(),
                )
            })
        })
        .collect();
    for visit in visits {
        let (result, alive) = visit.await.unwrap();
        result.unwrap();
        assert!(alive >= 2, "{alive} of 4");
    }
    // Some serve a few more pages until they may be replaced.
    let status = fleet.status();
    assert!(status.closed[&CloseReason::Pages] >= 8, "{status:?}");
    is_whole(&fleet, &fake, 4).await;
    fleet.shutdown(GRACE).await;
}

#[tokio::test]
async fn half_of_the_slots_serve_while_the_others_wait_for_new_sessions() {
    let fake = Fake::start().await;
    let recycle = Recycle {
        max_age: Duration::from_millis(200),
        ..Recycle::default()
    };
    let mut config = FleetConfig {
        recycle,
        ..hasty(4)
    };
    config.limits.creation = Duration::from_mins(1);
    let fleet = fleet(&fake, config).await;
    is_whole(&fleet, &fake, 4).await;
    fake.be(Mood::Full);
    eventually("two ask for one", || fake.waiting.load(SeqCst) == 2).await;
    for _ in 0..20 {
        fleet.visit(visit(&fake.url, "")).await.unwrap();
    }
    assert_eq!(fake.waiting.load(SeqCst), 2);
    is_whole(&fleet, &fake, 4).await;
    fleet.shutdown(GRACE).await;
}

#[tokio::test]
async fn idle_sessions_are_replaced_at_their_age() {
    let fake = Fake::start().await;
    let recycle = Recycle {
        max_age: Duration::from_millis(200),
        ..Recycle::default()
    };
    let fleet = fleet(
        &fake,
        FleetConfig {
            recycle,
            ..hasty(2)
        },
    )
    .await;
    eventually("four replaced", || {
        fleet
            .status()
            .closed
            .get(&CloseReason::Age)
            .is_some_and(|closed| *closed >= 4)
    })
    .await;
    is_whole(&fleet, &fake, 2).await;
    fleet.shutdown(GRACE).await;
}

#[tokio::test]
async fn every_session_of_a_remote_end_is_ended() {
    let fake = Fake::start().await;
    let fleet = fleet(&fake, hasty(3)).await;
    is_whole(&fleet, &fake, 3).await;
    fleet.shutdown(GRACE).await;
    assert_eq!(fake.sessions.load(SeqCst), fake.ended.load(SeqCst));
}

#[tokio::test]
async fn a_session_that_hangs_is_ended_and_its_connection_is_cut() {
    let fake = Fake::start().await;
    let fleet = fleet(&fake, hasty(2)).await;
    is_whole(&fleet, &fake, 2).await;
    fake.be(Mood::Hung);
    let error = fleet.visit(visit(&fake.url, "")).await.unwrap_err();
    assert!(
        matches!(
            error,
            VisitError::Timeout { .. } | VisitError::Unavailable { .. }
        ),
        "{error:?}"
    );
    eventually("some hang", || fake.waiting.load(SeqCst) > 0).await;
    is_whole(&fleet, &fake, 2).await;
    eventually("none hangs", || fake.waiting.load(SeqCst) == 0).await;
    let living = || fake.sessions.load(SeqCst) - fake.ended.load(SeqCst);
    eventually("only the slots' sessions live", || living() == 2).await;
    fleet.shutdown(GRACE).await;
    assert_eq!(living(), 0);
}

#[tokio::test]
async fn a_session_that_a_stuck_page_holds_ends_because_its_browser_is_closed() {
    let fake = Fake::start().await;
    let fleet = fleet(&fake, hasty(2)).await;
    is_whole(&fleet, &fake, 2).await;
    fake.be(Mood::Stuck);
    fleet.visit(visit(&fake.url, "")).await.unwrap_err();
    eventually("a session ended", || fake.ended.load(SeqCst) > 0).await;
    is_whole(&fleet, &fake, 2).await;
    let living = || fake.sessions.load(SeqCst) - fake.ended.load(SeqCst);
    eventually("only the slots' sessions live", || living() == 2).await;
    fleet.shutdown(GRACE).await;
    assert_eq!(living(), 0);
}

#[tokio::test]
async fn a_full_remote_end_gets_one_request_a_slot_and_its_late_session_is_used() {
    let fake = Fake::start().await;
    let mut config = hasty(1);
    config.limits.creation = Duration::from_mins(1);
    config.recycle.max_age = Duration::from_millis(500);
    let fleet = fleet(&fake, config).await;
    is_whole(&fleet, &fake, 1).await;
    fake.be(Mood::Full);
    let failures = fleet.status().failed_to_open;
    eventually("asked for often", || {
        fleet.status().failed_to_open > failures + 4
    })
    .await;
    assert_eq!(fake.waiting.load(SeqCst), 1);
    let error = fleet.visit(visit(&fake.url, "")).await.unwrap_err();
    assert!(matches!(error, VisitError::Unavailable { .. }), "{error:?}");
    let opened = fleet.status().opened;
    assert_eq!(u64::from(fake.sessions.load(SeqCst)), opened);
    is_whole(&fleet, &fake, 1).await;
    fleet.shutdown(GRACE).await;
    assert_eq!(fake.sessions.load(SeqCst), fake.ended.load(SeqCst));
}

#[tokio::test]
async fn a_session_created_after_the_slot_stopped_waiting_is_ended() {
    let fake = Fake::start().await;
    fake.be(Mood::Full);
    let mut config = hasty(1);
    config.limits.close = Duration::from_secs(10);
    let error = Fleet::start(fake.of(config)).await.unwrap_err();
    assert!(matches!(error, StartError::Timeout { .. }), "{error:?}");
    fake.be(Mood::Well);
    eventually("created and ended", || {
        (fake.sessions.load(SeqCst), fake.ended.load(SeqCst)) == (1, 1)
    })
    .await;
}

#[tokio::test]
async fn a_request_that_the_slot_gave_up_is_cancelled() {
    let fake = Fake::start().await;
    fake.be(Mood::Full);
    let mut config = hasty(1);
    config.limits.creation = Duration::from_mins(1);
    Fleet::start(fake.of(config)).await.unwrap_err();
    eventually("no request waits", || fake.waiting.load(SeqCst) == 0).await;
    assert_eq!(fake.sessions.load(SeqCst), 0);
}
