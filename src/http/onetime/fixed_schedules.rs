//! `/api/v1/fixed-schedules/everytime/…`: what the frontend of November 2025 asks.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::{Envelope, Payload, refusal, success};
use crate::fault::Fault;
use crate::http::App;
use crate::http::answer::{Conditions, Content};
use crate::http::interface::{Caller, Interface, status_of_bad_request};
use crate::http::openapi::{EnvelopeErrors, IdentifierParameter};
use crate::messages::Language;
use crate::service::Found;
use crate::timetable::share_link::{InvalidLink, ShareLink};

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
    responses((status = 200, description = "The busy half hours", body = Envelope), EnvelopeErrors)
)]
pub(in crate::http) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    conditions: Conditions,
    rest: Result<Path<String>, PathRejection>,
) -> Response {
    let content = |found: &Found| {
        if found.timetable.has_no_classes() {
            return Err(Fault::NoTimetable);
        }
        let payload = Payload::of(&found.timetable, app.config.rounding);
        Content::json(&success(SUCCESS, payload))
    };
    let asked = app.ask(link(rest), &conditions).await;
    asked.answer(content, &conditions, caller)
}

fn link(rest: Result<Path<String>, PathRejection>) -> Result<ShareLink, Fault> {
    let Path(rest) = rest.map_err(|_| InvalidLink::NotATimetable)?;
    let link = format!("everytime.kr/@{rest}").parse();
    Ok(link.map_err(|invalid| match rest.parse::<ShareLink>() {
        // A pasted text without an `@` may arrive whole.
        Err(own @ InvalidLink::OwnAddress) => own,
        _ => invalid,
    })?)
}

/// Nothing after the last slash.
pub(in crate::http) async fn without_identifier(caller: Caller) -> Response {
    Interface::FixedSchedules.refuse(Fault::MissingLink, caller.language)
}

pub(in crate::http) fn refuse(fault: &Fault, language: Language) -> Response {
    refusal(status_and_code(fault), fault, language)
}

fn status_and_code(fault: &Fault) -> (StatusCode, &'static str) {
    match fault {
        Fault::MissingLink | Fault::InvalidLink(_) => (StatusCode::BAD_REQUEST, "E_BAD_REQUEST"),
        Fault::BadRequest(why) => (status_of_bad_request(*why), "E_BAD_REQUEST"),
        Fault::NotFound => (StatusCode::NOT_FOUND, "E_BAD_REQUEST"),
        Fault::NotPublic => (StatusCode::NOT_FOUND, "FIXED-002"),
        Fault::NoTimetable => (StatusCode::NOT_FOUND, "FIXED-005"),
        Fault::LayoutChanged(_) => (StatusCode::INTERNAL_SERVER_ERROR, "FIXED-003"),
        Fault::Blocked { .. }
        | Fault::SiteUnavailable { .. }
        | Fault::Timeout { .. }
        | Fault::Busy { .. }
        | Fault::Draining
        | Fault::BrowserUnavailable { .. } => (StatusCode::SERVICE_UNAVAILABLE, "FIXED-004"),
        Fault::Unauthorized => (StatusCode::UNAUTHORIZED, "E_UNAUTHORIZED"),
        Fault::RateLimited { .. } | Fault::WrongKeys { .. } => {
            (StatusCode::TOO_MANY_REQUESTS, "E_TOO_MANY_REQUESTS")
        }
        Fault::Internal { .. } => (StatusCode::INTERNAL_SERVER_ERROR, "E_INTERNAL"),
    }
}
