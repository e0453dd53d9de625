//! A visit leaves nothing behind for the next.

use std::time::Duration;

use super::common::{NOTHING, kind, lent::lent, site, visit};
use serde_json::json;
use url::Url;
use webdriver_fleet::{Browser, Fleet, Visit, VisitError};

async fn read(fleet: &Fleet, site: &Url, page: &str) -> String {
    let visited = fleet.visit(visit(site, page)).await.unwrap();
    visited.value.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn the_next_visit_finds_nothing_of_a_frame() {
    let (fleet, site) = (lent().await, site().await);
    assert_eq!(read(&fleet, &site, "framed").await, "framed");
    assert_eq!(read(&fleet, &site, "stored").await, NOTHING);
}

#[tokio::test]
async fn scripts_that_continue_after_the_answer_store_nothing() {
    let (fleet, site) = (lent().await, site().await);
    for _ in 0..20 {
        assert_eq!(read(&fleet, &site, "stores-later").await, "later");
        assert_eq!(read(&fleet, &site, "stored").await, NOTHING);
    }
    assert_eq!(fleet.lost(), 0);
}

#[tokio::test]
async fn a_page_that_navigates_after_its_visit_does_not_disturb_the_next() {
    let (fleet, site) = (lent().await, site().await);
    for page in ["leaves-late", "refreshes", "leaves-late", "refreshes"] {
        let _ = fleet.visit(visit(&site, page)).await;
        assert_eq!(read(&fleet, &site, "slow/400").await, "slow");
    }
    assert_eq!(fleet.lost(), 0, "{:?}", fleet.status());
}

#[tokio::test]
async fn an_alert_after_the_answer_does_not_reach_the_next_visit() {
    let (fleet, site) = (lent().await, site().await);
    for _ in 0..10 {
        fleet.visit(visit(&site, "alerts-late")).await.unwrap();
        let next = fleet.visit(visit(&site, "plain")).await.unwrap();
        assert_eq!((next.value, next.alerts), (json!("hello"), vec![]));
    }
    assert_eq!(fleet.lost(), 0);
}

#[tokio::test]
async fn repeated_alerts_do_not_reach_the_next_visit() {
    let (fleet, site) = (lent().await, site().await);
    let rounds = if kind() == Browser::Firefox { 3 } else { 20 };
    for _ in 0..rounds {
        let first = fleet.visit(visit(&site, "alerts-on")).await.unwrap();
        assert!(!first.alerts.is_empty());
        let next = fleet.visit(visit(&site, "plain")).await.unwrap();
        assert_eq!((next.value, next.alerts), (json!("hello"), vec![]));
    }
    assert_eq!(fleet.lost(), 0);
}

#[tokio::test]
async fn an_endless_loop_after_the_answer_does_not_delay_the_next_visit() {
    let (fleet, site) = (lent().await, site().await);
    for _ in 0..3 {
        let stuck = Visit {
            script: "arguments[1]('answered'); LOOP"
                .replace("LOOP", late_loop())
                .into(),
            ..visit(&site, "other")
        };
        fleet.visit(stuck).await.unwrap();
        assert_eq!(read(&fleet, &site, "plain").await, "hello");
    }
}

/// Firefox sends an answer from the page's event loop, one turn later.
fn late_loop() -> &'static str {
    match kind() {
        Browser::Chromium => "setTimeout(() => { for (;;); }, 0)",
        Browser::Firefox => "setTimeout(() => { for (;;); }, 1000)",
    }
}

#[tokio::test]
async fn an_endless_loop_in_the_turn_of_the_answer_times_out_and_costs_the_browser() {
    let (fleet, site) = (lent().await, site().await);
    let stuck = Visit {
        script: "const [, done] = arguments; setTimeout(() => { done('x'); for (;;); }, 0)".into(),
        page_timeout: Duration::from_millis(700),
        ..visit(&site, "other")
    };
    let error = fleet.visit(stuck).await.unwrap_err();
    assert!(matches!(error, VisitError::Timeout { .. }), "{error:?}");
    assert_eq!(read(&fleet, &site, "plain").await, "hello");
}

#[tokio::test]
async fn an_address_that_differs_only_in_its_fragment_is_loaded_again() {
    let (fleet, site) = (lent().await, site().await);
    for page in ["plain", "plain#a", "plain#b", "plain#b", "plain"] {
        assert_eq!(read(&fleet, &site, page).await, "hello");
    }
}

#[tokio::test]
async fn a_visit_sees_no_opener_referrer_or_state_of_an_earlier_page() {
    let (fleet, site) = (lent().await, site().await);
    read(&fleet, &site, "plain").await;
    let ask = Visit {
        script: "arguments[1]([open('/') === null, document.referrer, history.state])".into(),
        ..visit(&site, "other")
    };
    let seen = fleet.visit(ask).await.unwrap().value;
    assert_eq!(seen, json!([true, "", null]));
}

#[tokio::test]
async fn a_visit_sees_no_history_of_earlier_pages() {
    let (fleet, site) = (lent().await, site().await);
    let mut lengths = Vec::new();
    for _ in 0..3 {
        let ask = "arguments[1](history.length)";
        lengths.push(fleet.visit(asked(&site, ask)).await.unwrap().value);
        let wander = "for (const n of [1, 2, 3]) history.pushState(n, ''); arguments[1](true)";
        fleet.visit(asked(&site, wander)).await.unwrap();
    }
    assert_eq!(lengths[1..], [lengths[0].clone(), lengths[0].clone()]);
}

fn asked(site: &url::Url, script: &str) -> Visit {
    Visit {
        script: script.into(),
        ..visit(site, "other")
    }
}
