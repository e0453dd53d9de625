//! Pages in a window that stays hidden until they need it shown.

use std::time::Duration;

use super::common::{config, fleet_of, kind, lent::lent, site, visit};
use serde_json::json;
use webdriver_fleet::{Browser, Fleet, Visit};

const GRACE: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_page_that_waits_to_be_seen_is_shown_and_read() {
    let (fleet, site) = (lent().await, site().await);
    for page in ["frame", "resize", "seen", "intersection"] {
        let read = fleet.visit(visit(&site, page)).await.unwrap();
        assert_eq!(read.value, json!(page));
    }
    assert_eq!(fleet.retried(), 0);
}

#[tokio::test]
async fn the_window_is_hidden_again_after_a_page_that_needed_it_shown() {
    let (fleet, site) = (lent().await, site().await);
    let hidden = kind() == Browser::Chromium;
    for before in ["plain", "frame", "alert", "frame-and-alert"] {
        fleet.visit(visit(&site, before)).await.unwrap();
        assert_eq!(is_hidden(&fleet, &site).await, hidden, "after {before}");
    }
}

#[tokio::test]
async fn a_window_with_screenshots_is_never_hidden() {
    let mut config = config(1);
    config.browser.screenshots = true;
    let (fleet, site) = (fleet_of(config).await, site().await);
    assert!(!is_hidden(&fleet, &site).await);
    fleet.shutdown(GRACE).await;
}

async fn is_hidden(fleet: &Fleet, site: &url::Url) -> bool {
    let ask = Visit {
        script: "arguments[arguments.length - 1](document.hidden)".into(),
        ..visit(site, "plain")
    };
    fleet.visit(ask).await.unwrap().value == json!(true)
}
