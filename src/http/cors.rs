//! CORS: which pages may call from a browser, and which headers they may send and read.

use std::time::Duration;

use axum::http::header::{
    ACCEPT_LANGUAGE, AGE, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, RETRY_AFTER,
};
use axum::http::{HeaderName, HeaderValue, Method};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::config::Origin;

/// How long a browser may remember a preflight.
const MAX_AGE: Duration = Duration::from_hours(1);

/// Answers preflights and marks answers for `origins`; `None` without any.
pub(super) fn layer(origins: &[Origin]) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let layer = CorsLayer::new()
        .allow_origin(allowed(origins))
        .allow_methods([Method::GET, Method::HEAD, Method::POST])
        .allow_headers([
            ACCEPT_LANGUAGE,
            CACHE_CONTROL,
            CONTENT_TYPE,
            IF_NONE_MATCH,
            HeaderName::from_static("x-api-key"),
            HeaderName::from_static("x-request-id"),
        ])
        .expose_headers(
            [AGE, ETAG, RETRY_AFTER]
                .into_iter()
                .chain(our_own())
                .collect::<Vec<_>>(),
        )
        .max_age(MAX_AGE);
    Some(layer)
}

fn our_own() -> impl Iterator<Item = HeaderName> {
    [
        "cache-status",
        "ratelimit",
        "ratelimit-policy",
        "server-timing",
        "x-fault-code",
        "x-incomplete",
        "x-request-id",
    ]
    .into_iter()
    .map(HeaderName::from_static)
}

fn allowed(origins: &[Origin]) -> AllowOrigin {
    let named = |origin: &Origin| match origin {
        Origin::Only(text) => HeaderValue::from_str(text).ok(),
        Origin::Any => None,
    };
    if origins.contains(&Origin::Any) {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(origins.iter().filter_map(named))
    }
}
