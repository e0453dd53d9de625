//! What the service does with its source and its cache, with sources that are right, wrong, slow
//! or never answer.

#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use gonggang::cache::{CacheConfig, Lookup};
use gonggang::fault::Fault;
use gonggang::service::Service;
use gonggang::source::{BoxFuture, Read, Source, SourceError, SourceKind, Timings};
use gonggang::timetable::Timetable;
use gonggang::timetable::reading::Unread;
use gonggang::timetable::share_link::{Identifier, ShareLink};
use support::{Site, fixtures};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const CACHE: CacheConfig = CacheConfig {
    capacity: 100,
    ttl: Duration::from_mins(10),
    negative_ttl: Duration::from_secs(30),
};

/// A source that counts its reads and answers as it is told.
struct Fake {
    reads: AtomicUsize,
    outcome: Result<Timetable, SourceError>,
    /// Held back until somebody says go; `None` answers at once.
    go: Option<Arc<Notify>>,
}

impl Fake {
    fn new(outcome: Result<Timetable, SourceError>, go: Option<Arc<Notify>>) -> Arc<Self> {
        Arc::new(Self {
            reads: AtomicUsize::new(0),
            outcome,
            go,
        })
    }

    fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }
}

impl Source for Fake {
    fn read<'a>(
        &'a self,
        _: &'a Identifier,
        _: Instant,
        abandoned: CancellationToken,
    ) -> BoxFuture<'a, Result<Read, SourceError>> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            if let Some(go) = &self.go {
                let turn = abandoned.run_until_cancelled(go.notified());
                turn.await.ok_or(SourceError::Abandoned)?;
            }
            let timetable = self.outcome.clone()?;
            Ok(Read {
                timetable,
                source: SourceKind::Browser,
                timings: Timings::default(),
            })
        })
    }

    fn is_ready(&self) -> bool {
        true
    }
}

fn service(fake: &Arc<Fake>) -> Arc<Service> {
    let source: Arc<dyn Source> = Arc::clone(fake) as _;
    Arc::new(Service::new(source, CACHE, Duration::from_secs(15)))
}

fn weekday() -> Timetable {
    let expected = support::expected(&fixtures().join("weekday"));
    serde_json::from_value(expected["timetable"].clone()).unwrap()
}

fn link(n: usize) -> ShareLink {
    format!("{n:020}").parse().unwrap()
}

#[tokio::test]
async fn callers_at_the_same_time_share_one_read_also_when_the_first_one_leaves() {
    let go = Arc::new(Notify::new());
    let fake = Fake::new(Ok(weekday()), Some(Arc::clone(&go)));
    let service = service(&fake);
    let call = || {
        let service = Arc::clone(&service);
        tokio::spawn(async move { service.timetable(&link(1)).await })
    };
    let first = call();
    while fake.reads() == 0 {
        tokio::task::yield_now().await;
    }
    let others: Vec<_> = (0..100).map(|_| call()).collect();
    tokio::task::yield_now().await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    go.notify_one();
    for other in others {
        assert!(other.await.unwrap().is_ok());
    }
    assert_eq!(fake.reads(), 1);
}

#[tokio::test]
async fn a_read_whose_every_caller_left_before_its_turn_is_given_up() {
    let go = Arc::new(Notify::new());
    let fake = Fake::new(Ok(weekday()), Some(Arc::clone(&go)));
    let service = service(&fake);
    let caller = Arc::clone(&service);
    let only = tokio::spawn(async move { caller.timetable(&link(1)).await });
    while fake.reads() == 0 {
        tokio::task::yield_now().await;
    }
    only.abort();
    let _ = only.await;
    // Ends without anybody saying go.
    service.finish_reads().await;
    go.notify_one();
    let found = service.timetable(&link(1)).await.unwrap();
    assert_eq!((found.lookup, fake.reads()), (Lookup::Miss, 2));
}

#[tokio::test(start_paused = true)]
async fn a_source_that_never_answers_ends_in_a_timeout_at_the_request_timeout() {
    let fake = Fake::new(Ok(weekday()), Some(Arc::new(Notify::new())));
    let began = Instant::now();
    let fault = service(&fake).timetable(&link(1)).await.unwrap_err();
    assert!(matches!(fault, Fault::Timeout { .. }), "{fault:?}");
    assert_eq!(began.elapsed().as_secs(), 15);
}

#[tokio::test]
async fn facts_are_kept_and_faults_are_not() {
    for (error, kept) in [
        (Unread::NotFound, true),
        (Unread::NotPublic, true),
        (Unread::NoTimetable, true),
        (Unread::TooSlow, false),
        (Unread::Blocked { status: Some(403) }, false),
        (Unread::SiteUnavailable { status: None }, false),
    ] {
        let fake = Fake::new(Err(error.clone().into()), None);
        let service = service(&fake);
        for _ in 0..3 {
            service.timetable(&link(1)).await.unwrap_err();
        }
        assert_eq!(fake.reads(), if kept { 1 } else { 3 }, "{error:?}");
    }
}

#[tokio::test]
async fn different_timetables_are_read_each_for_itself() {
    let fake = Fake::new(Ok(weekday()), None);
    let service = service(&fake);
    for n in 0..10 {
        service.timetable(&link(n % 5)).await.unwrap();
    }
    assert_eq!(fake.reads(), 5);
}

#[tokio::test]
async fn a_draining_service_takes_no_question() {
    let fake = Fake::new(Ok(weekday()), None);
    let service = service(&fake);
    service.start_draining();
    let fault = service.timetable(&link(1)).await.unwrap_err();
    assert!(matches!(fault, Fault::Draining), "{fault:?}");
    assert_eq!(fake.reads(), 0);
}

#[tokio::test]
async fn many_callers_of_a_slow_page_cause_one_page_load_in_the_real_browser() {
    let site = Site::start(&fixtures()).await;
    let service = support::Service::reading(&site);
    let url = format!("{}/v1/timetables/slow0000000000000000", service.url);
    let hasty = service
        .client
        .get(&url)
        .timeout(Duration::from_millis(300))
        .send()
        .await;
    assert!(hasty.unwrap_err().is_timeout());
    let calls: Vec<_> = (0..20)
        .map(|_| tokio::spawn(service.client.get(&url).send()))
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().status().as_u16(), 200);
    }
    assert_eq!(site.cases.page_loads("slow0000000000000000"), 1);
}
