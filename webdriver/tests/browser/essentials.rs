//! What each browser proves in every run: it reads a page, returns its alerts, reaches no other host, and
//! keeps nothing for the next page.

use super::common::{NOTHING, lent::lent, site, stage, visit};
use serde_json::json;
use webdriver_fleet::{Visit, VisitError};

#[tokio::test]
async fn a_page_is_read() {
    let stage = stage();
    let read = stage.visit("plain").await.unwrap();
    assert_eq!((read.value, read.alerts), (json!("hello"), vec![]));
    assert_eq!(read.screenshot, None);
    assert!(stage.fleet.status().visits >= 1);
}

#[tokio::test]
async fn alerts_are_accepted_and_their_texts_returned() {
    let stage = stage();
    let read = stage.visit("alert").await.unwrap();
    assert_eq!(read.alerts, ["one", "two"]);
    assert_eq!(read.value, json!("after"));
    let read = stage.visit("alert-later").await.unwrap();
    assert_eq!(read.alerts, ["gone"]);
    assert_eq!(read.value, json!("hello"));
}

#[tokio::test]
async fn other_hosts_are_refused_and_counted() {
    let stage = stage();
    stage.visit("elsewhere").await.unwrap();
    stage.visit("plain").await.unwrap();
    assert!(stage.fleet.status().refused_requests >= 1);
    let elsewhere = Visit {
        url: "http://elsewhere.example/".parse().unwrap(),
        ..stage.to("plain")
    };
    let error = stage.fleet.visit(elsewhere).await.unwrap_err();
    assert!(matches!(error, VisitError::Unreachable { .. }), "{error:?}");
}

/// The policy has Chromium clean up in another way after it has counted.
#[tokio::test]
async fn refused_requests_of_a_page_with_a_policy_are_counted() {
    let (fleet, site) = (lent().await, site().await);
    let before = fleet.status().refused_requests;
    for page in ["elsewhere-with-policy", "plain"] {
        fleet.visit(visit(&site, page)).await.unwrap();
    }
    assert!(fleet.status().refused_requests > before);
}

#[tokio::test]
async fn the_next_visit_finds_no_cookie_store_cache_or_worker() {
    let (fleet, site) = (lent().await, site().await);
    for _ in 0..3 {
        assert_eq!(
            fleet.visit(visit(&site, "stores")).await.unwrap().value,
            "stored"
        );
        assert_eq!(
            fleet.visit(visit(&site, "stored")).await.unwrap().value,
            NOTHING
        );
    }
    assert_eq!(fleet.lost(), 0);
}
