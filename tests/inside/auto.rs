//! The API first, the browser where that does not do; and now and then both.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use crate::support::fake::Fake;
use crate::support::timetables::fixture;
use gonggang::source::{Auto, CircuitOpen, CrossCheck, Source, SourceError};
use timetable::NotAvailable;
use timetable::Timetable;
use timetable::mismatch::{Check, Mismatch};
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
async fn the_browser_reads_what_the_api_does_not_give_but_no_definitive_answer_again() {
    let retry_after = Duration::from_secs(9);
    for (error, goes_on) in [
        (NotAvailable::Blocked { status: Some(403) }.into(), true),
        (NotAvailable::SiteUnavailable { status: None }.into(), true),
        (
            NotAvailable::from(Mismatch::new(Check::AnswerShape, "", "")).into(),
            true,
        ),
        (
            NotAvailable::from(Mismatch::new(Check::AnswerIdentifier, "", "")).into(),
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
            CircuitOpen {
                last: NotAvailable::Blocked { status: None },
                retry_after,
            }
            .into(),
            true,
        ),
        (NotAvailable::NotFound.into(), false),
        (NotAvailable::NotPublic.into(), false),
        (NotAvailable::NoTimetable.into(), false),
        (SourceError::Abandoned, false),
        (
            SourceError::Internal {
                reason: String::new(),
            },
            false,
        ),
    ] {
        let api = Fake::new(Err(error.clone()), None);
        let browser = Fake::new(Ok(fixture("weekday")), None);
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
async fn a_cross_check_delays_no_caller_and_only_one_runs_at_a_time() {
    let go = Arc::new(Notify::new());
    let api = Fake::new(Ok(fixture("weekday")), None);
    let browser = Fake::new(Ok(fixture("weekday")), Some(Arc::clone(&go)));
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
