//! The API first, the browser where that does not do; and now and then both.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use crate::support::fake::{Fake, case};
use crate::support::{Service, Site, fixtures};
use gonggang::replay::Behaviour;
use gonggang::source::{Auto, CrossCheck, Source, SourceError};
use gonggang::timetable::Timetable;
use gonggang::timetable::reading::{Check, Mismatch, Unread};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const WEEKDAY: &str = "weekday0000000000000";

async fn read(source: &dyn Source) -> Result<Timetable, SourceError> {
    let identifier = WEEKDAY.parse().unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    let read = source.read(&identifier, deadline, CancellationToken::new());
    read.await.map(|read| read.timetable)
}

#[tokio::test]
async fn the_browser_reads_what_the_api_does_not_give_and_leaves_facts_alone() {
    let retry_after = Duration::from_secs(9);
    for (error, goes_on) in [
        (Unread::Blocked { status: Some(403) }.into(), true),
        (Unread::SiteUnavailable { status: None }.into(), true),
        (
            Unread::from(Mismatch::new(Check::AnswerShape, "", "")).into(),
            true,
        ),
        (
            Unread::from(Mismatch::new(Check::AnswerIdentifier, "", "")).into(),
            false,
        ),
        (
            SourceError::TooSlow {
                step: "api".to_owned(),
            },
            true,
        ),
        (SourceError::Busy { retry_after }, true),
        (
            SourceError::LeftAlone {
                unread: Unread::Blocked { status: None },
                retry_after,
            },
            true,
        ),
        (Unread::NotFound.into(), false),
        (Unread::NotPublic.into(), false),
        (Unread::NoTimetable.into(), false),
        (SourceError::Abandoned, false),
        (
            SourceError::Internal {
                reason: String::new(),
            },
            false,
        ),
    ] {
        let api = Fake::new(Err(error.clone()), None);
        let browser = Fake::new(Ok(case("weekday")), None);
        let auto = Auto::new(api.clone(), browser.clone(), None);
        assert_eq!(read(&auto).await.is_ok(), goes_on, "{error}");
        assert_eq!(
            (api.reads(), browser.reads()),
            (1, usize::from(goes_on)),
            "{error}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_cross_check_delays_nobody_and_only_one_is_under_way() {
    let go = Arc::new(Notify::new());
    let api = Fake::new(Ok(case("weekday")), None);
    let browser = Fake::new(Ok(case("weekday")), Some(Arc::clone(&go)));
    let every = CrossCheck::new(NonZeroU32::new(2).unwrap());
    let auto = Auto::new(api, browser.clone(), Some(every));
    for expected in [0, 1, 1, 1] {
        read(&auto).await.unwrap();
        tokio::task::yield_now().await;
        assert_eq!(browser.reads(), expected);
    }
    go.notify_one();
    tokio::time::sleep(Duration::from_millis(1)).await;
    read(&auto).await.unwrap();
    read(&auto).await.unwrap();
    tokio::task::yield_now().await;
    assert_eq!(browser.reads(), 2, "the first has ended");
}

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
    let good = api.cases.get(WEEKDAY).unwrap();
    let mut blocked = Behaviour::default();
    blocked.api.status = 403;
    api.cases.insert((*good).clone().with_behaviour(blocked));
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
        api.cases.api_calls(WEEKDAY),
        2,
        "the breaker spares the rest"
    );
    api.cases.insert((*good).clone());
    let back = async { while service.get(&path).await.json()["source"] != "api" {} };
    tokio::time::timeout(Duration::from_mins(1), back)
        .await
        .unwrap();
    assert_eq!(api.cases.api_calls(WEEKDAY), 3, "one probe");
    let private = service.get("/v1/timetables/private0000000000000").await;
    assert_eq!(private.json()["code"], "not_public");
    assert_eq!(
        page.cases.page_loads("private0000000000000"),
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
    let mut other = (*api.cases.get("saturday000000000000").unwrap()).clone();
    let name = crate::support::fake::case("saturday").classes[0]
        .name
        .clone();
    other.answer = other.answer.replace(&name, "엉뚱한 이름");
    api.cases.insert(other);
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
