//! `/api/v1/fixed-schedules/everytime/…`: what the frontend of November 2025 asks.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Envelope, Payload, refusal, success};
use crate::code::Code;
use crate::fault::{Fault, Parameter};
use crate::http::App;
use crate::http::answer::{Conditions, Content};
use crate::http::interface::{self, Caller};
use crate::http::openapi::{EnvelopeErrors, IdentifierParameter};
use crate::messages::Language;
use crate::service::Answer;
use timetable::NotAvailable;
use timetable::share_link::{InvalidLink, ShareLink};

/// What this frontend shows when all went well.
const SUCCESS: &str = "유저 에브리타임 시간표 조회에 성공했습니다.";

/// The busy half hours of an identifier.
///
/// The frontend cuts the pasted link at `@` and sends the rest, whatever follows the identifier.
#[utoipa::path(
    get,
    operation_id = "fixed_schedule",
    path = "/api/v1/fixed-schedules/everytime/{identifier}",
    tag = "OneTime",
    params(IdentifierParameter),
    responses((status = 200, description = "The busy half hours", body = Envelope<FixedSchedulesCode>), EnvelopeErrors<FixedSchedulesCode>)
)]
pub(in crate::http) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    conditions: Conditions,
    rest: Result<Path<String>, PathRejection>,
) -> Response {
    let content = |found: &Answer| {
        if found.timetable().has_no_classes() {
            return Err(NotAvailable::NoTimetable.into());
        }
        let payload = Payload::of(found.timetable(), app.config.rounding);
        Content::json(&success(FixedSchedulesCode::Success, SUCCESS, payload))
    };
    let asked = app.ask(link(rest), &conditions).await;
    asked.answer(content, &conditions, caller)
}

fn link(rest: Result<Path<String>, PathRejection>) -> Result<ShareLink, Fault> {
    let Path(rest) = rest.map_err(|_| InvalidLink::NotATimetable)?;
    let rest = rest.strip_prefix('@').unwrap_or(&rest);
    let link = format!("everytime.kr/@{rest}").parse();
    Ok(link.map_err(|invalid| match rest.parse::<ShareLink>() {
        // A pasted text without an `@` may arrive whole.
        Err(own @ InvalidLink::OwnAddress) => own,
        _ => invalid,
    })?)
}

/// Nothing after the last slash.
pub(in crate::http) async fn without_identifier(caller: Caller) -> Response {
    caller.refuse(Fault::MissingLink(Some(Parameter::Identifier)))
}

pub(in crate::http) fn refuse(fault: &Fault, language: Language) -> Response {
    let (status, code) = status_and_code(fault.code());
    refusal(status, code, fault, language)
}

/// The codes of this interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::http) enum FixedSchedulesCode {
    #[serde(rename = "200")]
    Success,
    #[serde(rename = "E_BAD_REQUEST")]
    BadRequest,
    #[serde(rename = "FIXED-002")]
    NotPublic,
    #[serde(rename = "FIXED-003")]
    Unreadable,
    #[serde(rename = "FIXED-004")]
    NotReady,
    #[serde(rename = "FIXED-005")]
    NoClasses,
    #[serde(rename = "E_UNAUTHORIZED")]
    Unauthorized,
    #[serde(rename = "E_TOO_MANY_REQUESTS")]
    TooMany,
    #[serde(rename = "E_INTERNAL")]
    Internal,
}

fn status_and_code(fault: Code) -> (StatusCode, FixedSchedulesCode) {
    let code = code(fault);
    let status = match code {
        FixedSchedulesCode::NotPublic => StatusCode::NOT_FOUND,
        FixedSchedulesCode::Unreadable => StatusCode::INTERNAL_SERVER_ERROR,
        FixedSchedulesCode::NotReady => StatusCode::SERVICE_UNAVAILABLE,
        _ => interface::status(fault),
    };
    (status, code)
}

fn code(fault: Code) -> FixedSchedulesCode {
    match fault {
        Code::MissingLink
        | Code::InvalidLink
        | Code::InvalidParameter
        | Code::InvalidBody
        | Code::UnsupportedMediaType
        | Code::PayloadTooLarge
        | Code::RequestTimeout
        | Code::TooManyHeaders
        | Code::NoSuchPath
        | Code::MethodNotAllowed
        | Code::HostNotAllowed
        | Code::NotFound => FixedSchedulesCode::BadRequest,
        Code::NotPublic => FixedSchedulesCode::NotPublic,
        Code::NoTimetable => FixedSchedulesCode::NoClasses,
        Code::LayoutChanged => FixedSchedulesCode::Unreadable,
        Code::Blocked
        | Code::SiteUnavailable
        | Code::Timeout
        | Code::Busy
        | Code::Draining
        | Code::BrowserUnavailable => FixedSchedulesCode::NotReady,
        Code::Unauthorized => FixedSchedulesCode::Unauthorized,
        Code::RateLimited => FixedSchedulesCode::TooMany,
        Code::Internal => FixedSchedulesCode::Internal,
    }
}
