//! A timetable that the operator knows, read now and then by each source.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::fake::{CACHE, Fake};
use crate::support::timetables::fixture;
use gonggang::canary::{Canary, CanaryConfig};
use gonggang::reading::SourceKind;
use gonggang::service::Service;
use gonggang::source::{BreakerConfig, PoliteSource, Politeness, Source, SourceError};
use timetable::NotAvailable;
use timetable::Timetable;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

const INTERVAL: Duration = Duration::from_mins(10);
const BLOCKED: SourceError = SourceError::NotAvailable(NotAvailable::Blocked { status: Some(403) });

fn canary(sources: Vec<(SourceKind, Arc<dyn Source>)>) -> Canary {
    let config = CanaryConfig {
        link: "weekday0000000000000".parse().unwrap(),
        interval: INTERVAL,
    };
    Canary::new(config, sources, Duration::from_secs(15))
}

fn by_api(source: Arc<dyn Source>) -> Canary {
    canary(vec![(SourceKind::Api, source)])
}

/// A source whose answers the test sets.
fn changeable(
    answer: Result<Timetable, SourceError>,
) -> (Arc<Mutex<Result<Timetable, SourceError>>>, Arc<Fake>) {
    let site = Arc::new(Mutex::new(answer));
    let fake = Fake::reading(&site, Duration::ZERO);
    (site, fake)
}

fn last(canary: &Canary) -> &'static str {
    canary.status().sources()[0].result.unwrap()
}

/// The same timetable with a class less.
fn changed() -> Timetable {
    let mut timetable = fixture("weekday");
    timetable.classes.pop();
    timetable
}

#[tokio::test(start_paused = true)]
async fn a_canary_is_read_at_the_start_and_once_in_each_interval() {
    let fake = Fake::new(Ok(fixture("weekday")), None);
    let canary = Arc::new(by_api(Arc::clone(&fake) as _));
    assert_eq!(canary.status().sources()[0].result, None);
    let running = Arc::clone(&canary);
    let running = tokio::spawn(async move { running.run().await });
    sleep(2 * INTERVAL + Duration::from_secs(1)).await;
    assert_eq!(fake.reads(), 3);
    let read = &canary.status().sources()[0].clone();
    assert_eq!((read.result, read.seconds_ago), (Some("same"), Some(1)));
    running.abort();
}

#[tokio::test]
async fn a_changed_canary_is_reported_once_and_a_fault_by_its_code() {
    let (site, fake) = changeable(Ok(fixture("weekday")));
    let canary = by_api(fake);
    let read = async |answer: Result<Timetable, SourceError>| {
        *site.lock().unwrap() = answer;
        canary.read().await;
        (last(&canary), canary.status().sources()[0].is_failing())
    };
    assert_eq!(read(Ok(fixture("weekday"))).await, ("same", false));
    assert_eq!(read(Ok(changed())).await, ("changed", false));
    assert_eq!(read(Ok(changed())).await, ("same", false));
    assert_eq!(read(Err(BLOCKED)).await, ("blocked", true));
    assert_eq!(
        read(Err(NotAvailable::NotPublic.into())).await,
        ("not_public", true)
    );
    assert_eq!(
        read(Err(NotAvailable::NotFound.into())).await,
        ("not_found", true)
    );
    assert_eq!(
        read(Err(NotAvailable::TooSlow.into())).await,
        ("timeout", true)
    );
    assert_eq!(read(Err(SourceError::Draining)).await, ("skipped", false));
    // Compared with the last one that was read.
    assert_eq!(read(Ok(fixture("weekday"))).await, ("changed", false));
}

#[tokio::test]
async fn a_difference_between_two_sources_of_the_canary_is_reported() {
    let (site, page) = changeable(Ok(fixture("weekday")));
    let api = Fake::new(Ok(fixture("weekday")), None);
    let canary = canary(vec![(SourceKind::Api, api), (SourceKind::Browser, page)]);
    canary.read().await;
    assert!(canary.status().differ().is_empty());
    *site.lock().unwrap() = Ok(changed());
    canary.read().await;
    assert_eq!(canary.status().differ(), ["classes"]);
    *site.lock().unwrap() = Err(BLOCKED);
    canary.read().await;
    assert_eq!(
        canary.status().differ(),
        ["classes"],
        "nothing to compare with"
    );
    *site.lock().unwrap() = Ok(fixture("weekday"));
    canary.read().await;
    assert!(canary.status().differ().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_canary_is_not_read_while_the_breaker_is_open() {
    let fake = Fake::new(Err(BLOCKED), None);
    let breaker = BreakerConfig {
        failures: 1,
        pause: Duration::from_mins(30),
    };
    let polite = PoliteSource::new(
        Arc::clone(&fake) as _,
        SourceKind::Api,
        Politeness {
            rate: None,
            breaker,
        },
    );
    let canary = by_api(Arc::new(polite));
    canary.read().await;
    assert_eq!(last(&canary), "blocked");
    canary.read().await;
    assert_eq!((last(&canary), fake.reads()), ("skipped", 1));
}

#[tokio::test(start_paused = true)]
async fn a_canary_counts_against_the_sites_rate() {
    let fake = Fake::new(Ok(fixture("weekday")), None);
    let breaker = BreakerConfig {
        failures: 0,
        pause: Duration::from_secs(30),
    };
    let rate = NonZeroU32::new(1);
    let polite = PoliteSource::new(fake, SourceKind::Api, Politeness { rate, breaker });
    let polite: Arc<dyn Source> = Arc::new(polite);
    let (canary, began) = (by_api(Arc::clone(&polite)), Instant::now());
    canary.read().await;
    let identifier = fixture("weekday").identifier;
    let deadline = began + Duration::from_secs(15);
    let read = polite.read(&identifier, deadline, CancellationToken::new());
    read.await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_canary_skips_the_cache_and_does_not_affect_readiness_or_show_its_identifier() {
    let (site, fake) = changeable(Ok(fixture("weekday")));
    let source: Arc<dyn Source> = Arc::clone(&fake) as _;
    let canary = Arc::new(by_api(Arc::clone(&source)));
    let service = Service::new(source, CACHE, Duration::from_secs(15));
    let service = service.with_canary(Some(Arc::clone(&canary)));
    let link = "weekday0000000000000".parse().unwrap();
    service.timetable(&link).await.unwrap();
    canary.read().await;
    assert_eq!(fake.reads(), 2);
    *site.lock().unwrap() = Err(NotAvailable::NotPublic.into());
    canary.read().await;
    assert!(service.is_ready());
    service.timetable(&link).await.unwrap();
    let status = serde_json::to_value(service.status()).unwrap();
    assert_eq!(status["canary"]["interval_seconds"], 600);
    assert_eq!(status["canary"]["sources"][0]["source"], "api");
    assert_eq!(status["canary"]["sources"][0]["result"], "not_public");
    assert!(!status.to_string().contains("weekday"), "{status}");
}
