//! `X-Request-Id`: the caller's own where it is one, a new one otherwise, and back with the answer.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use uuid::fmt::Hyphenated;
use uuid::{Builder, Variant, Version};

use crate::timetable::share_link::IDENTIFIER_LENGTH;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// Longest that is taken over, in bytes: twice a UUID.
const MAX_BYTES: usize = 72;

/// The id of a request, for the log.
#[derive(Debug, Clone)]
pub(super) struct RequestId(HeaderValue);

impl RequestId {
    pub(super) fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

/// Gives the request its id and the answer the same.
pub(super) async fn identify<F: Future<Output = Response>>(
    mut request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let given = request.headers().get(HEADER).filter(|id| is_fit(id));
    let id = given.cloned().or_else(new);
    if let Some(id) = &id {
        request.extensions_mut().insert(RequestId(id.clone()));
    }
    let mut response = next(request).await;
    if let Some(id) = id {
        response.headers_mut().insert(HEADER, id);
    }
    response
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
