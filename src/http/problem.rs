//! Faults as RFC 9457 problem details, for everything under `/v1`.

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::request_log::Outcome;
use crate::fault::{BadRequest, Fault};
use crate::messages::{Language, message};

/// A fault on its way to a caller who reads `language`.
pub(super) struct Problem(pub(super) Fault, pub(super) Language);

/// The members of the answer.
#[derive(Serialize)]
struct Details {
    /// `about:blank`: the status says all that the type could.
    r#type: &'static str,
    title: &'static str,
    status: u16,
    /// One sentence for a person.
    detail: &'static str,
    /// The stable code for a program.
    code: &'static str,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self(fault, language) = self;
        let status = status(&fault);
        let details = Details {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: message(&fault, language),
            code: fault.code(),
        };
        let mut response = (status, Json(details)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(CONTENT_TYPE, kind);
        if let Some(seconds) = retry_seconds(&fault) {
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
        response.extensions_mut().insert(Outcome::Fault(fault));
        response
    }
}

/// The `Retry-After` of a fault that passes: whole seconds, at least one.
pub(super) fn retry_seconds(fault: &Fault) -> Option<HeaderValue> {
    let wait = fault.retry_after()?;
    Some(HeaderValue::from(wait.as_secs_f64().ceil().max(1.0) as u64))
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
        Fault::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Both interfaces refuse an unreadable request with the same status.
pub(super) fn status_of_bad_request(why: BadRequest) -> StatusCode {
    match why {
        BadRequest::Method => StatusCode::METHOD_NOT_ALLOWED,
        BadRequest::Path => StatusCode::NOT_FOUND,
        BadRequest::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        BadRequest::ContentType | BadRequest::Body => StatusCode::BAD_REQUEST,
    }
}
