//! `/schedule`: what the frontends of March and September 2025 ask.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use super::{Envelope, Payload, refusal, success};
use crate::fault::{BadRequest, Fault};
use crate::http::answer::{Conditions, Content};
use crate::http::interface::{Caller, status_of_bad_request};
use crate::http::openapi::{EnvelopeErrors, LinkBody, LinkText, UrlParameter};
use crate::http::{App, link};
use crate::messages::Language;
use crate::service::Found;

/// What these frontends show when all went well.
const SUCCESS: &str = "유저 고정 스케줄 조회에 성공했습니다.";

/// The busy half hours of a link in the query: what OneTime's frontends of 2025 ask.
#[utoipa::path(
    get,
    operation_id = "schedule",
    path = "/schedule",
    tag = "OneTime",
    params(UrlParameter),
    responses((status = 200, description = "The busy half hours", body = Envelope), EnvelopeErrors)
)]
pub(in crate::http) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    conditions: Conditions,
    uri: Uri,
) -> Response {
    answer(&app, caller, &conditions, link::from_query(&uri)).await
}

/// The busy half hours of a link in the body.
#[utoipa::path(
    post,
    operation_id = "schedule_posted",
    path = "/schedule",
    tag = "OneTime",
    request_body(
        content(
            (LinkBody = "application/json"),
            (LinkBody = "application/x-www-form-urlencoded"),
            (LinkText = "text/plain"),
        ),
        description = "The link, or the app's whole share message",
    ),
    responses((status = 200, description = "The busy half hours", body = Envelope), EnvelopeErrors)
)]
pub(in crate::http) async fn post(
    State(app): State<Arc<App>>,
    caller: Caller,
    conditions: Conditions,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let text = link::read_body(body)
        .await
        .and_then(|body| link::from_body(&headers, &body));
    answer(&app, caller, &conditions, text).await
}

async fn answer(
    app: &App,
    caller: Caller,
    conditions: &Conditions,
    text: Result<String, Fault>,
) -> Response {
    let link = text.and_then(|text| Ok(text.parse()?));
    let asked = app.ask(link, conditions).await;
    // A semester without a timetable blocks no hour, which is all this interface tells.
    if let Err(Fault::NoTimetable) = asked.found {
        let response = Json(success(SUCCESS, Payload::empty())).into_response();
        return asked.answer_with(Fault::NoTimetable, response);
    }
    let content = |found: &Found| {
        let payload = Payload::of(&found.timetable, app.config.rounding);
        Content::json(&success(SUCCESS, payload))
    };
    asked.answer(content, conditions, caller)
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
        Fault::RateLimited { .. } | Fault::WrongKeys { .. } => {
            (StatusCode::TOO_MANY_REQUESTS, "CRAWLING-009")
        }
        Fault::Internal { .. } => (StatusCode::INTERNAL_SERVER_ERROR, "CRAWLING-010"),
    }
}
