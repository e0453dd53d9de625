//! `/docs`: Swagger UI, from the files inside the binary.

use std::sync::{Arc, LazyLock};

use axum::extract::Path;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use utoipa_swagger_ui::{Config, SwaggerFile, serve};

static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    // Without a validator: the usual one is somebody else's site.
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
pub(super) async fn index() -> Response {
    file("index.html")
}

/// `GET /docs/{file}`
pub(super) async fn asset(Path(name): Path<String>) -> Response {
    file(&name)
}

fn file(name: &str) -> Response {
    match serve(name, Arc::clone(&CONFIG)) {
        Ok(Some(file)) => page(file),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn page(file: SwaggerFile<'_>) -> Response {
    let mut response = file.bytes.into_owned().into_response();
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::try_from(file.content_type) {
        headers.insert(CONTENT_TYPE, kind);
    }
    for (name, value) in [
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
