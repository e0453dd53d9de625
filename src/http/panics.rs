//! A panic in a handler: an internal fault in the interface's words, and the next request unharmed.

use std::any::Any;

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::interface::Caller;
use crate::fault::Fault;

/// Left with the answer that stands in for the one that never came.
#[derive(Debug, Clone)]
struct Panicked(String);

/// What the catching layer answers, for [`word`] to put right.
pub(super) fn caught(panic: Box<dyn Any + Send>) -> axum::http::Response<Body> {
    let said = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    let mut response = ().into_response();
    response
        .extensions_mut()
        .insert(Panicked(said.unwrap_or_else(|| "a panic".to_owned())));
    response
}

/// Words the fault for whoever asked.
pub(super) async fn word(caller: Caller, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    match response.extensions().get::<Panicked>().cloned() {
        Some(Panicked(reason)) => caller.refuse(Fault::Internal { reason }),
        None => response,
    }
}
