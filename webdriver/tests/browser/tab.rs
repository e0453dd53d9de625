//! What Firefox keeps in a tab and shows to its pages. The next visit uses the same tab.

use super::common::{lent::lent, site, visit};
use serde_json::json;
use url::Url;
use webdriver_fleet::Visit;

#[tokio::test]
async fn a_visit_may_navigate_after_one_that_exceeded_the_navigation_limit() {
    let (fleet, site) = (lent().await, site().await);
    for _ in 0..3 {
        let wander = "try { for (let n = 0; n < 300; n += 1) history.pushState(n, '', '?' + n); } \
                      catch { /* too often */ } arguments[1](history.length)";
        fleet.visit(other(&site, wander)).await.unwrap();
        let step = "history.pushState(1, '', '?1'); arguments[1](location.search)";
        let next = fleet.visit(other(&site, step)).await.unwrap();
        assert_eq!(next.value, json!("?1"));
    }
    assert_eq!(fleet.lost(), 0);
}

fn other(site: &Url, script: &str) -> Visit {
    Visit {
        script: script.into(),
        ..visit(site, "other")
    }
}
