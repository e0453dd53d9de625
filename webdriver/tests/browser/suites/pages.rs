//! Pages that draw late, open prompts or windows, loop, or never arrive.

use std::time::{Duration, Instant};

use super::common::{config, fleet, fleet_of, kind, lent::lent, patience, site, stage, visit};
use serde_json::{Value, json};
use webdriver_fleet::{Browser, Step, Visit, VisitError};

const GRACE: Duration = Duration::from_secs(5);

#[tokio::test]
async fn an_answer_includes_a_screenshot_where_it_is_configured() {
    let mut config = config(1);
    config.browser.screenshots = true;
    config.browser.viewport = (640, 480);
    let (fleet, site) = (fleet_of(config).await, site().await);
    let with = fleet.visit(visit(&site, "plain")).await.unwrap();
    let png = with.screenshot.unwrap();
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!(&png[1..4], b"PNG");
    // The first chunk of any PNG begins with its width and height.
    assert_eq!((number(16), number(20)), (640, 480));
    fleet.shutdown(GRACE).await;
}

#[tokio::test]
async fn a_script_waits_for_content_that_the_page_adds_later() {
    let stage = stage();
    assert_eq!(stage.visit("late").await.unwrap().value, json!("late"));
    assert_eq!(stage.visit("slow/300").await.unwrap().value, json!("slow"));
}

#[tokio::test]
async fn a_script_gets_its_arguments_its_time_and_may_answer_null() {
    let (fleet, site) = (lent().await, site().await);
    let ask = |script: &str| Visit {
        script: script.into(),
        args: vec![json!("x"), json!([1])],
        ..visit(&site, "plain")
    };
    let read = fleet
        .visit(ask(
            "arguments[3]([arguments[0], arguments[1], arguments[2]])",
        ))
        .await
        .unwrap();
    assert_eq!((&read.value[0], &read.value[1]), (&json!("x"), &json!([1])));
    assert!((4_000..=5_000).contains(&read.value[2].as_u64().unwrap()));
    assert_eq!(
        fleet.visit(ask("arguments[3](null)")).await.unwrap().value,
        Value::Null
    );
}

#[tokio::test]
async fn a_script_that_throws_or_does_not_parse_ends_in_a_script_error() {
    let (fleet, site) = (lent().await, site().await);
    for script in ["throw new Error('mine')", "this is no script"] {
        let visit = Visit {
            script: script.into(),
            ..visit(&site, "plain")
        };
        let error = fleet.visit(visit).await.unwrap_err();
        assert!(matches!(error, VisitError::Script { .. }), "{error:?}");
    }
    assert_eq!(fleet.lost(), 0);
}

#[tokio::test]
async fn a_page_that_an_alert_interrupts_is_read_when_it_is_finished() {
    let stage = stage();
    for _ in 0..5 {
        let read = stage.visit("alert-midway").await.unwrap();
        assert_eq!(read.value, json!("done"));
        assert_eq!(read.alerts, ["one", "two", "three"]);
    }
}

#[tokio::test]
async fn an_endless_series_of_alerts_fails_and_the_next_visit_succeeds() {
    let mut config = config(1);
    config.limits.clean = Duration::from_secs(2);
    config.limits.prompts = 8;
    let (fleet, site) = (fleet_of(config).await, site().await);
    let storm = Visit {
        // Nine alerts, one after the other.
        page_timeout: patience(5),
        ..visit(&site, "storm")
    };
    let error = fleet.visit(storm).await.unwrap_err();
    assert!(matches!(error, VisitError::Prompts { count: 9 }));
    assert_eq!(
        fleet.visit(visit(&site, "plain")).await.unwrap().value,
        json!("hello")
    );
    fleet.shutdown(GRACE).await;
}

#[tokio::test]
async fn popups_end_with_their_visit() {
    let (fleet, site) = (lent().await, site().await);
    assert_eq!(
        fleet.visit(visit(&site, "popup")).await.unwrap().value,
        json!("popups")
    );
    assert_eq!(
        fleet.visit(visit(&site, "plain")).await.unwrap().value,
        json!("hello")
    );
    assert_eq!(fleet.lost(), 0);
}

#[tokio::test]
async fn a_site_that_never_answers_costs_a_timeout_but_no_browser() {
    let (fleet, site) = (fleet(1).await, site().await);
    let hasty = Visit {
        page_timeout: Duration::from_millis(700),
        ..visit(&site, "never")
    };
    let error = fleet.visit(hasty).await.unwrap_err();
    assert!(
        matches!(
            error,
            VisitError::Timeout {
                step: Step::Navigate,
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(
        fleet.visit(visit(&site, "plain")).await.unwrap().value,
        json!("hello")
    );
    assert_eq!(fleet.status().opened, 1);
    fleet.shutdown(GRACE).await;
}

#[tokio::test]
async fn a_page_in_an_endless_loop_costs_a_timeout_and_the_browser() {
    let (fleet, site) = (lent().await, site().await);
    let began = Instant::now();
    let stuck = Visit {
        script: "void arguments".into(),
        page_timeout: Duration::from_millis(700),
        deadline: began + Duration::from_millis(1500),
        ..visit(&site, "loop")
    };
    let error = fleet.visit(stuck).await.unwrap_err();
    assert!(
        matches!(
            error,
            VisitError::Timeout {
                step: Step::Script,
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(
        fleet.visit(visit(&site, "plain")).await.unwrap().value,
        json!("hello")
    );
    assert_eq!(fleet.lost(), 1);
}

#[tokio::test]
async fn the_user_agent_does_not_say_headless() {
    let stage = stage();
    let ask = Visit {
        script: "arguments[1](navigator.userAgent)".into(),
        ..stage.to("plain")
    };
    let agent = stage.fleet.visit(ask).await.unwrap().value.to_string();
    assert!(
        agent.contains(own_name()) && !agent.contains("Headless"),
        "{agent}"
    );
}

fn own_name() -> &'static str {
    match kind() {
        Browser::Chromium => "Chrome/",
        Browser::Firefox => "Firefox/",
    }
}

#[tokio::test]
async fn a_fleet_after_shutdown_refuses_visits_and_has_no_processes() {
    let (fleet, site) = (fleet(2).await, site().await);
    fleet.visit(visit(&site, "plain")).await.unwrap();
    assert!(fleet.is_ready());
    fleet.shutdown(GRACE).await;
    assert!(!fleet.is_ready());
    assert_eq!(
        fleet.visit(visit(&site, "plain")).await,
        Err(VisitError::Draining)
    );
    assert!(
        fleet
            .status()
            .slots
            .iter()
            .all(|slot| slot.process_group.is_none())
    );
}
