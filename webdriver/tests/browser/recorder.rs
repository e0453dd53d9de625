//! Answers to the page's calls, and scripts whose first value is not final.

use std::time::{Duration, Instant};

use super::common::{lent::lent, site, stage, visit};
use serde_json::json;
use webdriver_fleet::{CallAnswer, IsFinal, Visit};

fn answered(status: u16, body: &str) -> CallAnswer {
    CallAnswer {
        status,
        content_type: Some("text/plain; charset=utf-8".into()),
        body: Some(body.into()),
    }
}

#[tokio::test]
async fn a_call_of_the_page_is_recorded_before_the_page_draws_from_it() {
    let stage = stage();
    for page in ["calls-xhr", "calls-fetch", "calls-jquery-like"] {
        let read = stage.visit(page).await.unwrap();
        assert_eq!(read.value, json!("answer 200"), "{page}");
        assert_eq!(read.calls, [answered(200, "answer 200")], "{page}");
    }
    let plain = stage.visit("plain").await.unwrap();
    assert_eq!(plain.calls, [], "of the page before");
}

#[tokio::test]
async fn calls_to_other_addresses_are_not_recorded_and_failed_ones_are() {
    let stage = stage();
    let read = stage.visit("calls-several").await.unwrap();
    let failed = CallAnswer {
        status: 0,
        content_type: None,
        body: Some(String::new()),
    };
    assert_eq!(read.calls, [answered(404, "answer 404"), failed]);
}

#[tokio::test]
async fn no_call_is_recorded_without_a_configured_address() {
    let (fleet, site) = (lent().await, site().await);
    let read = fleet.visit(visit(&site, "calls-xhr")).await.unwrap();
    assert_eq!((read.value, read.calls), (json!("answer 200"), vec![]));
}

/// The visit, final only when it reads this text.
fn until(visit: Visit, text: &'static str) -> Visit {
    Visit {
        is_final: Some(IsFinal::new(move |observation| {
            *observation.value == json!(text)
        })),
        ..visit
    }
}

#[tokio::test]
async fn a_page_is_read_again_until_its_value_is_final() {
    let (fleet, site) = (lent().await, site().await);
    for page in ["steps", "steps-in-frames"] {
        let read = fleet.visit(until(visit(&site, page), "5")).await.unwrap();
        assert_eq!(read.value, json!("5"), "{page}");
    }
    let next = fleet.visit(visit(&site, "plain")).await.unwrap();
    assert_eq!(next.value, json!("hello"));
    assert_eq!(fleet.lost(), 0);
}

#[tokio::test]
async fn at_the_deadline_the_last_value_is_returned() {
    let stage = stage();
    let visit = Visit {
        page_timeout: Duration::from_secs(3),
        ..until(stage.to("steps"), "never")
    };
    assert_eq!(stage.fleet.visit(visit).await.unwrap().value, json!("5"));
}

#[tokio::test]
async fn is_final_learns_of_an_exception_and_of_an_unchanged_value() {
    let stage = stage();
    let quiet = Duration::from_millis(200);
    let visit = Visit {
        is_final: Some(IsFinal::new(move |observation| {
            observation.threw && observation.unchanged >= quiet
        })),
        page_timeout: Duration::from_hours(1),
        deadline: Instant::now() + Duration::from_hours(1),
        ..stage.to("throws")
    };
    let read = tokio::time::timeout(Duration::from_mins(1), stage.fleet.visit(visit)).await;
    let read = read.expect("an answer long before the deadline").unwrap();
    assert_eq!(read.value, json!("thrown"));
}
