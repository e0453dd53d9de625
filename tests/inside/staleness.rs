//! Cached answers as they grow old, and while the site fails. Time is paused and only moves where a test
//! moves it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::fake::{CACHE, Fake, service_with};
use crate::support::timetables::fixture;
use futures_util::future::join_all;
use gonggang::cache::{CacheConfig, Lookup};
use gonggang::code::Code;
use gonggang::fault::Fault;
use gonggang::service::{Answer, CachePolicy, Service};
use gonggang::source::SourceError;
use metrics_exporter_prometheus::PrometheusBuilder;
use timetable::NotAvailable;
use timetable::Timetable;
use timetable::mismatch::{Check, Mismatch};
use timetable::share_link::ShareLink;
use tokio::time::advance;

const HOUR: Duration = Duration::from_hours(1);
const MINUTE: Duration = Duration::from_mins(1);
const SECOND: Duration = Duration::from_secs(1);

/// A site whose state a test sets, and a service that takes a second to read it.
struct Scene {
    site: Arc<Mutex<Result<Timetable, SourceError>>>,
    fake: Arc<Fake>,
    service: Arc<Service>,
}

impl Scene {
    fn new() -> Self {
        Self::with(CACHE)
    }

    fn with(cache: CacheConfig) -> Self {
        let site = Arc::new(Mutex::new(Ok(titled("first"))));
        let fake = Fake::reading(&site, SECOND);
        let service = service_with(&fake, cache);
        Self {
            site,
            fake,
            service,
        }
    }

    fn site_says(&self, outcome: Result<Timetable, SourceError>) {
        *self.site.lock().unwrap() = outcome;
    }

    fn site_is_down(&self) {
        self.site_says(Err(
            NotAvailable::SiteUnavailable { status: Some(503) }.into()
        ));
    }

    async fn ask(&self) -> Result<Answer, Fault> {
        self.service.timetable(&link(1)).await
    }

    /// A hundred callers at once: all get the same, which is given once.
    async fn ask_hundred(&self) -> Result<Answer, Fault> {
        let mut all = join_all((0..100).map(|_| self.ask())).await;
        let shown = |found: &Result<Answer, Fault>| match found {
            Ok(found) => format!("{:?} {:?}", found.lookup, found.timetable().title),
            Err(fault) => fault.to_string(),
        };
        let one = all.pop().unwrap();
        assert!(
            all.iter().all(|other| shown(other) == shown(&one)),
            "{all:?}"
        );
        one
    }

    /// Lets a read in the background end.
    async fn settle(&self) {
        tokio::time::sleep(2 * SECOND).await;
    }
}

fn link(n: usize) -> ShareLink {
    format!("{n:020}").parse().unwrap()
}

fn titled(title: &str) -> Timetable {
    Timetable {
        title: Some(title.to_owned()),
        ..fixture("weekday")
    }
}

/// The lookup and the version of an answer.
fn shown(found: Result<Answer, Fault>) -> (Lookup, String) {
    let found = found.unwrap();
    (found.lookup, found.timetable().title.clone().unwrap())
}

fn first(lookup: Lookup) -> (Lookup, String) {
    (lookup, "first".to_owned())
}

fn second(lookup: Lookup) -> (Lookup, String) {
    (lookup, "second".to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_hundred_callers_cause_one_read_at_each_limit_from_fresh_to_expired() {
    let scene = Scene::new();
    assert_eq!(shown(scene.ask_hundred().await), first(Lookup::Miss));
    assert_eq!(scene.fake.reads(), 1);

    advance(8 * MINUTE).await;
    assert_eq!(shown(scene.ask_hundred().await), first(Lookup::Hit));
    assert_eq!(scene.fake.reads(), 1);

    scene.site_says(Ok(titled("second")));
    advance(4 * MINUTE).await;
    let stale = scene.ask_hundred().await.unwrap();
    assert_eq!(
        stale.entry.age(),
        12 * MINUTE,
        "at once, without waiting for a read"
    );
    assert!((-180..=-60).contains(&stale.ttl), "{}", stale.ttl);
    assert_eq!(shown(Ok(stale)), first(Lookup::Stale));
    scene.settle().await;
    assert_eq!(shown(scene.ask_hundred().await), second(Lookup::Hit));
    assert_eq!(scene.fake.reads(), 2);

    scene.site_is_down();
    advance(12 * MINUTE).await;
    assert_eq!(shown(scene.ask_hundred().await), second(Lookup::Stale));
    scene.settle().await;
    assert_eq!(scene.fake.reads(), 3);

    advance(10 * MINUTE).await;
    let old = scene.ask_hundred().await.unwrap();
    assert!(old.entry.age() > 22 * MINUTE);
    assert_eq!(shown(Ok(old)), second(Lookup::StaleIfError));
    assert_eq!(scene.fake.reads(), 4);

    advance(24 * HOUR).await;
    let fault = scene.ask_hundred().await.unwrap_err();
    assert_eq!(fault.code(), Code::SiteUnavailable, "{fault:?}");
    assert_eq!(scene.fake.reads(), 5);

    scene.site_says(Ok(titled("first")));
    assert_eq!(shown(scene.ask_hundred().await), first(Lookup::Miss));
    assert_eq!(scene.fake.reads(), 6);
}

#[tokio::test(start_paused = true)]
async fn an_answer_older_than_the_soft_limit_is_read_again_while_all_callers_wait() {
    let scene = Scene::new();
    scene.ask().await.unwrap();
    scene.site_says(Ok(titled("second")));
    advance(22 * MINUTE).await;
    assert_eq!(shown(scene.ask_hundred().await), second(Lookup::Miss));
    assert_eq!(scene.fake.reads(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failed_refresh_is_not_repeated_at_every_request() {
    let scene = Scene::new();
    scene.ask().await.unwrap();
    scene.site_is_down();
    advance(12 * MINUTE).await;
    for seconds in 0..30 {
        assert_eq!(shown(scene.ask().await), first(Lookup::Stale), "{seconds}");
        advance(SECOND).await;
    }
    scene.settle().await;
    assert_eq!(scene.fake.reads(), 3, "the first, and two in half a minute");
}

#[tokio::test(start_paused = true)]
async fn refreshes_leave_room_for_waiting_callers() {
    let scene = Scene::new();
    let ask = |n| {
        let service = Arc::clone(&scene.service);
        async move { service.timetable(&link(n)).await.unwrap().lookup }
    };
    join_all((0..50).map(ask)).await;
    advance(12 * MINUTE).await;
    let lookups = join_all((0..50).map(ask)).await;
    assert_eq!(lookups, [Lookup::Stale; 50]);
    scene.settle().await;
    assert_eq!(scene.fake.reads(), 50 + 8);
    join_all((0..50).map(ask)).await;
    scene.settle().await;
    assert_eq!(scene.fake.reads(), 50 + 16, "the next ones take their turn");
}

#[tokio::test(start_paused = true)]
async fn a_definitive_answer_replaces_an_old_timetable_at_once_and_is_never_given_stale() {
    let scene = Scene::new();
    scene.ask().await.unwrap();
    scene.site_says(Err(NotAvailable::NotPublic.into()));
    advance(12 * MINUTE).await;
    assert_eq!(shown(scene.ask().await), first(Lookup::Stale));
    scene.settle().await;
    let fault = scene.ask().await.unwrap_err();
    assert_eq!(fault.code(), Code::NotPublic, "{fault:?}");
    assert_eq!(scene.fake.reads(), 2, "it is cached");

    scene.site_is_down();
    advance(34 * SECOND).await;
    let fault = scene.ask().await.unwrap_err();
    assert_eq!(fault.code(), Code::SiteUnavailable, "{fault:?}");
}

#[tokio::test(start_paused = true)]
async fn an_empty_timetable_is_read_again_as_soon_as_its_negative_ttl_ends() {
    let scene = Scene::new();
    scene.site_says(Ok(fixture("empty")));
    scene.ask().await.unwrap();
    advance(20 * SECOND).await;
    assert_eq!(scene.ask().await.unwrap().lookup, Lookup::Hit);
    scene.site_is_down();
    advance(14 * SECOND).await;
    assert!(scene.ask().await.is_err());
}

#[tokio::test(start_paused = true)]
async fn an_old_answer_is_given_only_in_an_outage() {
    let mismatch = Mismatch::new(Check::Structure, "one", "other");
    for (error, is_outage) in [
        (NotAvailable::Blocked { status: None }.into(), true),
        (NotAvailable::SiteUnavailable { status: None }.into(), true),
        (NotAvailable::TooSlow.into(), true),
        (
            SourceError::TooSlow {
                step: "page".into(),
            },
            true,
        ),
        (
            SourceError::Busy {
                retry_after: SECOND,
            },
            true,
        ),
        (
            SourceError::BrowserUnavailable {
                reason: String::new(),
                retry_after: None,
            },
            true,
        ),
        (NotAvailable::LayoutChanged(mismatch).into(), false),
        (
            SourceError::Internal {
                reason: String::new(),
            },
            false,
        ),
        (SourceError::Draining, false),
    ] {
        let scene = Scene::new();
        scene.ask().await.unwrap();
        scene.site_says(Err(error.clone()));
        advance(HOUR).await;
        let found = scene.ask().await;
        assert_eq!(found.is_ok(), is_outage, "{error}: {found:?}");
        scene.site_is_down();
        assert_eq!(
            shown(scene.ask().await),
            first(Lookup::StaleIfError),
            "it is still cached"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_old_answer_is_given_at_the_request_timeout_if_the_site_never_answers() {
    let mut scene = Scene::new();
    scene.fake = Fake::reading(&scene.site, HOUR);
    let cache = CacheConfig {
        ttl: 2 * HOUR,
        ..CACHE
    };
    scene.service = service_with(&scene.fake, cache);
    scene.ask().await.unwrap_err();
    // The read goes on without its caller, so that the next one finds its answer.
    tokio::time::sleep(HOUR).await;
    assert_eq!(shown(scene.ask().await), first(Lookup::Hit));
    advance(5 * HOUR).await;
    let began = tokio::time::Instant::now();
    assert_eq!(shown(scene.ask().await), first(Lookup::StaleIfError));
    assert_eq!(began.elapsed(), 15 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_forced_read_that_fails_returns_the_fault_and_does_not_remove_the_cached_answer() {
    let scene = Scene::new();
    scene.ask().await.unwrap();
    scene.site_is_down();
    let forced = scene
        .service
        .timetable_as(&link(1), CachePolicy::Bypass)
        .await;
    assert_eq!(forced.unwrap_err().code(), Code::SiteUnavailable);
    assert_eq!(shown(scene.ask().await), first(Lookup::Hit));
}

#[tokio::test(start_paused = true)]
async fn a_forced_read_replaces_the_cached_answer() {
    let scene = Scene::new();
    scene.ask().await.unwrap();
    scene.site_says(Ok(titled("second")));
    let forced = scene
        .service
        .timetable_as(&link(1), CachePolicy::Bypass)
        .await;
    assert_eq!(shown(forced), second(Lookup::Refresh));
    assert_eq!(shown(scene.ask().await), second(Lookup::Hit));
}

#[tokio::test(start_paused = true)]
async fn without_a_stale_time_only_fresh_answers_are_given() {
    let stale = Duration::ZERO;
    let scene = Scene::with(CacheConfig { stale, ..CACHE });
    scene.ask().await.unwrap();
    scene.site_says(Ok(titled("second")));
    advance(12 * MINUTE).await;
    assert_eq!(shown(scene.ask().await), second(Lookup::Miss));
    scene.site_is_down();
    advance(12 * MINUTE).await;
    assert!(scene.ask().await.is_err());
}

#[tokio::test(start_paused = true)]
async fn every_cache_lookup_is_counted_by_its_result() {
    // This thread's own, since other tests of this process count as well.
    let recorder = PrometheusBuilder::new().build_recorder();
    let _ours = metrics::set_default_local_recorder(&recorder);
    gonggang::metrics::start(|| 0).unwrap();
    let scene = Scene::new();
    let asked = &scene;
    let ask = |minutes: u32| async move {
        advance(minutes * MINUTE).await;
        asked.ask().await.unwrap()
    };
    ask(0).await;
    ask(8).await;
    scene.site_is_down();
    ask(4).await;
    ask(10).await;
    let _ = scene
        .service
        .timetable_as(&link(1), CachePolicy::Bypass)
        .await;
    let counted = recorder.handle().render();
    let zeros: Vec<_> = counted
        .lines()
        .filter(|line| line.ends_with(" 0"))
        .collect();
    for result in ["hit", "miss", "stale", "stale_if_error", "refresh"] {
        let line = format!("gonggang_cache_requests_total{{result=\"{result}\"}} ");
        assert!(counted.contains(&line), "{counted}");
        assert!(
            !zeros.iter().any(|zero| zero.starts_with(&line)),
            "{result}"
        );
    }
    for reason in ["expired", "size"] {
        let line = format!("gonggang_cache_evictions_total{{reason=\"{reason}\"}} ");
        assert!(counted.contains(&line), "{counted}");
    }
    for gauge in ["gonggang_cache_entries ", "gonggang_cache_bytes "] {
        let line = counted
            .lines()
            .find(|line| line.starts_with(gauge))
            .unwrap();
        assert!(!line.ends_with(" 0"), "{line}");
    }
}
