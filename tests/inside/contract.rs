//! The contract's table of cases, row by row, on all three interfaces, and the four generations of
//! frontends as they really ask.

use std::time::Duration;

use crate::support::fake::{Fake, Http, Reply, request};
use crate::support::timetables::{every_fixture, fixture};
use axum::body::Body;
use gonggang::source::SourceError;
use serde_json::{Value, json};
use timetable::NotAvailable;
use timetable::mismatch::{Check, Mismatch};

const IDENTIFIER: &str = "weekday0000000000000";

/// What each interface is to say: status and code.
struct Row {
    schedule: (u16, &'static str),
    fixed_schedules: (u16, &'static str),
    full: (u16, &'static str),
}

/// Asks all three and compares; `retry`: whether each has to say when to come back.
async fn holds(http: &Http, row: Row, retry: bool) {
    let link = format!("https://everytime.kr/@{IDENTIFIER}");
    for (path, (status, code)) in [
        (format!("/schedule?url={link}"), row.schedule),
        (
            format!("/api/v1/fixed-schedules/everytime/{IDENTIFIER}"),
            row.fixed_schedules,
        ),
        (format!("/v1/timetables/{IDENTIFIER}"), row.full),
    ] {
        let reply = http.get(&path).await;
        assert_eq!(
            (reply.status, code_of(&reply)),
            (status, code.to_owned()),
            "{reply:?}"
        );
        assert_eq!(
            reply.headers.contains_key("retry-after"),
            retry,
            "{reply:?}"
        );
        let is_fault = status >= 400;
        assert_eq!(reply.header("cache-control") == "no-store", is_fault);
        if is_fault && path.starts_with("/v1") {
            assert_eq!(reply.header("content-type"), "application/problem+json");
            assert_eq!(reply.json()["status"], status);
        }
    }
}

fn code_of(reply: &Reply) -> String {
    reply.json()["code"].as_str().unwrap_or_default().to_owned()
}

async fn fails(error: SourceError, row: Row, retry: bool) {
    let http = Http::before(&Fake::new(Err(error), None), &[]);
    holds(&http, row, retry).await;
}

fn not_available(why: NotAvailable) -> SourceError {
    SourceError::NotAvailable(why)
}

#[tokio::test]
async fn a_request_without_a_link_gets_the_codes_for_a_missing_link() {
    let fake = Fake::new(Ok(fixture("weekday")), None);
    let http = Http::before(&fake, &[]);
    for (path, status, code) in [
        ("/schedule", 400, "CRAWLING-001"),
        ("/schedule?url=", 400, "CRAWLING-001"),
        ("/v1/timetables", 400, "missing_link"),
        ("/v1/timetables?link=", 400, "missing_link"),
    ] {
        let reply = http.get(path).await;
        assert_eq!(
            (reply.status, code_of(&reply).as_str()),
            (status, code),
            "{path}"
        );
    }
    let empty = http.post("/schedule", "application/json", "{}").await;
    assert_eq!(
        (empty.status, code_of(&empty).as_str()),
        (400, "CRAWLING-001")
    );
    assert_eq!(fake.reads(), 0);
}

#[tokio::test]
async fn a_text_that_is_no_timetable_link_gets_the_codes_for_an_invalid_link() {
    let fake = Fake::new(Ok(fixture("weekday")), None);
    let http = Http::before(&fake, &[]);
    for (path, code) in [
        ("/schedule?url=https://example.com", "CRAWLING-002"),
        ("/api/v1/fixed-schedules/everytime/nothing", "E_BAD_REQUEST"),
        ("/api/v1/fixed-schedules/everytime/", "E_BAD_REQUEST"),
        ("/v1/timetables/nothing", "invalid_link"),
        (
            "/v1/timetables/nothing.ics?from=2026-09-01&until=2026-12-18",
            "invalid_link",
        ),
        ("/v1/timetables/weekday0000000000000.pdf", "invalid_link"),
        ("/v1/timetables?link=https://example.com", "invalid_link"),
        ("/v1/timetables/nothing/slots", "invalid_link"),
    ] {
        let reply = http.get(path).await;
        assert_eq!(
            (reply.status, code_of(&reply).as_str()),
            (400, code),
            "{path}"
        );
    }
    assert_eq!(fake.reads(), 0);
}

#[tokio::test]
async fn an_unknown_timetable_gets_the_codes_for_not_found() {
    let row = Row {
        schedule: (404, "CRAWLING-002"),
        fixed_schedules: (404, "E_BAD_REQUEST"),
        full: (404, "not_found"),
    };
    fails(not_available(NotAvailable::NotFound), row, false).await;
}

#[tokio::test]
async fn a_private_timetable_gets_the_codes_for_not_public() {
    let row = Row {
        schedule: (403, "CRAWLING-003"),
        fixed_schedules: (404, "FIXED-002"),
        full: (403, "not_public"),
    };
    fails(not_available(NotAvailable::NotPublic), row, false).await;
}

#[tokio::test]
async fn a_timetable_without_classes_is_empty_on_all_interfaces_but_the_newest_of_onetime() {
    let http = Http::before(&Fake::new(Ok(fixture("empty")), None), &[]);
    let row = Row {
        schedule: (200, "200"),
        fixed_schedules: (404, "FIXED-005"),
        full: (200, ""),
    };
    holds(&http, row, false).await;
    let reply = http.get(&format!("/schedule?url={IDENTIFIER}")).await;
    assert_eq!(reply.json()["payload"], json!({"schedules": []}));
}

#[tokio::test]
async fn a_term_without_a_timetable_is_empty_only_on_the_oldest_interface() {
    let row = Row {
        schedule: (200, "200"),
        fixed_schedules: (404, "FIXED-005"),
        full: (404, "no_timetable"),
    };
    fails(not_available(NotAvailable::NoTimetable), row, false).await;
}

#[tokio::test]
async fn a_changed_layout_gets_the_codes_for_an_unreadable_page() {
    let row = Row {
        schedule: (502, "CRAWLING-004"),
        fixed_schedules: (500, "FIXED-003"),
        full: (502, "layout_changed"),
    };
    let mismatch = Mismatch::new(Check::Structure, "one thing", "another");
    fails(not_available(mismatch.into()), row, false).await;
}

#[tokio::test]
async fn a_site_that_blocks_fails_or_cannot_be_reached_gets_the_codes_for_a_failed_site() {
    for (error, code) in [
        (NotAvailable::Blocked { status: Some(403) }, "blocked"),
        (
            NotAvailable::SiteUnavailable { status: Some(500) },
            "site_unavailable",
        ),
        (
            NotAvailable::SiteUnavailable { status: None },
            "site_unavailable",
        ),
    ] {
        let row = Row {
            schedule: (502, "CRAWLING-005"),
            fixed_schedules: (503, "FIXED-004"),
            full: (502, code),
        };
        fails(not_available(error), row, false).await;
    }
}

#[tokio::test]
async fn a_site_that_is_too_slow_gets_the_codes_for_a_timeout() {
    let step = "script".to_owned();
    for error in [
        not_available(NotAvailable::TooSlow),
        SourceError::TooSlow { step },
    ] {
        let row = Row {
            schedule: (504, "CRAWLING-006"),
            fixed_schedules: (503, "FIXED-004"),
            full: (504, "timeout"),
        };
        fails(error, row, false).await;
    }
}

#[tokio::test]
async fn a_busy_or_draining_service_or_a_missing_browser_gets_the_codes_for_not_ready() {
    let retry_after = Duration::from_millis(1500);
    for (error, code) in [
        (SourceError::Busy { retry_after }, "busy"),
        (SourceError::Draining, "draining"),
        (no_browser(None), "browser_unavailable"),
    ] {
        let row = Row {
            schedule: (503, "CRAWLING-007"),
            fixed_schedules: (503, "FIXED-004"),
            full: (503, code),
        };
        fails(error, row, true).await;
    }
    for (error, seconds) in [
        (SourceError::Busy { retry_after }, "2"),
        (no_browser(Some(Duration::from_millis(8200))), "9"),
        (no_browser(None), "5"),
    ] {
        let http = Http::before(&Fake::new(Err(error.clone()), None), &[]);
        let reply = http.get(&format!("/v1/timetables/{IDENTIFIER}")).await;
        assert_eq!(reply.header("retry-after"), seconds, "{error}");
    }
}

/// No session, and when the next attempt to open one is due.
fn no_browser(retry_after: Option<Duration>) -> SourceError {
    SourceError::BrowserUnavailable {
        reason: "gone".to_owned(),
        retry_after,
    }
}

#[tokio::test]
async fn a_missing_or_wrong_key_gets_the_codes_for_unauthorized() {
    let http = Http::before(
        &Fake::new(Ok(fixture("weekday")), None),
        &["--api-keys=right"],
    );
    let row = Row {
        schedule: (401, "CRAWLING-008"),
        fixed_schedules: (401, "E_UNAUTHORIZED"),
        full: (401, "unauthorized"),
    };
    holds(&http, row, false).await;
    let path = format!("/v1/timetables/{IDENTIFIER}");
    for (key, status) in [("wrong", 401), ("right", 200)] {
        let reply = http.get_with(&path, &[("x-api-key", key)]).await;
        assert_eq!(reply.status, status, "{key}");
    }
    for open in ["/livez", "/readyz", "/openapi.json", "/docs/"] {
        assert_eq!(http.get(open).await.status, 200, "{open}");
    }
    for closed in ["/status", "/metrics"] {
        assert_eq!(http.get(closed).await.status, 401, "{closed}");
    }
}

#[tokio::test]
async fn too_many_requests_get_the_codes_for_a_rate_limit() {
    let http = Http::before(
        &Fake::new(Ok(fixture("weekday")), None),
        &["--rate-limit=1"],
    );
    assert_eq!(
        http.get("/schedule").await.status,
        400,
        "the one of this minute"
    );
    let row = Row {
        schedule: (429, "CRAWLING-009"),
        fixed_schedules: (429, "E_TOO_MANY_REQUESTS"),
        full: (429, "rate_limited"),
    };
    holds(&http, row, true).await;
}

#[tokio::test]
async fn a_fault_of_our_own_gets_the_codes_for_an_internal_fault() {
    let reason = "something of ours".to_owned();
    let row = || Row {
        schedule: (500, "CRAWLING-010"),
        fixed_schedules: (500, "E_INTERNAL"),
        full: (500, "internal"),
    };
    fails(SourceError::Internal { reason }, row(), false).await;
    // A panic is one too, and the next caller does not notice.
    let panicking = Fake::telling(|_| panic!("a bug"), None);
    holds(&Http::before(&panicking, &[]), row(), false).await;
}

/// What axios sends from a browser.
const AXIOS: [(&str, &str); 5] = [
    ("accept", "application/json, text/plain, */*"),
    ("accept-language", "ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7"),
    (
        "user-agent",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15",
    ),
    ("origin", "https://onetime.run"),
    ("referer", "https://onetime.run/"),
];

/// The slots that a fixture's classes block.
fn schedules(fixture: &str) -> Value {
    let expected = crate::support::expected(&crate::support::fixtures().join(fixture));
    expected["slots"]["cover"].clone()
}

#[tokio::test]
async fn the_slots_of_every_fixture_are_the_same_on_both_interfaces_of_onetime() {
    for (name, timetable) in every_fixture() {
        let (expected, id) = (schedules(&name), timetable.identifier.as_str().to_owned());
        let has_classes = !timetable.classes.is_empty();
        let http = Http::before(&Fake::new(Ok(timetable), None), &[]);
        let reply = http.get(&format!("/schedule?url=@{id}")).await;
        assert_eq!(reply.json()["payload"]["schedules"], expected, "{name}");
        let path = format!("/api/v1/fixed-schedules/everytime/{id}");
        let reply = http.get(&path).await;
        if has_classes {
            assert_eq!(reply.json()["payload"]["schedules"], expected, "{name}");
        } else {
            assert_eq!(code_of(&reply), "FIXED-005", "{name}");
        }
    }
}

fn is_the_weekday_timetable(reply: &Reply, message: &str) {
    // axios looks at the status first, the frontend then at `response.data.code`.
    assert_eq!(reply.status, 200, "{reply:?}");
    let expected = json!({
        "code": "200", "message": message, "is_success": true,
        "payload": {"schedules": schedules("weekday")},
    });
    assert_eq!(reply.json(), expected);
}

#[tokio::test]
async fn the_frontends_of_march_2025_ask_with_the_link_in_the_query() {
    let http = Http::before(&Fake::new(Ok(fixture("weekday")), None), &[]);
    // axios encodes what is not safe in a query, but leaves `:` and `@` alone.
    for link in [
        format!("https:%2F%2Feverytime.kr%2F@{IDENTIFIER}"),
        format!("https%3A%2F%2Feverytime.kr%2F%40{IDENTIFIER}"),
    ] {
        let reply = http
            .get_with(&format!("/schedule?url={link}"), &AXIOS)
            .await;
        is_the_weekday_timetable(&reply, "유저 고정 스케줄 조회에 성공했습니다.");
    }
}

#[tokio::test]
async fn the_frontend_of_september_2025_sends_a_key_with_it() {
    let http = Http::before(
        &Fake::new(Ok(fixture("weekday")), None),
        &["--api-keys=secret"],
    );
    let path = format!("/schedule?url=https:%2F%2Feverytime.kr%2F@{IDENTIFIER}");
    let mut headers = AXIOS.to_vec();
    headers.push(("x-api-key", "secret"));
    let reply = http.get_with(&path, &headers).await;
    is_the_weekday_timetable(&reply, "유저 고정 스케줄 조회에 성공했습니다.");
    assert_eq!(http.get_with(&path, &AXIOS).await.status, 401);
}

#[tokio::test]
async fn the_frontend_of_november_2025_cuts_the_link_at_the_at_sign_and_sends_the_rest() {
    let http = Http::before(&Fake::new(Ok(fixture("weekday")), None), &[]);
    for pasted in [
        format!("https://everytime.kr/@{IDENTIFIER}"),
        format!("https://everytime.kr/@{IDENTIFIER}/"),
        format!("https://everytime.kr/@{IDENTIFIER}?utm_source=kakao"),
    ] {
        let rest = pasted.split_once('@').unwrap().1;
        let path = format!("/api/v1/fixed-schedules/everytime/{rest}");
        let reply = http.get_with(&path, &AXIOS).await;
        is_the_weekday_timetable(&reply, "유저 에브리타임 시간표 조회에 성공했습니다.");
    }
}

#[tokio::test]
async fn a_page_of_an_allowed_origin_may_call_and_send_a_key() {
    let flags = [
        "--cors-origins=https://onetime.run",
        "--api-keys=secret",
        "--rate-limit=1",
    ];
    let http = Http::before(&Fake::new(Ok(fixture("weekday")), None), &flags);
    let preflight = |origin| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "GET"),
            ("access-control-request-headers", "x-api-key"),
        ];
        request("OPTIONS", "/schedule?url=x", &headers, Body::empty())
    };
    // Neither a key nor the allowance stands in a preflight's way.
    for _ in 0..3 {
        let reply = http.send(preflight("https://onetime.run")).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!(
            reply.header("access-control-allow-origin"),
            "https://onetime.run"
        );
        assert!(
            reply
                .header("access-control-allow-headers")
                .contains("x-api-key")
        );
    }
    let stranger = http.send(preflight("https://example.com")).await;
    assert_eq!(stranger.header("access-control-allow-origin"), "");
    let refused = http.get_with("/schedule", &AXIOS).await;
    assert_eq!(refused.status, 401);
    assert_eq!(
        refused.header("access-control-allow-origin"),
        "https://onetime.run"
    );
    assert!(
        refused
            .header("access-control-expose-headers")
            .contains("retry-after")
    );
}
