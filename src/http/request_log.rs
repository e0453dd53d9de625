//! One log line per request, written where the answer leaves: outcome, status and time.
//!
//! Links and identifiers are in the request's address, so the address is never logged.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use tracing::{error, info, warn};

use super::request_id::RequestId;
use crate::cache::Lookup;
use crate::fault::Fault;
use crate::service::Found;
use crate::source::Timings;

/// What a handler tells the log about its answer.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    /// A timetable.
    Found {
        /// Whether it was in the cache.
        lookup: Lookup,
        /// What reading it took.
        timings: Timings,
    },
    /// A fault.
    Fault(Fault),
}

impl Outcome {
    pub(super) fn found(found: &Found) -> Self {
        Self::Found {
            lookup: found.lookup,
            timings: found.answer.timings,
        }
    }
}

impl Outcome {
    /// Leaves word with the answer; the log reads it on the way out.
    pub(super) fn attached_to(self, mut response: Response) -> Response {
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the line. Probes are left out: they say nothing and come every few seconds.
pub(super) async fn log(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().cloned();
    let route = path.as_ref().map_or("none", MatchedPath::as_str).to_owned();
    let id = request.extensions().get::<RequestId>().cloned();
    let request_id = id.as_ref().map_or("", RequestId::as_str);
    let (method, began) = (request.method().clone(), Instant::now());
    let response = next.run(request).await;
    crate::metrics::count_request(&route, response.status().as_u16());
    if matches!(route.as_str(), "/livez" | "/readyz" | "/metrics") {
        return response;
    }
    let (status, millis) = (
        response.status().as_u16(),
        began.elapsed().as_millis() as u64,
    );
    match response.extensions().get::<Outcome>() {
        Some(Outcome::Found { lookup, timings }) => info!(
            request_id, %method, route, status, millis, cache = ?lookup,
            queue_millis = timings.queue.as_millis() as u64,
            render_millis = timings.render.as_millis() as u64,
            "answered"
        ),
        Some(Outcome::Fault(fault)) => {
            log_fault(fault, request_id, &method, &route, status, millis);
        }
        None => info!(request_id, %method, route, status, millis, "answered"),
    }
    response
}

/// Faults of ours and of a changed page want a person; the site's and the callers' do not.
fn log_fault(
    fault: &Fault,
    request_id: &str,
    method: &axum::http::Method,
    route: &str,
    status: u16,
    millis: u64,
) {
    let code = fault.code();
    match fault {
        Fault::Internal { .. } => {
            error!(request_id, %method, route, status, millis, code, "{fault}")
        }
        Fault::LayoutChanged(_)
        | Fault::Blocked { .. }
        | Fault::SiteUnavailable { .. }
        | Fault::Timeout { .. }
        | Fault::BrowserUnavailable { .. } => {
            warn!(request_id, %method, route, status, millis, code, "{fault}");
        }
        _ => info!(request_id, %method, route, status, millis, code, "{fault}"),
    }
}
