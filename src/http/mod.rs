//! The HTTP interface: the only floor that knows axum.

mod health;
mod interface;
mod keys;
mod language;
mod link;
mod listener;
mod onetime;
mod problem;
mod request_log;
mod timetables;

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;

use crate::config::HttpConfig;
use crate::service::Service;
use keys::Keys;
pub use listener::Listener;
pub use onetime::Payload;
use onetime::{fixed_schedules, schedule};

/// Where the identifier of the newest frontend follows.
const FIXED_SCHEDULES: &str = "/api/v1/fixed-schedules/everytime/";

/// What every handler shares.
#[derive(Clone)]
struct App {
    service: Arc<Service>,
    config: Arc<HttpConfig>,
    metrics: PrometheusHandle,
}

/// Every route there is, answered by `service`.
pub fn router(service: Arc<Service>, config: HttpConfig, metrics: PrometheusHandle) -> Router {
    let keys = Arc::new(Keys::new(&config.api_keys));
    let app = App {
        service,
        config: Arc::new(config),
        metrics,
    };
    let open = Router::new()
        .route("/livez", get(health::livez))
        .route("/readyz", get(health::readyz));
    let guarded = Router::new()
        .route(
            "/schedule",
            get(schedule::get)
                .post(schedule::post)
                .fallback(interface::only_get_or_post),
        )
        .route(FIXED_SCHEDULES, get(fixed_schedules::without_identifier))
        .route(
            &format!("{FIXED_SCHEDULES}{{*rest}}"),
            get(fixed_schedules::get).fallback(interface::only_get),
        )
        .route(
            "/v1/timetables",
            get(timetables::by_link).fallback(interface::only_get),
        )
        .route(
            "/v1/timetables/{identifier}",
            get(timetables::by_identifier).fallback(interface::only_get),
        )
        .route(
            "/metrics",
            get(health::metrics).fallback(interface::only_get),
        )
        .layer(from_fn_with_state(keys, keys::require));
    open.merge(guarded)
        .fallback(interface::no_such_path)
        .layer(from_fn(request_log::log))
        .with_state(app)
}
