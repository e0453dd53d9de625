//! The API first, the browser where that does not do; and now and then both.

use std::time::Duration;

use crate::support::{Service, Site, fixtures};
use standin::Behaviour;

const WEEKDAY: &str = "weekday0000000000000";

/// A service that asks one stand-in for the page and another for the API.
fn reading_both(page: &Site, api: &Site, more: &[(&'static str, &str)]) -> Service {
    let mut variables = vec![
        ("GONGGANG_SOURCE", "auto".to_owned()),
        ("GONGGANG_EVERYTIME_URL", page.url.clone()),
        ("GONGGANG_API_URL", api.url.clone()),
        ("GONGGANG_CACHE_CAPACITY", "0".to_owned()),
        ("GONGGANG_POOL_SIZE", "1".to_owned()),
    ];
    variables.extend(
        more.iter()
            .map(|(name, value)| (*name, (*value).to_owned())),
    );
    Service::start(&variables)
}

#[tokio::test]
async fn while_the_api_is_blocked_the_page_is_read_and_the_api_not_asked_in_vain() {
    let (page, api) = (
        Site::start(&fixtures()).await,
        Site::start(&fixtures()).await,
    );
    let good = api.fixtures.get(WEEKDAY).unwrap();
    let mut blocked = Behaviour::default();
    blocked.api.status = 403;
    api.fixtures.insert((*good).clone().with_behaviour(blocked));
    let service = reading_both(
        &page,
        &api,
        &[
            ("GONGGANG_BREAKER_FAILURES", "2"),
            ("GONGGANG_BREAKER_PAUSE", "10s"),
        ],
    );
    let path = format!("/v1/timetables/{WEEKDAY}");
    for _ in 0..4 {
        let answer = service.get(&path).await;
        assert_eq!(
            (answer.status, answer.json()["source"].as_str()),
            (200, Some("browser"))
        );
    }
    assert_eq!(
        api.fixtures.api_calls(WEEKDAY),
        2,
        "the breaker spares the rest"
    );
    api.fixtures.insert((*good).clone());
    let back = async { while service.get(&path).await.json()["source"] != "api" {} };
    tokio::time::timeout(Duration::from_mins(1), back)
        .await
        .unwrap();
    assert_eq!(api.fixtures.api_calls(WEEKDAY), 3, "one probe");
    let private = service.get("/v1/timetables/private0000000000000").await;
    assert_eq!(private.json()["code"], "not_public");
    assert_eq!(
        page.fixtures.page_loads("private0000000000000"),
        0,
        "a fact is final"
    );
}

#[tokio::test]
async fn a_cross_check_counts_what_differs_and_logs_which_part_without_its_content() {
    let (page, api) = (
        Site::start(&fixtures()).await,
        Site::start(&fixtures()).await,
    );
    let mut other = (*api.fixtures.get("saturday000000000000").unwrap()).clone();
    let name = crate::support::timetables::fixture("saturday").classes[0]
        .name
        .clone();
    other.answer = other.answer.replace(&name, "엉뚱한 이름");
    api.fixtures.insert(other);
    let service = reading_both(&page, &api, &[("GONGGANG_CROSS_CHECK", "1")]);
    for (identifier, result) in [
        (WEEKDAY, "same"),
        ("private0000000000000", "same"),
        ("overlap0000000000000", "same"),
        ("morethanthirty000000", "same"),
        ("saturday000000000000", "different"),
    ] {
        let before = counted(&service, result).await;
        service.get(&format!("/v1/timetables/{identifier}")).await;
        let checked = async { while counted(&service, result).await == before {} };
        let checked = tokio::time::timeout(Duration::from_secs(30), checked).await;
        assert!(checked.is_ok(), "{identifier}: {:?}", service.log());
    }
    let log = service.log();
    let line = log
        .iter()
        .find(|line| line.contains("cross-check"))
        .unwrap();
    assert!(line.contains(r#""differ":"name""#), "{line}");
    let told = [&name, "엉뚱한", "saturday0000"];
    assert!(
        log.iter()
            .all(|line| told.iter().all(|word| !line.contains(*word)))
    );
}

async fn counted(service: &Service, result: &str) -> u32 {
    let metrics = service.get("/metrics").await.text;
    let name = format!("gonggang_cross_checks_total{{result=\"{result}\"}} ");
    let mut lines = metrics.lines();
    lines
        .find_map(|line| line.strip_prefix(&*name))
        .map_or(0, |count| count.parse().unwrap())
}
