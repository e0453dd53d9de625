//! Faults as RFC 9457 problem details, for everything under `/v1`.

use axum::Json;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::interface::status_of_bad_request;
use crate::fault::Fault;
use crate::messages::{Language, message};

/// The members of the answer.
#[derive(Serialize, ToSchema)]
pub(super) struct Problem {
    /// `about:blank`: the status and the code say all that a type could.
    r#type: &'static str,
    title: &'static str,
    status: u16,
    /// One sentence for a person.
    detail: &'static str,
    /// The stable code for a program.
    code: &'static str,
}

pub(super) fn refuse(fault: &Fault, language: Language) -> Response {
    let status = status(fault);
    let problem = Problem {
        r#type: "about:blank",
        title: status.canonical_reason().unwrap_or("Error"),
        status: status.as_u16(),
        detail: message(fault, language),
        code: fault.code(),
    };
    let mut response = (status, Json(problem)).into_response();
    let kind = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

fn status(fault: &Fault) -> StatusCode {
    match fault {
        Fault::MissingLink | Fault::InvalidLink(_) => StatusCode::BAD_REQUEST,
        Fault::BadRequest(why) => status_of_bad_request(*why),
        Fault::NotFound | Fault::NoTimetable => StatusCode::NOT_FOUND,
        Fault::NotPublic => StatusCode::FORBIDDEN,
        Fault::LayoutChanged(_) | Fault::Blocked { .. } | Fault::SiteUnavailable { .. } => {
            StatusCode::BAD_GATEWAY
        }
        Fault::Timeout { .. } => StatusCode::GATEWAY_TIMEOUT,
        Fault::Busy { .. } | Fault::Draining | Fault::BrowserUnavailable { .. } => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Fault::Unauthorized => StatusCode::UNAUTHORIZED,
        Fault::RateLimited { .. } | Fault::WrongKeys { .. } => StatusCode::TOO_MANY_REQUESTS,
        Fault::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
