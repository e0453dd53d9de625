//! What happens around every handler, and in which order: read each function from the bottom up, as a
//! request passes it.
//!
//! The steps are closures in one future: a layer of the library's for each of them would copy all
//! those inside it once a request.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::Route;
use tower::ServiceExt;
use tower::layer::layer_fn;
use tower::util::service_fn;

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

/// What comes of a request, whatever it is.
type Answered = Result<Response, Infallible>;

impl Frame {
    /// Has `step` answer all that is in `router`; it may ask the handler that it is given.
    pub(super) fn around<S, F>(
        &self,
        router: Router<S>,
        step: impl Fn(Frame, Request, Route) -> F + Clone + Send + Sync + 'static,
    ) -> Router<S>
    where
        S: Clone + Send + Sync + 'static,
        F: Future<Output = Answered> + Send + 'static,
    {
        let frame = self.clone();
        router.layer(layer_fn(move |next: Route| {
            let (frame, step) = (frame.clone(), step.clone());
            service_fn(move |request| step(frame.clone(), request, next.clone()))
        }))
    }
}

/// Around every request.
pub(super) async fn request(frame: Frame, request: Request, next: Route) -> Answered {
    let (caller, keys) = (Caller::of(&request), &frame.0.keys);
    let answered = |request| answer(next, keys::recognize(keys, request));
    let limited = |request| limits::headers(caller, request, answered);
    let caught = |request| panics::catch(caller, request, limited);
    let varied = |request| language::vary(request, caught);
    let logged = |request| request_log::log(request, varied);
    Ok(request_id::identify(request, logged).await)
}

/// Around what callers ask.
pub(super) async fn question(frame: Frame, request: Request, next: Route) -> Answered {
    let (caller, checks) = (Caller::of(&request), &frame.0);
    let answered = |request| answer(next, request);
    let heard = |request| draining::refuse(&checks.service, caller, request, answered);
    let admitted = |request| keys::require(&checks.keys, caller, request, heard);
    Ok(limited::limit(&checks.limits, caller, request, admitted).await)
}

/// Around what whoever runs the service asks.
pub(super) async fn insight(frame: Frame, request: Request, next: Route) -> Answered {
    let caller = Caller::of(&request);
    let answered = |request| answer(next, request);
    Ok(keys::require(&frame.0.keys, caller, request, answered).await)
}

async fn answer(next: Route, request: Request) -> Response {
    let Ok(response) = next.oneshot(request).await;
    response
}
