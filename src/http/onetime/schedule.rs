//! `/schedule`: what the frontends of March and September 2025 ask.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;

use super::{Payload, refusal, success};
use crate::fault::{BadRequest, Fault};
use crate::http::interface::{Caller, Interface, status_of_bad_request};
use crate::http::request_log::Outcome;
use crate::http::{App, link};
use crate::messages::Language;

/// What these frontends show when all went well.
const SUCCESS: &str = "유저 고정 스케줄 조회에 성공했습니다.";

/// `GET /schedule?url=<link>`
pub(in crate::http) async fn get(State(app): State<App>, caller: Caller, uri: Uri) -> Response {
    answer(&app, caller, link::from_query(&uri)).await
}

/// `POST /schedule`
pub(in crate::http) async fn post(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let text = link::read_body(body)
        .await
        .and_then(|body| link::from_body(&headers, &body));
    answer(&app, caller, text).await
}

async fn answer(app: &App, caller: Caller, text: Result<String, Fault>) -> Response {
    let found = match text {
        Ok(text) => app.service.timetable_of_text(&text).await,
        Err(fault) => Err(fault),
    };
    match found {
        Ok(found) => Outcome::found(&found).attached_to(success(
            SUCCESS,
            Payload::of(&found.timetable, app.config.rounding),
        )),
        // A semester without a timetable blocks no hour, which is all this interface tells.
        Err(Fault::NoTimetable) => success(SUCCESS, Payload::empty()),
        Err(fault) => Interface::Schedule.refuse(fault, caller.language),
    }
}

pub(in crate::http) fn refuse(fault: &Fault, language: Language) -> Response {
    refusal(status_and_code(fault), fault, language)
}

fn status_and_code(fault: &Fault) -> (StatusCode, &'static str) {
    match fault {
        Fault::MissingLink => (StatusCode::BAD_REQUEST, "CRAWLING-001"),
        Fault::InvalidLink(_) => (StatusCode::BAD_REQUEST, "CRAWLING-002"),
        Fault::BadRequest(why @ BadRequest::TooLarge) => {
            (status_of_bad_request(*why), "CRAWLING-002")
        }
        Fault::BadRequest(why) => (status_of_bad_request(*why), "CRAWLING-001"),
        // A term without a timetable is no fault here: `answer` says that nothing is busy.
        Fault::NotFound | Fault::NoTimetable => (StatusCode::NOT_FOUND, "CRAWLING-002"),
        Fault::NotPublic => (StatusCode::FORBIDDEN, "CRAWLING-003"),
        Fault::LayoutChanged(_) => (StatusCode::BAD_GATEWAY, "CRAWLING-004"),
        Fault::Blocked { .. } | Fault::SiteUnavailable { .. } => {
            (StatusCode::BAD_GATEWAY, "CRAWLING-005")
        }
        Fault::Timeout { .. } => (StatusCode::GATEWAY_TIMEOUT, "CRAWLING-006"),
        Fault::Busy { .. } | Fault::Draining | Fault::BrowserUnavailable { .. } => {
            (StatusCode::SERVICE_UNAVAILABLE, "CRAWLING-007")
        }
        Fault::Unauthorized => (StatusCode::UNAUTHORIZED, "CRAWLING-008"),
        Fault::RateLimited { .. } => (StatusCode::TOO_MANY_REQUESTS, "CRAWLING-009"),
        Fault::Internal { .. } => (StatusCode::INTERNAL_SERVER_ERROR, "CRAWLING-010"),
    }
}
