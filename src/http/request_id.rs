//! `X-Request-Id`: the caller's own if it is a UUID or a trace id, else a new UUID. It comes back with
//! the answer.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use uuid::fmt::Hyphenated;
use uuid::{Builder, Uuid, Variant, Version};

use super::keys::API_KEY;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// Lengths of the two forms that are taken over: 32 hexadecimal digits, without and with hyphens.
const LENGTHS: [usize; 2] = [32, Hyphenated::LENGTH];

/// The id of a request with these headers.
pub(super) fn of(headers: &HeaderMap) -> Option<HeaderValue> {
    let is_key = |id: &HeaderValue| headers.get(API_KEY).is_some_and(|key| key == id);
    let given = headers.get(HEADER).filter(|id| is_fit(id) && !is_key(id));
    given.cloned().or_else(new)
}

/// Sends it back with the answer.
pub(super) fn tell(id: Option<HeaderValue>, response: &mut Response) {
    if let Some(id) = id {
        response.headers_mut().insert(HEADER, id);
    }
}

/// A UUID of a number that counts up, hashed under a key that the process draws when it starts: one
/// id tells nothing of the next, and none costs a system call.
fn new() -> Option<HeaderValue> {
    static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let [high, low] = [0, 1].map(|half| KEY.hash_one((number, half)));
    let mut text = [0; Hyphenated::LENGTH];
    let id = Builder::from_u128(u128::from(high) << 64 | u128::from(low))
        .with_variant(Variant::RFC4122)
        .with_version(Version::Random)
        .into_uuid();
    HeaderValue::from_str(id.hyphenated().encode_lower(&mut text)).ok()
}

/// The id is written to the log, so nothing is taken over that may be an identifier, a link or a name.
fn is_fit(id: &HeaderValue) -> bool {
    let bytes = id.as_bytes();
    LENGTHS.contains(&bytes.len()) && Uuid::try_parse_ascii(bytes).is_ok()
}
