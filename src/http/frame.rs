//! What happens around every handler, and in which order: read each function from the bottom up, as a
//! request passes it.
//!
//! The steps are closures in one future: a layer of the library's for each of them would copy all
//! those inside it once a request.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::interface::Caller;
use super::keys::{self, Keys};
use super::limited::{self, Limits};
use super::{draining, language, limits, panics, request_id, request_log};
use crate::config::HttpConfig;
use crate::service::Service;

/// What is looked at before a handler is asked.
#[derive(Clone)]
pub(super) struct Frame(Arc<Checks>);

struct Checks {
    service: Arc<Service>,
    keys: Keys,
    limits: Limits,
}

impl Frame {
    pub(super) fn new(service: Arc<Service>, config: &HttpConfig) -> Self {
        Self(Arc::new(Checks {
            service,
            keys: Keys::new(&config.api_keys),
            limits: Limits::new(config),
        }))
    }
}

/// Around every request.
pub(super) async fn request(State(frame): State<Frame>, request: Request, next: Next) -> Response {
    let (caller, keys) = (Caller::of(&request), &frame.0.keys);
    let answered = |request| next.run(keys::recognize(keys, request));
    let limited = |request| limits::headers(caller, request, answered);
    let caught = |request| panics::catch(caller, request, limited);
    let varied = |request| language::vary(request, caught);
    let logged = |request| request_log::log(request, varied);
    request_id::identify(request, logged).await
}

/// Around what callers ask.
pub(super) async fn question(State(frame): State<Frame>, request: Request, next: Next) -> Response {
    let (caller, checks) = (Caller::of(&request), &frame.0);
    let answered = |request| next.run(request);
    let heard = |request| draining::refuse(&checks.service, caller, request, answered);
    let admitted = |request| keys::require(&checks.keys, caller, request, heard);
    limited::limit(&checks.limits, caller, request, admitted).await
}

/// Around what whoever runs the service asks.
pub(super) async fn insight(State(frame): State<Frame>, request: Request, next: Next) -> Response {
    let caller = Caller::of(&request);
    let answered = |request| next.run(request);
    keys::require(&frame.0.keys, caller, request, answered).await
}
