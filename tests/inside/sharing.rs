//! How callers share reads, and what is cached of them.

use std::sync::Arc;

use crate::support::fake::{Fake, service};
use crate::support::fixtures;
use gonggang::cache::Lookup;
use gonggang::code::Code;
use timetable::NotAvailable;
use timetable::Timetable;
use timetable::share_link::ShareLink;
use tokio::sync::Notify;
use tokio::time::Instant;

fn weekday() -> Timetable {
    let expected = crate::support::expected(&fixtures().join("weekday"));
    serde_json::from_value(expected["timetable"].clone()).unwrap()
}

fn link(n: usize) -> ShareLink {
    format!("{n:020}").parse().unwrap()
}

#[tokio::test]
async fn callers_at_the_same_time_share_one_read_even_if_the_first_one_leaves() {
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
async fn a_read_whose_callers_have_all_left_before_its_turn_is_abandoned() {
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
    // Ends although the read is never released.
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
    assert_eq!(fault.code(), Code::Timeout, "{fault:?}");
    assert_eq!(began.elapsed().as_secs(), 15);
}

#[tokio::test]
async fn definitive_answers_are_cached_and_faults_are_not() {
    for (error, is_cached) in [
        (NotAvailable::NotFound, true),
        (NotAvailable::NotPublic, true),
        (NotAvailable::NoTimetable, true),
        (NotAvailable::TooSlow, false),
        (NotAvailable::Blocked { status: Some(403) }, false),
        (NotAvailable::SiteUnavailable { status: None }, false),
    ] {
        let fake = Fake::new(Err(error.clone().into()), None);
        let service = service(&fake);
        for _ in 0..3 {
            service.timetable(&link(1)).await.unwrap_err();
        }
        assert_eq!(fake.reads(), if is_cached { 1 } else { 3 }, "{error:?}");
    }
}

#[tokio::test]
async fn different_timetables_do_not_share_a_read() {
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
    assert_eq!(fault.code(), Code::Draining, "{fault:?}");
    assert_eq!(fake.reads(), 0);
}
