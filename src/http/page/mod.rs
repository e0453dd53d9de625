//! The web page at `/`: files inside the binary, and the headers that isolate it.

mod assets;

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::etag::{Known, Tag};
use super::interface::{Caller, no_such_path};
use assets::{Asset, INDEX, VERSION, named};

/// Nothing from outside, nothing inline, no form that the browser sends by itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      img-src 'self' blob: data:; connect-src 'self'; form-action 'none'; \
                      frame-ancestors 'none'; base-uri 'none'";

/// For files that may change with the next version of the service.
const ASK_EACH_TIME: &str = "no-cache";
/// For files whose address changes with their version.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// `GET /`
pub(super) async fn index(headers: HeaderMap) -> Response {
    static PAGE: LazyLock<Bytes> = LazyLock::new(|| {
        let page = String::from_utf8_lossy(INDEX.bytes);
        let page = page.replace("ASSETS", &format!("/assets/{}", *VERSION));
        page.into()
    });
    answer(INDEX.kind, PAGE.clone(), ASK_EACH_TIME, &headers)
}

/// `GET /assets/{version}/{file}`, for any version: a page that was open while the service was replaced
/// still gets its files.
pub(super) async fn asset(
    Path((version, name)): Path<(String, String)>,
    caller: Caller,
    headers: HeaderMap,
) -> Response {
    let caching = if version == *VERSION {
        FOR_EVER
    } else {
        ASK_EACH_TIME
    };
    match named(&name) {
        Some(Asset { kind, bytes }) => answer(kind, Bytes::from_static(bytes), caching, &headers),
        None => no_such_path(caller).await,
    }
}

/// Every answer shares the file's bytes.
fn answer(
    kind: &'static str,
    bytes: Bytes,
    caching: &'static str,
    headers: &HeaderMap,
) -> Response {
    let tag = Tag::strong(&bytes);
    let mut response = if Known::of(headers).holds(&tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(CONTENT_TYPE, kind)], bytes).into_response()
    };
    let kept = response.headers_mut();
    for (name, value) in [
        (CACHE_CONTROL, caching),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        kept.insert(name, HeaderValue::from_static(value));
    }
    if let Some(tag) = tag.header() {
        kept.insert(ETAG, tag);
    }
    response
}
