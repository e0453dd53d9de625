//! `X-Request-Id`: the caller's own if it is a UUID or a trace id, else a new UUID. The answer repeats it.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use super::keys::API_KEY;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// Lengths of the two accepted forms: 32 hexadecimal digits, without and with hyphens.
const LENGTHS: [usize; 2] = [32, Hyphenated::LENGTH];

/// The id of a request with these headers.
pub(super) fn of(headers: &HeaderMap) -> Option<HeaderValue> {
    let is_key = |id: &HeaderValue| headers.get(API_KEY).is_some_and(|key| key == id);
    let given = headers.get(HEADER).filter(|id| is_fit(id) && !is_key(id));
    given.cloned().or_else(new)
}

/// Adds it to the answer.
pub(super) fn tell(id: Option<HeaderValue>, response: &mut Response) {
    if let Some(id) = id {
        response.headers_mut().insert(HEADER, id);
    }
}

fn new() -> Option<HeaderValue> {
    let mut text = [0; Hyphenated::LENGTH];
    let id = Uuid::new_v4().hyphenated().encode_lower(&mut text);
    HeaderValue::from_str(id).ok()
}

/// The id is written to the log, so nothing is accepted that may be an identifier, a link or a name.
fn is_fit(id: &HeaderValue) -> bool {
    let bytes = id.as_bytes();
    LENGTHS.contains(&bytes.len()) && Uuid::try_parse_ascii(bytes).is_ok()
}
