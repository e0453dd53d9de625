//! The interfaces, and faults on each of them.

use axum::extract::{FromRequestParts, Request};
use axum::http::header::{ALLOW, CACHE_CONTROL, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use axum::response::Response;

use super::language::preferred;
use super::onetime::codes;
use super::problem;
use super::request_log::Outcome;
use crate::fault::{BadRequest, Fault};
use crate::messages::Language;

/// The stable code of a fault, also on interfaces with codes of their own: a proxy can distinguish a
/// draining service from a busy one.
pub(super) const FAULT_CODE: HeaderName = HeaderName::from_static("x-fault-code");

/// One of the interfaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interface {
    /// `/schedule`
    Schedule,
    /// `/api/v1/fixed-schedules`
    FixedSchedules,
    /// `/v1` and everything else
    Full,
}

impl Interface {
    /// By the path.
    pub(super) fn of(path: &str) -> Self {
        if path.starts_with("/schedule") {
            Self::Schedule
        } else if path.starts_with("/api/") {
            Self::FixedSchedules
        } else {
            Self::Full
        }
    }

    /// The answer for `fault`.
    pub(super) fn refuse(self, fault: Fault, language: Language) -> Response {
        let mut response = match self {
            Self::Schedule => codes::refuse_schedule(&fault, language),
            Self::FixedSchedules => codes::refuse_fixed_schedule(&fault, language),
            Self::Full => problem::refuse(&fault, language),
        };
        if let Some(wait) = fault.retry_after() {
            let seconds = wait.as_secs_f64().ceil().max(1.0) as u64;
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        let no_store = HeaderValue::from_static("no-store");
        let code = HeaderValue::from_static(fault.code().as_str());
        response.headers_mut().insert(CACHE_CONTROL, no_store);
        response.headers_mut().insert(FAULT_CODE, code);
        Outcome::Fault(fault).attached_to(response)
    }
}

/// The interface and language of a caller, to answer it with a fault.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caller {
    pub(super) interface: Interface,
    pub(super) language: Language,
}

impl Caller {
    pub(super) fn of(request: &Request) -> Self {
        Self::with(request.uri(), request.headers())
    }

    fn with(uri: &Uri, headers: &HeaderMap) -> Self {
        Self {
            interface: Interface::of(uri.path()),
            language: preferred(headers),
        }
    }

    pub(super) fn refuse(self, fault: Fault) -> Response {
        self.interface.refuse(fault, self.language)
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::with(&parts.uri, &parts.headers))
    }
}

/// An unknown path.
pub(super) async fn no_such_path(caller: Caller) -> Response {
    caller.refuse(Fault::BadRequest(BadRequest::Path))
}

/// A path that takes only GET.
pub(super) async fn only_get(caller: Caller) -> Response {
    wrong_method(caller, "GET, HEAD")
}

/// A path that takes GET and POST.
pub(super) async fn only_get_or_post(caller: Caller) -> Response {
    wrong_method(caller, "GET, HEAD, POST")
}

/// A path that takes only POST.
pub(super) async fn only_post(caller: Caller) -> Response {
    wrong_method(caller, "POST")
}

fn wrong_method(caller: Caller, allowed: &'static str) -> Response {
    let mut response = caller.refuse(Fault::BadRequest(BadRequest::Method));
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static(allowed));
    response
}
