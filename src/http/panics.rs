//! A panic in a handler becomes an internal fault, and the next request is unharmed.

use std::panic::AssertUnwindSafe;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt;

use super::interface::Caller;
use crate::fault::Fault;

/// Answers for a handler that panics, in the words of the caller's interface: tower-http's layer does
/// not know the request. The panic's message may quote a page and goes nowhere; its location is in the
/// log.
pub(super) async fn catch(request: Request, next: Next) -> Response {
    let caller = Caller::of(&request);
    // What the request alone used is dropped with it, and shared state guards itself.
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind();
    answered
        .await
        .unwrap_or_else(|_| caller.refuse(Fault::internal("a panic")))
}
