//! A panic in a handler: an internal fault in the interface's words, and the next request unharmed.

use std::any::Any;

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::interface::Caller;
use crate::fault::Fault;

/// Left with the answer that stands in for the one that never came.
#[derive(Debug, Clone, Copy)]
struct Panicked;

/// What the catching layer answers, for [`word`] to put right. What the panic said may quote a page
/// and goes nowhere; where it happened is in the log.
pub(super) fn caught(_: Box<dyn Any + Send>) -> axum::http::Response<Body> {
    let mut response = ().into_response();
    response.extensions_mut().insert(Panicked);
    response
}

/// Words the fault for whoever asked.
pub(super) async fn word(caller: Caller, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    match response.extensions().get() {
        Some(Panicked) => caller.refuse(Fault::Internal {
            reason: "a panic".to_owned(),
        }),
        None => response,
    }
}
