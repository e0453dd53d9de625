//! The HTTP interface: the only floor that knows axum.

mod answer;
mod app;
mod calendar;
mod caller_stream;
#[cfg(feature = "otlp")]
mod caller_trace;
mod client;
mod config;
mod connections;
mod cors;
mod docs;
mod draining;
mod etag;
mod free;
mod guesses;
mod health;
mod hosts;
mod interface;
mod keys;
mod language;
mod limited;
mod limits;
mod link;
mod members;
mod middleware;
mod onetime;
mod openapi;
mod page;
mod panics;
mod picture;
mod problem;
mod query;
mod rate;
mod request_id;
mod request_log;
mod server;
mod slots;
mod status;
mod timetables;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::metrics::Metrics;
use crate::service::Service;
use app::App;
pub use config::{AllowedHost, ApiKey, HttpConfig, Origin};
pub use limits::ServerLimits;
use middleware::{Access, Middleware};
pub use onetime::Payload;
use onetime::{fixed_schedules, schedule};
pub use server::serve;

/// The path of the newest frontend; the identifier follows.
const FIXED_SCHEDULES: &str = "/api/v1/fixed-schedules/everytime/";

/// Every route, answered by `service`.
pub fn router(service: Arc<Service>, config: HttpConfig, metrics: Metrics) -> Router {
    let middleware = Middleware::new(Arc::clone(&service), &config);
    let app = App {
        service,
        config,
        metrics,
    };
    Router::new()
        .merge(middleware.around(for_callers(), Access::Caller))
        .merge(middleware.around(for_the_operator(), Access::Operator))
        .merge(middleware.around(for_everyone(), Access::Public))
        .merge(middleware.around(for_probes(), Access::Probe))
        .with_state(Arc::new(app))
}

fn for_callers() -> Router<Arc<App>> {
    Router::new()
        .route(
            "/schedule",
            get(schedule::get)
                .post(schedule::post)
                .fallback(interface::only_get_or_post),
        )
        .route(
            FIXED_SCHEDULES,
            get(fixed_schedules::without_identifier).fallback(interface::only_get),
        )
        .route(
            &format!("{FIXED_SCHEDULES}{{*rest}}"),
            get(fixed_schedules::get).fallback(interface::only_get),
        )
        .route(
            "/v1/timetables",
            get(timetables::by_link).fallback(interface::only_get),
        )
        .route(
            "/v1/timetables/{name}",
            get(timetables::by_name).fallback(interface::only_get),
        )
        .route(
            "/v1/timetables/{name}/slots",
            get(slots::get).fallback(interface::only_get),
        )
        .route("/v1/free", post(free::post).fallback(interface::only_post))
}

fn for_the_operator() -> Router<Arc<App>> {
    Router::new()
        .route("/status", get(health::status).fallback(interface::only_get))
        .route(
            "/metrics",
            get(health::metrics).fallback(interface::only_get),
        )
}

fn for_probes() -> Router<Arc<App>> {
    Router::new()
        .route("/livez", get(health::livez).fallback(interface::only_get))
        .route("/readyz", get(health::readyz).fallback(interface::only_get))
}

fn for_everyone() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(page::index).fallback(interface::only_get))
        .route(
            "/assets/{version}/{file}",
            get(page::asset).fallback(interface::only_get),
        )
        .route(
            "/openapi.json",
            get(openapi::document).fallback(interface::only_get),
        )
        .route("/docs", get(docs::front).fallback(interface::only_get))
        .route("/docs/", get(docs::index).fallback(interface::only_get))
        .route(
            "/docs/{file}",
            get(docs::asset).fallback(interface::only_get),
        )
        .fallback(interface::no_such_path)
}
