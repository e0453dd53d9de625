//! The interface of OneTime's crawler: one envelope, codes of its own, Korean messages.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::header::{ALLOW, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::App;
use super::language::Speaks;
use super::link;
use super::problem::{retry_seconds, status_of_bad_request};
use super::request_log::Outcome;
use crate::fault::{BadRequest, Fault};
use crate::messages::{Language, message};
use crate::service::Found;
use crate::timetable::Timetable;
use crate::timetable::slots::{Granularity, Rounding, busy_slots};

/// What a frontend shows when all went well.
const SUCCESS: &str = "유저 고정 스케줄 조회에 성공했습니다.";

/// The shape of every answer.
#[derive(Serialize)]
struct Envelope {
    code: &'static str,
    message: &'static str,
    payload: Option<Payload>,
    is_success: bool,
}

/// The busy half hours of a week.
#[derive(Debug, Serialize)]
pub struct Payload {
    /// Monday first; only days with a class.
    schedules: Vec<DaySchedule>,
}

/// The busy half hours of one day.
#[derive(Debug, Serialize)]
struct DaySchedule {
    /// `월` to `일`.
    time_point: &'static str,
    /// Starts, `HH:MM`.
    times: Vec<String>,
}

impl Payload {
    /// The half hours that the classes take.
    pub fn of(timetable: &Timetable, rounding: Rounding) -> Self {
        let schedules = busy_slots(timetable, Granularity::HALF_HOUR, rounding)
            .into_iter()
            .map(|(day, times)| DaySchedule {
                time_point: day.korean(),
                times: times.iter().map(ToString::to_string).collect(),
            })
            .collect();
        Self { schedules }
    }
}

/// `GET /schedule?url=<link>`
pub(super) async fn get(State(app): State<App>, Speaks(language): Speaks, uri: Uri) -> Response {
    answer(&app, language, link::from_query(&uri)).await
}

/// `POST /schedule`
pub(super) async fn post(
    State(app): State<App>,
    Speaks(language): Speaks,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let text = body
        .map_err(|_| Fault::BadRequest(BadRequest::TooLarge))
        .and_then(|body| link::from_body(&headers, &body));
    answer(&app, language, text).await
}

/// Any other method on `/schedule`.
pub(super) async fn wrong_method(Speaks(language): Speaks) -> Response {
    let refusal = Refusal(Fault::BadRequest(BadRequest::Method), language);
    ([(ALLOW, "GET, POST")], refusal).into_response()
}

/// Any path that is not served.
pub(super) async fn no_such_path(Speaks(language): Speaks) -> Response {
    Refusal(Fault::BadRequest(BadRequest::Path), language).into_response()
}

async fn answer(app: &App, language: Language, text: Result<String, Fault>) -> Response {
    let found = match text {
        Ok(text) => app.service.timetable_of_text(&text).await,
        Err(fault) => Err(fault),
    };
    match found {
        Ok(found) => success(&found, app.config.rounding),
        // A semester without a timetable blocks no hour, which is all this interface tells.
        Err(Fault::NoTimetable) => succeed(Payload {
            schedules: Vec::new(),
        }),
        Err(fault) => Refusal(fault, language).into_response(),
    }
}

fn success(found: &Found, rounding: Rounding) -> Response {
    let mut response = succeed(Payload::of(&found.timetable, rounding));
    response.extensions_mut().insert(Outcome::found(found));
    response
}

fn succeed(payload: Payload) -> Response {
    let message = SUCCESS;
    Json(Envelope {
        code: "200",
        message,
        payload: Some(payload),
        is_success: true,
    })
    .into_response()
}

/// A fault in this interface's envelope.
pub(super) struct Refusal(pub(super) Fault, pub(super) Language);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(fault, language) = self;
        let (status, code) = status_and_code(&fault);
        let envelope = Envelope {
            code,
            message: message(&fault, language),
            payload: None,
            is_success: false,
        };
        let mut response = (status, Json(envelope)).into_response();
        if let Some(seconds) = retry_seconds(&fault) {
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
        response.extensions_mut().insert(Outcome::Fault(fault));
        response
    }
}

fn status_and_code(fault: &Fault) -> (StatusCode, &'static str) {
    match fault {
        Fault::MissingLink => (StatusCode::BAD_REQUEST, "CRAWLING-001"),
        Fault::InvalidLink(_) => (StatusCode::BAD_REQUEST, "CRAWLING-002"),
        Fault::BadRequest(BadRequest::TooLarge) => {
            (status_of_bad_request(BadRequest::TooLarge), "CRAWLING-002")
        }
        Fault::BadRequest(why) => (status_of_bad_request(*why), "CRAWLING-001"),
        Fault::NotFound => (StatusCode::NOT_FOUND, "CRAWLING-002"),
        Fault::NotPublic => (StatusCode::FORBIDDEN, "CRAWLING-003"),
        // Answered before it gets here; a term without a timetable blocks nothing.
        Fault::NoTimetable => (StatusCode::OK, "200"),
        Fault::LayoutChanged(_) => (StatusCode::BAD_GATEWAY, "CRAWLING-004"),
        Fault::Blocked { .. } | Fault::SiteUnavailable { .. } => {
            (StatusCode::BAD_GATEWAY, "CRAWLING-005")
        }
        Fault::Timeout { .. } => (StatusCode::GATEWAY_TIMEOUT, "CRAWLING-006"),
        Fault::Busy { .. } | Fault::Draining | Fault::BrowserUnavailable { .. } => {
            (StatusCode::SERVICE_UNAVAILABLE, "CRAWLING-007")
        }
        Fault::Unauthorized => (StatusCode::UNAUTHORIZED, "CRAWLING-008"),
        Fault::Internal { .. } => (StatusCode::INTERNAL_SERVER_ERROR, "CRAWLING-010"),
    }
}
