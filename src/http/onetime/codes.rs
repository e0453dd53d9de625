//! The faults of the OneTime interfaces: each has codes of its own.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::refusal;
use crate::code::Code;
use crate::fault::Fault;
use crate::http::status;
use crate::messages::Language;

// ---- /schedule ----------------------------------------------------------------------------------

pub(in crate::http) fn refuse_schedule(fault: &Fault, language: Language) -> Response {
    let (status, code) = (status::of_code(fault.code()), schedule_code(fault.code()));
    refusal(status, code, fault, language)
}

/// The codes of `/schedule`.
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

fn schedule_code(fault: Code) -> ScheduleCode {
    match fault {
        Code::MissingLink
        | Code::InvalidBody
        | Code::UnsupportedMediaType
        | Code::RequestTimeout
        | Code::TooManyHeaders
        | Code::NoSuchPath
        | Code::MethodNotAllowed
        | Code::HostNotAllowed => ScheduleCode::NoLink,
        // A term without a timetable never gets here: it is answered as a week without classes.
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

// ---- /api/v1/fixed-schedules --------------------------------------------------------------------

pub(in crate::http) fn refuse_fixed_schedule(fault: &Fault, language: Language) -> Response {
    let (status, code) = fixed_schedules_status_and_code(fault.code());
    refusal(status, code, fault, language)
}

/// The codes of `/api/v1/fixed-schedules`.
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

fn fixed_schedules_status_and_code(fault: Code) -> (StatusCode, FixedSchedulesCode) {
    let code = fixed_schedules_code(fault);
    let status = match code {
        FixedSchedulesCode::NotPublic => StatusCode::NOT_FOUND,
        FixedSchedulesCode::Unreadable => StatusCode::INTERNAL_SERVER_ERROR,
        FixedSchedulesCode::NotReady => StatusCode::SERVICE_UNAVAILABLE,
        _ => status::of_code(fault),
    };
    (status, code)
}

fn fixed_schedules_code(fault: Code) -> FixedSchedulesCode {
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
