//! Hostile pages: the visit after each of them finds nothing of it and is answered.

use std::{path::PathBuf, time::Duration};

use super::{
    super::files::quoting,
    common::{
        NOTHING, config, fleet_of,
        hostile::FORBIDDEN,
        in_dir,
        lent::lent,
        short_dir, site,
        sniffer::{Sniffer, is_inside},
        strangers::PAGES,
        visit,
    },
};
use futures_util::future::join_all;
use url::Url;
use webdriver_fleet::{Fleet, FleetConfig};

const GRACE: Duration = Duration::from_secs(5);

async fn read(fleet: &Fleet, site: &Url, page: &str) -> String {
    let visited = fleet.visit(visit(site, page)).await;
    let visited = visited.unwrap_or_else(|error| panic!("{page}: {error}"));
    visited.value.as_str().unwrap_or_default().to_owned()
}

/// Visits a hostile page. Only the next visit's answer matters, so this one is dropped.
async fn visit_hostile(fleet: &Fleet, site: &Url, page: &str) {
    let _ = fleet.visit(visit(site, &format!("strangers/{page}"))).await;
}

#[tokio::test]
async fn the_next_visit_finds_nothing_of_a_hostile_page() {
    let parts = PAGES.chunks(PAGES.len().div_ceil(3));
    join_all(parts.map(each_is_followed_by_a_clean_visit)).await;
}

async fn each_is_followed_by_a_clean_visit(pages: &[(&str, &str)]) {
    let (fleet, site) = (lent().await, site().await);
    for (page, _) in pages {
        visit_hostile(&fleet, &site, page).await;
        // The next document arrives after 300 ms, which gives leftovers time to act.
        let found = read(&fleet, &site, "stored/300").await;
        assert_eq!(found, NOTHING, "after {page}");
    }
}

#[tokio::test]
async fn a_shared_worker_ends_with_its_visit() {
    let (fleet, site) = (lent().await, site().await);
    for page in ["shared-worker", "blob-shared-worker"] {
        visit_hostile(&fleet, &site, page).await;
        let beats = read(&fleet, &site, "strangers/beats").await;
        assert_eq!(read(&fleet, &site, "slow/300").await, "slow");
        assert_eq!(
            read(&fleet, &site, "strangers/beats").await,
            beats,
            "{page}"
        );
    }
}

#[tokio::test]
async fn a_page_that_replaces_built_in_functions_is_read_correctly() {
    let (fleet, site) = (lent().await, site().await);
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
    assert_eq!(fleet.lost(), 0);
}

#[tokio::test]
#[ignore = "make test-all"]
async fn every_fifth_of_two_hundred_pages_is_hostile_and_the_others_are_read_correctly() {
    let test = "every_fifth_of_two_hundred_pages_is_hostile_and_the_others_are_read_correctly";
    if !is_inside(&format!("{}::{test}", module_path!())) {
        return;
    }
    let (sniffer, site) = (Sniffer::start("none"), site().await);
    let dir = short_dir("guests");
    let fleet = fleet_of(in_dir(reaching(2, &site), dir.clone())).await;
    let hostile = hostile_pages();
    let rounds = hostile.len().max(40);
    for page in hostile.iter().cycle().take(rounds) {
        let _ = fleet.visit(visit(&site, page)).await;
        for other in ["plain", "stored", "late", "other"] {
            let expected = match other {
                "plain" => "hello",
                "stored" => NOTHING,
                other => other,
            };
            assert_eq!(read(&fleet, &site, other).await, expected, "after {page}");
        }
    }
    assert_eq!(quoting(&dir), Vec::<PathBuf>::new());
    fleet.shutdown(GRACE).await;
    std::fs::remove_dir(&dir).unwrap();
    assert_eq!(sniffer.strays(&FORBIDDEN), []);
    assert_eq!(sniffer.names(), Vec::<String>::new());
}

/// The configuration of a fleet that reaches only the site.
fn reaching(slots: usize, site: &Url) -> FleetConfig {
    let mut config = config(slots);
    let port = site.port().expect("its own");
    config.browser.allowed_hosts = Some(vec![format!("127.0.0.1:{port}")]);
    config
}

/// Pages that reach for the next visit, for the network and for the log.
fn hostile_pages() -> Vec<String> {
    let others = ["hostile/calls-home", "hostile/writes"].map(str::to_owned);
    let strangers = PAGES.iter().map(|(page, _)| format!("strangers/{page}"));
    others.into_iter().chain(strangers).collect()
}
