//! New requests to a service that stops.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::sleep;

use super::interface::Caller;
use crate::service::Service;
use crate::source::SourceError;

/// Delay of a refusal. A proxy sends a refused request again, and asks `/readyz` every second: after
/// this delay it knows that it has to wait for the next instance.
const DELAY: Duration = Duration::from_millis(1500);

/// Refuses requests that come after the service began to stop.
pub(super) async fn refuse(
    State(service): State<Arc<Service>>,
    request: Request,
    next: Next,
) -> Response {
    if !service.is_draining() {
        return next.run(request).await;
    }
    sleep(DELAY).await;
    Caller::of(&request).refuse(SourceError::Draining.into())
}
