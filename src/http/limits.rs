//! How many headers a request may bring. One that brings more is told in the words of its interface;
//! beyond a hundred, which it has room for without asking for memory, the server itself cuts off.

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::Response;

use super::interface::Caller;
use crate::fault::{BadRequest, Fault};

/// Headers that are looked at: three times what browsers and proxies send together.
pub(super) const MAX_HEADERS: usize = 64;
/// Bytes of names and values together.
pub(super) const MAX_HEADER_BYTES: usize = 32 * 1024;

/// Refuses a flood of headers.
pub(super) async fn headers<F: Future<Output = Response>>(
    caller: Caller,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    if are_too_many(request.headers()) {
        caller.refuse(Fault::BadRequest(BadRequest::Headers))
    } else {
        next(request).await
    }
}

fn are_too_many(headers: &HeaderMap) -> bool {
    let bytes = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        name.as_str().len() + value.len()
    };
    headers.len() > MAX_HEADERS || headers.iter().map(bytes).sum::<usize>() > MAX_HEADER_BYTES
}
