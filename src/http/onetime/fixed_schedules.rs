//! `/api/v1/fixed-schedules/everytime/…`: what the frontend of November 2025 asks.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;

use super::codes::FixedSchedulesCode;
use super::{Envelope, Payload, success};
use crate::fault::{Fault, Parameter};
use crate::http::answer::{Conditions, Content};
use crate::http::app::App;
use crate::http::interface::Caller;
use crate::http::link::IdentifierParameter;
use crate::http::openapi::errors::EnvelopeErrors;
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
