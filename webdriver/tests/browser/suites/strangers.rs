//! Pages that mean harm: the visit after one of them finds nothing of it, and is answered.

use std::time::Duration;

use super::common::{NOTHING, fleet, site, strangers::PAGES, visit};
use url::Url;
use webdriver_fleet::Fleet;

const GRACE: Duration = Duration::from_secs(5);

async fn read(fleet: &Fleet, site: &Url, page: &str) -> String {
    let visited = fleet.visit(visit(site, page)).await;
    let visited = visited.unwrap_or_else(|error| panic!("{page}: {error}"));
    visited.value.as_str().unwrap_or_default().to_owned()
}

/// Visits a hostile page. Its own answer does not matter: only the next visit's does.
async fn suffer(fleet: &Fleet, site: &Url, page: &str) {
    let _ = fleet.visit(visit(site, &format!("strangers/{page}"))).await;
}

#[tokio::test]
async fn no_hostile_page_leaves_anything_to_the_next_visit() {
    let (fleet, site) = (fleet(1).await, site().await);
    for (page, _) in PAGES {
        suffer(&fleet, &site, page).await;
        // What waits for the moment before the next document has 300 ms of it.
        let found = read(&fleet, &site, "stored/300").await;
        assert_eq!(found, NOTHING, "after {page}");
    }
    fleet.shutdown(GRACE).await;
}

#[tokio::test]
async fn a_shared_worker_ends_with_its_visit() {
    let (fleet, site) = (fleet(1).await, site().await);
    for page in ["shared-worker", "blob-shared-worker"] {
        suffer(&fleet, &site, page).await;
        let beats = read(&fleet, &site, "strangers/beats").await;
        assert_eq!(read(&fleet, &site, "slow/300").await, "slow");
        assert_eq!(
            read(&fleet, &site, "strangers/beats").await,
            beats,
            "{page}"
        );
    }
    fleet.shutdown(GRACE).await;
}

#[tokio::test]
async fn a_page_that_replaces_what_scripts_stand_on_is_read_as_it_is_and_costs_no_session() {
    let (fleet, site) = (fleet(1).await, site().await);
    for page in [
        "replaces-all",
        "replaces-promise",
        "replaces-then",
        "looks-for-the-driver",
    ] {
        assert_eq!(
            read(&fleet, &site, &format!("strangers/{page}")).await,
            page
        );
        assert_eq!(read(&fleet, &site, "plain").await, "hello", "after {page}");
    }
    assert_eq!(fleet.status().opened, 1);
    fleet.shutdown(GRACE).await;
}

#[tokio::test]
#[ignore = "make test-all"]
async fn of_two_hundred_strangers_every_fifth_is_hostile_and_the_others_are_read_right() {
    let (fleet, site) = (fleet(2).await, site().await);
    for round in 0..40 {
        let (page, _) = PAGES[round % PAGES.len()];
        suffer(&fleet, &site, page).await;
        for other in ["plain", "stored", "late", "other"] {
            let expected = match other {
                "plain" => "hello",
                "stored" => NOTHING,
                other => other,
            };
            assert_eq!(read(&fleet, &site, other).await, expected, "after {page}");
        }
    }
    fleet.shutdown(GRACE).await;
}
