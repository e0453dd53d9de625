//! What Firefox knows of a tab and tells its pages. The tab is the next visit's too.

use std::time::Duration;

use super::common::{fleet, site, visit};
use serde_json::json;
use url::Url;
use webdriver_fleet::Visit;

const GRACE: Duration = Duration::from_secs(5);

#[tokio::test]
async fn the_next_visit_may_navigate_though_the_last_one_did_so_too_often() {
    let (fleet, site) = (fleet(1).await, site().await);
    for _ in 0..3 {
        let wander = "try { for (let n = 0; n < 300; n += 1) history.pushState(n, '', '?' + n); } \
                      catch { /* too often */ } arguments[1](history.length)";
        fleet.visit(other(&site, wander)).await.unwrap();
        let step = "history.pushState(1, '', '?1'); arguments[1](location.search)";
        let next = fleet.visit(other(&site, step)).await.unwrap();
        assert_eq!(next.value, json!("?1"));
    }
    assert_eq!(fleet.status().opened, 1);
    fleet.shutdown(GRACE).await;
}

fn other(site: &Url, script: &str) -> Visit {
    Visit {
        script: script.into(),
        ..visit(site, "other")
    }
}
