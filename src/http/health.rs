//! How the process does: whether it lives, whether it can serve, what it has counted.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;

use super::App;

/// The process answers.
pub(super) async fn livez() -> impl IntoResponse {
    ([(CACHE_CONTROL, "no-store")], "ok\n")
}

/// A session is there to read with, and the service takes questions.
pub(super) async fn readyz(State(app): State<App>) -> impl IntoResponse {
    let (status, word) = if app.service.is_ready() {
        (StatusCode::OK, "ready\n")
    } else if app.service.is_draining() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "no browser session\n")
    };
    (status, [(CACHE_CONTROL, "no-store")], word)
}

/// Everything counted, as Prometheus text.
pub(super) async fn metrics(State(app): State<App>) -> impl IntoResponse {
    (
        [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        app.metrics.render(),
    )
}
