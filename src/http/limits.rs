//! How many headers a request may bring. One that brings more is told in the words of its interface;
//! beyond a hundred, which it has room for without asking for memory, the server itself cuts off.

use axum::http::HeaderMap;

use crate::fault::{BadRequest, Fault};

/// Headers that are looked at: three times what browsers and proxies send together.
pub(super) const MAX_HEADERS: usize = 64;
/// Bytes of names and values together.
pub(super) const MAX_HEADER_BYTES: usize = 32 * 1024;

/// Refuses a flood of headers.
pub(super) fn check(headers: &HeaderMap) -> Result<(), Fault> {
    if are_too_many(headers) {
        Err(Fault::BadRequest(BadRequest::Headers))
    } else {
        Ok(())
    }
}

fn are_too_many(headers: &HeaderMap) -> bool {
    let bytes = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        name.as_str().len() + value.len()
    };
    headers.len() > MAX_HEADERS || headers.iter().map(bytes).sum::<usize>() > MAX_HEADER_BYTES
}
