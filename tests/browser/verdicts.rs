//! Every state of the page and every answer of the API: told apart, with one call of the API, and the next
//! request unharmed. What the other interfaces say of an outcome is proven in `tests/inside/contract.rs`; `make
//! test-all` asks all three of a browser.

use std::time::{Duration, Instant};

use crate::support::verdicts::{Interface, Limits, PATIENT, VERDICTS, Verdict, code};
use crate::support::{Service, Site, address, expected, fixtures};
use futures_util::{StreamExt, stream};
use serde_json::Value;
use standin::{Behaviour, DocumentKind, Fixture, Fixtures};

/// On a machine that has nothing else to do.
const STRICT: Limits = Limits {
    ordinary: Duration::from_secs(2),
    page_timeout: Duration::from_secs(4),
};
/// Verdicts looked at at the same time.
const AT_ONCE: usize = 3;

/// A service that reads `site` again for each request, and waits for a page as long as that.
fn without_cache(site: &Site, page: &str, more: &[(&'static str, &str)]) -> Service {
    let mut variables = site.variables();
    variables.extend([
        ("GONGGANG_PAGE_TIMEOUT", page.to_owned()),
        ("GONGGANG_QUEUE_TIMEOUT", "10m".to_owned()),
        ("GONGGANG_REQUEST_TIMEOUT", "20m".to_owned()),
        ("GONGGANG_CACHE_CAPACITY", "0".to_owned()),
        ("GONGGANG_POOL_SIZE", "2".to_owned()),
    ]);
    variables.extend(
        more.iter()
            .map(|(name, value)| (*name, (*value).to_owned())),
    );
    Service::start(&variables)
}

#[tokio::test]
async fn every_verdict_is_right_as_soon_as_it_is_known() {
    let site = Site::start(&fixtures()).await;
    let service = without_cache(&site, "10m", &[]);
    let known = VERDICTS.iter().filter(|verdict| verdict.fixture != "never");
    let both = (&service, &site);
    let looks = known.map(|verdict| verdict.faults(both, Interface::Full, PATIENT));
    let wrong: Vec<_> = stream::iter(looks)
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let wrong = wrong.concat();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_page_that_never_ends_is_a_timeout_and_the_next_is_read() {
    let site = Site::start(&fixtures()).await;
    let service = without_cache(&site, "2s", &[]);
    // A browser takes longer for its first page than for any other.
    service.schedule("@saturday000000000000").await;
    let never = VERDICTS.iter().find(|verdict| verdict.fixture == "never");
    let wrong = on_every_interface(never.unwrap(), &service, &site, PATIENT).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
#[ignore = "make test-all"]
async fn every_verdict_is_right_on_every_interface_and_in_time() {
    let site = Site::start(&fixtures()).await;
    let service = without_cache(&site, "4s", &[]);
    // A browser takes longer for its first page than for any other.
    service.schedule("@saturday000000000000").await;
    let mut wrong = Vec::new();
    for verdict in &VERDICTS {
        wrong.extend(on_every_interface(verdict, &service, &site, STRICT).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn on_every_interface(
    verdict: &Verdict,
    service: &Service,
    site: &Site,
    limits: Limits,
) -> Vec<String> {
    let mut wrong = Vec::new();
    for interface in Interface::ALL {
        wrong.extend(verdict.faults((service, site), interface, limits).await);
    }
    wrong
}

#[tokio::test]
async fn every_fixture_outside_the_table_is_a_timetable_with_classes() {
    let all = Fixtures::load(&fixtures()).unwrap().all();
    let known = |name: &str| VERDICTS.iter().any(|verdict| verdict.fixture == name);
    assert!(
        VERDICTS
            .iter()
            .all(|v| all.iter().any(|c| c.name == v.fixture))
    );
    for fixture in all.iter().filter(|fixture| !known(&fixture.name)) {
        let expected = expected(&fixtures().join(&fixture.name));
        let classes = expected["timetable"]["classes"].as_array();
        assert!(
            classes.is_some_and(|all| !all.is_empty()),
            "{}",
            fixture.name
        );
    }
}

#[tokio::test]
async fn a_half_drawn_page_and_a_document_that_is_not_the_page_are_explained_in_the_log() {
    let site = Site::start(&fixtures()).await;
    let service = without_cache(&site, "4s", &[]);
    let mut wrong = Vec::new();
    for (fixture, words) in [
        (
            "throws-at-first",
            "layout changed: drawing: expected 6 classes: 7 meetings, 1 without a time, \
             found 0 meetings, 0 without a time, 0 classes refused",
        ),
        (
            "throws-at-third",
            "layout changed: drawing: expected 6 classes: 7 meetings, 1 without a time, \
             found 4 meetings, 0 without a time, 0 classes refused",
        ),
        ("interstitial", r#""missing":"container""#),
        ("challenge", r#""missing":"container""#),
        ("maintenance", r#""missing":"tablebody""#),
    ] {
        let before = service.log().len();
        let id = site.fixtures.named(fixture).unwrap().identifier.clone();
        service.get(&format!("/v1/timetables/{id}")).await;
        let told = || {
            service.log()[before..]
                .iter()
                .any(|line| line.contains(words))
        };
        let until = Instant::now() + Duration::from_secs(20);
        while !told() && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if !told() {
            let log = &service.log()[before..];
            wrong.push(format!("{fixture}: no {words} in {log:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A site that shows this document in place of every timetable.
async fn showing(document: DocumentKind) -> Site {
    let fixtures = Fixtures::load(&fixtures()).unwrap();
    for fixture in fixtures.all() {
        let mut behaviour = Behaviour::default();
        behaviour.page.document = document;
        behaviour.identifier = Some(fixture.identifier.clone());
        fixtures.insert(Fixture::clone(&fixture).with_behaviour(behaviour));
    }
    Site::serving(fixtures).await
}

#[tokio::test]
async fn a_site_that_shows_an_interstitial_for_every_page_is_left_alone() {
    let site = showing(DocumentKind::Interstitial).await;
    let settings = [
        ("GONGGANG_BREAKER_FAILURES", "3"),
        ("GONGGANG_BREAKER_PAUSE", "60s"),
    ];
    let service = without_cache(&site, "4s", &settings);
    let fixtures = site.fixtures.all();
    let page_loads = || -> u64 {
        let loads = fixtures
            .iter()
            .map(|c| site.fixtures.page_loads(&c.identifier));
        loads.sum()
    };
    for (number, fixture) in (1..).zip(&fixtures[..5]) {
        let answer = service
            .get(&format!("/v1/timetables/{}", fixture.identifier))
            .await;
        assert_eq!((answer.status, code(&answer).as_str()), (502, "blocked"));
        let wait = answer
            .header("retry-after")
            .map(|wait| wait.parse::<u64>().unwrap());
        match number {
            1..=3 => assert_eq!(wait, None, "{answer:?}"),
            _ => assert!(
                wait.is_some_and(|wait| (1..=60).contains(&wait)),
                "{wait:?}"
            ),
        }
        assert_eq!(page_loads(), number.min(3), "request {number}");
    }
    let status: Value = service.get("/status").await.json();
    assert_eq!(status["source"]["breaker"]["state"], "open", "{status}");
}

#[tokio::test]
async fn an_unreachable_site_is_said_to_be_so_on_every_interface() {
    let closed = address::of_nothing();
    let service = Service::start(&[
        ("GONGGANG_EVERYTIME_URL", closed.clone()),
        ("GONGGANG_API_URL", closed),
    ]);
    let id = "weekday0000000000000";
    for (path, status, expected) in [
        (format!("/schedule?url=@{id}"), 502, "CRAWLING-005"),
        (
            format!("/api/v1/fixed-schedules/everytime/{id}"),
            503,
            "FIXED-004",
        ),
        (format!("/v1/timetables/{id}"), 502, "site_unavailable"),
    ] {
        let answer = service.get(&path).await;
        assert_eq!(
            (answer.status, code(&answer).as_str()),
            (status, expected),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn a_page_whose_api_is_of_another_origin_is_read_as_well() {
    let site = Site::start(&fixtures()).await;
    let api = site.url.replace("127.0.0.1", "localhost");
    site.fixtures.set_api_base(api.clone());
    let mut variables = site.variables();
    variables[1].1 = api;
    let service = Service::start(&variables);
    let answer = service.schedule("@weekday0000000000000").await;
    assert_eq!(
        (answer.status, code(&answer).as_str()),
        (200, "200"),
        "{answer:?}"
    );
    let refused = service.get("/v1/timetables/forbidden00000000000").await;
    assert_eq!(code(&refused), "blocked", "{refused:?}");
}
