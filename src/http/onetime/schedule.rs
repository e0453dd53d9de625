//! `/schedule`: what the frontends of March and September 2025 ask.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Envelope, Payload, refusal, success};
use crate::code::Code;
use crate::fault::{Fault, Parameter};
use crate::http::answer::{Conditions, Content};
use crate::http::interface::{self, Caller};
use crate::http::openapi::{EnvelopeErrors, LinkBody, LinkText, UrlParameter};
use crate::http::{App, link};
use crate::messages::Language;
use crate::service::Answer;
use timetable::NotAvailable;
use timetable::share_link::ShareLink;

/// What these frontends show when all went well.
const SUCCESS: &str = "유저 고정 스케줄 조회에 성공했습니다.";

/// The busy half hours of a link in the query: what OneTime's frontends of 2025 ask.
#[utoipa::path(
    get,
    operation_id = "schedule",
    path = "/schedule",
    tag = "OneTime",
    params(UrlParameter),
    responses((status = 200, description = "The busy half hours", body = Envelope<ScheduleCode>), EnvelopeErrors<ScheduleCode>)
)]
pub(in crate::http) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    conditions: Conditions,
    uri: Uri,
) -> Response {
    answer(
        &app,
        caller,
        &conditions,
        link::from_query(&uri, Parameter::Url),
    )
    .await
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
    responses((status = 200, description = "The busy half hours", body = Envelope<ScheduleCode>), EnvelopeErrors<ScheduleCode>)
)]
pub(in crate::http) async fn post(
    State(app): State<Arc<App>>,
    caller: Caller,
    conditions: Conditions,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let link = link::read_body(body)
        .await
        .and_then(|body| link::from_body(&headers, &body));
    answer(&app, caller, &conditions, link).await
}

async fn answer(
    app: &App,
    caller: Caller,
    conditions: &Conditions,
    link: Result<ShareLink, Fault>,
) -> Response {
    let asked = app.ask(link, conditions).await;
    // A semester without a timetable blocks no hour, which is all this interface tells.
    if asked
        .found
        .as_ref()
        .is_err_and(|fault| fault.code() == Code::NoTimetable)
    {
        let response =
            Json(success(ScheduleCode::Success, SUCCESS, Payload::empty())).into_response();
        return asked.answer_with(NotAvailable::NoTimetable.into(), response);
    }
    let content = |found: &Answer| {
        let payload = Payload::of(found.timetable(), app.config.rounding);
        Content::json(&success(ScheduleCode::Success, SUCCESS, payload))
    };
    asked.answer(content, conditions, caller)
}

pub(in crate::http) fn refuse(fault: &Fault, language: Language) -> Response {
    let (status, code) = (interface::status(fault.code()), code(fault.code()));
    refusal(status, code, fault, language)
}

/// The codes of this interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::http) enum ScheduleCode {
    #[serde(rename = "200")]
    Success,
    #[serde(rename = "CRAWLING-001")]
    NoLink,
    #[serde(rename = "CRAWLING-002")]
    WrongLink,
    #[serde(rename = "CRAWLING-003")]
    NotPublic,
    #[serde(rename = "CRAWLING-004")]
    Unreadable,
    #[serde(rename = "CRAWLING-005")]
    SiteFailed,
    #[serde(rename = "CRAWLING-006")]
    TooSlow,
    #[serde(rename = "CRAWLING-007")]
    NotReady,
    #[serde(rename = "CRAWLING-008")]
    Unauthorized,
    #[serde(rename = "CRAWLING-009")]
    TooMany,
    #[serde(rename = "CRAWLING-010")]
    Internal,
}

fn code(fault: Code) -> ScheduleCode {
    match fault {
        Code::MissingLink
        | Code::InvalidBody
        | Code::UnsupportedMediaType
        | Code::RequestTimeout
        | Code::TooManyHeaders
        | Code::NoSuchPath
        | Code::MethodNotAllowed
        | Code::HostNotAllowed => ScheduleCode::NoLink,
        // A term without a timetable is no fault here: `answer` says that nothing is busy.
        Code::InvalidLink
        | Code::InvalidParameter
        | Code::PayloadTooLarge
        | Code::NotFound
        | Code::NoTimetable => ScheduleCode::WrongLink,
        Code::NotPublic => ScheduleCode::NotPublic,
        Code::LayoutChanged => ScheduleCode::Unreadable,
        Code::Blocked | Code::SiteUnavailable => ScheduleCode::SiteFailed,
        Code::Timeout => ScheduleCode::TooSlow,
        Code::Busy | Code::Draining | Code::BrowserUnavailable => ScheduleCode::NotReady,
        Code::Unauthorized => ScheduleCode::Unauthorized,
        Code::RateLimited => ScheduleCode::TooMany,
        Code::Internal => ScheduleCode::Internal,
    }
}
