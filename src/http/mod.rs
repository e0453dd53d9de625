//! The HTTP interface: the only floor that knows axum.

mod health;
mod keys;
mod language;
mod link;
mod onetime;
mod problem;
mod request_log;
mod timetables;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;

use crate::config::HttpConfig;
use crate::service::Service;
use keys::Keys;
pub use onetime::Payload;

/// Largest body that is read, in bytes: a link and generous room for a share message.
const MAX_BODY_BYTES: usize = 256 * 1024;

/// What every handler shares.
#[derive(Clone)]
struct App {
    service: Arc<Service>,
    config: Arc<HttpConfig>,
}

/// Every route there is, answered by `service`.
pub fn router(service: Arc<Service>, config: HttpConfig) -> Router {
    let keys = Arc::new(Keys::new(&config.api_keys));
    let app = App {
        service,
        config: Arc::new(config),
    };
    let open = Router::new()
        .route("/livez", get(health::livez))
        .route("/readyz", get(health::readyz));
    let guarded = Router::new()
        .route(
            "/schedule",
            get(onetime::get)
                .post(onetime::post)
                .fallback(onetime::wrong_method),
        )
        .route("/v1/timetables", get(timetables::by_link))
        .route(
            "/v1/timetables/{identifier}",
            get(timetables::by_identifier),
        )
        .layer(from_fn_with_state(keys, keys::require));
    open.merge(guarded)
        .fallback(onetime::no_such_path)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn(request_log::log))
        .with_state(app)
}
