//! How the process does: whether it lives, whether it can serve, what it has counted.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use tokio::task::spawn_blocking;

use super::app::App;
use super::interface::Caller;
use super::openapi::errors::FullErrors;
use crate::fault::Fault;
use crate::service::Status;

/// The exposition format that is written.
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The process answers.
#[utoipa::path(get, path = "/livez", tag = "health", security(()), responses((status = 200, body = String, content_type = "text/plain", description = "It does")))]
pub(super) async fn livez() -> impl IntoResponse {
    ([(CACHE_CONTROL, "no-store")], "ok\n")
}

/// A session is there to read with, and the service takes questions.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "health",
    security(()),
    responses(
        (status = 200, body = String, content_type = "text/plain", description = "It does"),
        (status = 503, body = String, content_type = "text/plain", description = "It does not; the text says why"),
    )
)]
pub(super) async fn readyz(State(app): State<Arc<App>>) -> impl IntoResponse {
    let (status, word) = if app.service.is_ready() {
        (StatusCode::OK, "ready\n")
    } else if app.service.is_draining() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "no browser session\n")
    };
    (status, [(CACHE_CONTROL, "no-store")], word)
}

/// What the service, its cache and its browsers do right now.
#[utoipa::path(get, path = "/status", tag = "health", responses((status = 200, body = Status, description = "For people and dashboards; members may be added"), FullErrors))]
pub(super) async fn status(State(app): State<Arc<App>>) -> impl IntoResponse {
    ([(CACHE_CONTROL, "no-store")], Json(app.service.status()))
}

/// Everything counted, as Prometheus text.
#[utoipa::path(get, path = "/metrics", tag = "health", responses((status = 200, body = String, content_type = "text/plain", description = "Prometheus text"), FullErrors))]
pub(super) async fn metrics(State(app): State<Arc<App>>, caller: Caller) -> Response {
    let written = spawn_blocking(move || {
        app.service.measure();
        app.metrics.render()
    });
    match written.await {
        Ok(text) => ([(CONTENT_TYPE, PROMETHEUS)], text).into_response(),
        Err(_) => caller.refuse(Fault::internal("the metrics were not written")),
    }
}
