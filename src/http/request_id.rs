//! `X-Request-Id`: the caller's own where it is one, a new one otherwise, and back with the answer.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use uuid::fmt::Hyphenated;
use uuid::{Builder, Variant, Version};

use crate::timetable::share_link::IDENTIFIER_LENGTH;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// Longest that is taken over, in bytes: twice a UUID.
const MAX_BYTES: usize = 72;

/// The id of a request with these headers.
pub(super) fn of(headers: &HeaderMap) -> Option<HeaderValue> {
    let given = headers.get(HEADER).filter(|id| is_fit(id));
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

/// It comes back in an answer and stands in the log: nothing but what ids are made of, and nothing
/// that may be a timetable's identifier.
fn is_fit(id: &HeaderValue) -> bool {
    let bytes = id.as_bytes();
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte);
    let mut words = bytes.split(|byte| !byte.is_ascii_alphanumeric());
    (1..=MAX_BYTES).contains(&bytes.len())
        && bytes.iter().all(fits)
        && words.all(|word| word.len() != IDENTIFIER_LENGTH)
}
