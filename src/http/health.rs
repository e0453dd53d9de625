//! Whether the process lives and whether it can serve. Never needs a key.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
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
