//! Questions to a service that stops: refused, in their own interface's words.

use std::time::Duration;

use axum::response::Response;
use tokio::time::sleep;

use super::interface::Caller;
use crate::source::SourceError;

/// How long a refusal is held back. A proxy sends what was refused anew, and asks `/readyz` every
/// second: by then it knows that it has to wait for the next service.
const HELD: Duration = Duration::from_millis(1500);

/// Refuses what comes after the service began to stop; what is under way is past this.
pub(super) async fn refuse(caller: Caller) -> Response {
    sleep(HELD).await;
    caller.refuse(SourceError::Draining.into())
}
