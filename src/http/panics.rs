//! A panic in a handler: an internal fault in the interface's words, and the next request unharmed.

use std::panic::AssertUnwindSafe;

use axum::response::Response;
use futures_util::FutureExt;

use super::interface::Caller;
use crate::fault::Fault;

/// Answers for a handler that panics. What the panic said may quote a page and goes nowhere; where it
/// happened is in the log.
pub(super) async fn caught(caller: Caller, answered: impl Future<Output = Response>) -> Response {
    // Nothing that a panic may have left half done is looked at again: the request is gone with it,
    // and what requests share guards itself.
    let answered = AssertUnwindSafe(answered).catch_unwind();
    answered
        .await
        .unwrap_or_else(|_| caller.refuse(Fault::internal("a panic")))
}
