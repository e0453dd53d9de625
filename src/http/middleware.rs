//! The steps around every handler, in the order in which a request passes them.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use futures_util::future::Either;
use tower::{Layer, Service, ServiceBuilder};
use tower_http::cors::CorsLayer;

use super::config::HttpConfig;
use super::guesses::Guesses;
use super::hosts::Hosts;
use super::interface::Caller;
use super::keys::{API_KEY, Keys, KnownKey};
use super::limited::{self, Limits};
use super::{cors, draining, language, limits, panics, request_log};
use crate::fault::Fault;
use crate::service::Service as Timetables;
use crate::source::SourceError;

/// Who may ask a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Callers: with a key where keys are set, and within their allowance.
    Caller,
    /// The operator: with a key where keys are set.
    Operator,
    /// Everyone.
    Public,
    /// Health probes: always answered.
    Probe,
}

/// Marks a request of a connection beyond the limit: only probes are served on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct ProbesOnly;

/// When a caller on such a connection may come back.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Wraps routes in the steps that their [`Access`] needs.
pub(super) struct Middleware {
    checks: Arc<Checks>,
    service: Arc<Timetables>,
    cors: Option<CorsLayer>,
}

struct Checks {
    keys: Keys,
    guesses: Guesses,
    hosts: Hosts,
    limits: Arc<Limits>,
}

impl Middleware {
    pub(super) fn new(service: Arc<Timetables>, config: &HttpConfig) -> Self {
        let checks = Checks {
            keys: Keys::new(&config.api_keys),
            guesses: Guesses::new(),
            hosts: Hosts::new(config),
            limits: Arc::new(Limits::new(config)),
        };
        Self {
            checks: Arc::new(checks),
            service,
            cors: cors::layer(&config.cors_origins),
        }
    }

    /// Wraps every route of `router`.
    pub(super) fn around<S>(&self, router: Router<S>, access: Access) -> Router<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        let is_bounded = access != Access::Probe;
        let wants_key = matches!(access, Access::Caller | Access::Operator);
        let is_caller = access == Access::Caller;
        let (limits, service) = (Arc::clone(&self.checks.limits), Arc::clone(&self.service));
        let layers = ServiceBuilder::new()
            .layer(from_fn(request_log::log))
            .map_response(language::vary)
            .layer(from_fn(panics::catch))
            .layer(self.check(headers))
            .option_layer(is_bounded.then(|| self.check(connection)))
            .option_layer(is_bounded.then(|| self.check(Checks::host)))
            .option_layer(self.cors.clone())
            .option_layer(wants_key.then(|| self.check(Checks::recognize_key)))
            .option_layer(is_caller.then(|| from_fn_with_state(limits, limited::limit)))
            .option_layer(wants_key.then(|| self.check(Checks::require_key)))
            .option_layer(is_caller.then(|| from_fn_with_state(service, draining::refuse)));
        router.layer(layers)
    }

    fn check(&self, check: Check) -> CheckLayer {
        let checks = Arc::clone(&self.checks);
        CheckLayer { checks, check }
    }
}

impl Checks {
    fn host(&self, request: &mut Request) -> Result<(), Fault> {
        self.hosts.check(request)
    }

    /// Marks a request with its known key. A client that has sent too many wrong keys is refused.
    fn recognize_key(&self, request: &mut Request) -> Result<(), Fault> {
        self.keys.recognize(request);
        if self.keys.are_open() || !request.headers().contains_key(API_KEY) {
            return Ok(());
        }
        let known = request.extensions().get().map(|KnownKey(number)| *number);
        self.guesses
            .take(self.limits.client(request), known)
            .map_err(|retry_after| Fault::WrongKeys { retry_after })
    }

    fn require_key(&self, request: &mut Request) -> Result<(), Fault> {
        if self.keys.admit(request) {
            Ok(())
        } else {
            Err(Fault::Unauthorized)
        }
    }
}

fn headers(_: &Checks, request: &mut Request) -> Result<(), Fault> {
    limits::check(request.headers())
}

fn connection(_: &Checks, request: &mut Request) -> Result<(), Fault> {
    match request.extensions().get() {
        Some(ProbesOnly) => Err(SourceError::Busy {
            retry_after: RETRY_AFTER,
        }
        .into()),
        None => Ok(()),
    }
}

/// Refuses a request with a fault or lets it pass.
type Check = fn(&Checks, &mut Request) -> Result<(), Fault>;

/// A check as a layer. Unlike [`from_fn`] it needs no boxed future.
#[derive(Clone)]
struct CheckLayer {
    checks: Arc<Checks>,
    check: Check,
}

/// A service behind a check.
#[derive(Clone)]
struct Checked<S> {
    layer: CheckLayer,
    inner: S,
}

impl<S> Layer<S> for CheckLayer {
    type Service = Checked<S>;

    fn layer(&self, inner: S) -> Self::Service {
        let layer = self.clone();
        Checked { layer, inner }
    }
}

impl<S> Service<Request> for Checked<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response, Infallible>>, S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let CheckLayer { checks, check } = &self.layer;
        match check(checks, &mut request) {
            Ok(()) => Either::Right(self.inner.call(request)),
            Err(fault) => Either::Left(ready(Ok(Caller::of(&request).refuse(fault)))),
        }
    }
}
