//! `/docs`: Swagger UI, from the files inside the binary.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Redirect, Response};
use parking_lot::Mutex;
use utoipa_swagger_ui::{Config, serve};

use super::interface::{Caller, no_such_path};

static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    // No validator: the default one is another site.
    let config = Config::from("/openapi.json");
    Arc::new(config.validator_url("none"))
});

/// Nothing from outside. Swagger UI styles its elements itself and draws icons from data URLs.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data:; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// `GET /docs`: the page's own links are relative to `/docs/`.
pub(super) async fn front() -> Redirect {
    Redirect::permanent("/docs/")
}

/// `GET /docs/`
pub(super) async fn index(caller: Caller) -> Response {
    file("index.html", caller).await
}

/// `GET /docs/{file}`
pub(super) async fn asset(Path(name): Path<String>, caller: Caller) -> Response {
    file(&name, caller).await
}

async fn file(name: &str, caller: Caller) -> Response {
    match kept(name) {
        Some(file) => page(file),
        None => no_such_path(caller).await,
    }
}

/// A file; every answer shares its bytes.
#[derive(Clone)]
struct File {
    kind: HeaderValue,
    bytes: Bytes,
}

/// The file of that name. There are a dozen; each is stored after its first request.
fn kept(name: &str) -> Option<File> {
    static KEPT: Mutex<BTreeMap<String, File>> = Mutex::new(BTreeMap::new());
    let mut kept = KEPT.lock();
    if let Some(file) = kept.get(name) {
        return Some(file.clone());
    }
    let file = unpacked(name)?;
    kept.insert(name.to_owned(), file.clone());
    Some(file)
}

fn unpacked(name: &str) -> Option<File> {
    let file = serve(name, Arc::clone(&CONFIG)).ok().flatten()?;
    Some(File {
        kind: HeaderValue::try_from(file.content_type).ok()?,
        bytes: file.bytes.into_owned().into(),
    })
}

fn page(file: File) -> Response {
    let mut response = file.bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, file.kind);
    for (name, value) in [
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
