//! Faults as RFC 9457 problem details, for everything under `/v1`.

use std::borrow::Cow;

use axum::Json;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::status;
use crate::code::Code;
use crate::fault::Fault;
use crate::messages::{Language, message};

/// The members of the answer.
#[derive(Serialize, ToSchema)]
pub(super) struct Problem<'a> {
    /// `about:blank`: the status and the code say all that a type could.
    r#type: &'static str,
    title: &'static str,
    status: u16,
    /// One sentence for a person.
    detail: Cow<'static, str>,
    /// The stable code for a program.
    code: Code,
    /// With `invalid_parameter`: which parameter, or member of the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    parameter: Option<&'a str>,
}

pub(super) fn refuse(fault: &Fault, language: Language) -> Response {
    let (code, status) = (fault.code(), status::of_code(fault.code()));
    let problem = Problem {
        r#type: "about:blank",
        title: status.canonical_reason().unwrap_or("Error"),
        status: status.as_u16(),
        detail: message(fault, language),
        code,
        parameter: fault.parameter().filter(|_| code == Code::InvalidParameter),
    };
    let mut response = (status, Json(problem)).into_response();
    let kind = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}
