//! What happens around every handler, in the order in which a request passes it.
//!
//! All of it is one layer around each route: each layer more would box its future and copy the route
//! once more for every request.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::Route;
use tower::layer::layer_fn;
use tower::util::service_fn;
use tower::{Layer, Service as _, ServiceExt};
use tower_http::cors::CorsLayer;
use tracing::Instrument;

use super::guesses::Guesses;
use super::hosts::Hosts;
use super::interface::Caller;
use super::keys::{API_KEY, Keys, KnownKey};
use super::limited::Limits;
use super::request_log::Entry;
use super::{cors, draining, language, limits, panics, request_id};
use crate::config::HttpConfig;
use crate::fault::Fault;
use crate::service::Service;
use crate::source::SourceError;

/// What is looked at before a handler is asked.
#[derive(Clone)]
pub(super) struct Frame(Arc<Checks>);

struct Checks {
    service: Arc<Service>,
    keys: Keys,
    guesses: Guesses,
    hosts: Hosts,
    limits: Limits,
    cors: Option<CorsLayer>,
}

/// What a route is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// What callers ask: takes a key where keys are set, and counts against their allowance.
    Question,
    /// What whoever runs the service asks: takes a key where keys are set.
    Insight,
    /// What needs no key: it tells nothing of anyone.
    Open,
    /// What asks whether the service is well: is always answered.
    Probe,
}

/// Left with a request whose connection was taken beyond the limit: only probes are served.
#[derive(Debug, Clone, Copy)]
pub(super) struct ProbesOnly;

/// When a caller that found no room may come back.
const ROOM_AGAIN: Duration = Duration::from_secs(1);

impl Purpose {
    fn wants_key(self) -> bool {
        matches!(self, Self::Question | Self::Insight)
    }
}

impl Frame {
    pub(super) fn new(service: Arc<Service>, config: &HttpConfig) -> Self {
        Self(Arc::new(Checks {
            service,
            keys: Keys::new(&config.api_keys),
            guesses: Guesses::new(),
            hosts: Hosts::new(config),
            limits: Limits::new(config),
            cors: cors::layer(&config.cors_origins),
        }))
    }

    /// Has all that is in `router` answered inside the frame.
    pub(super) fn around<S>(&self, router: Router<S>, purpose: Purpose) -> Router<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        let Self(checks) = self.clone();
        router.layer(layer_fn(move |route: Route| {
            let framed = Arc::new(Framed {
                checks: Arc::clone(&checks),
                purpose,
                route,
            });
            service_fn(move |request| Arc::clone(&framed).answer(request))
        }))
    }
}

/// A route inside the frame.
struct Framed {
    checks: Arc<Checks>,
    purpose: Purpose,
    route: Route,
}

impl Framed {
    /// Names the request, logs it, and answers whatever comes of it.
    async fn answer(self: Arc<Self>, request: Request) -> Result<Response, Infallible> {
        let id = request_id::of(request.headers());
        let (mut entry, caller) = (Entry::of(&request, id.clone()), Caller::of(&request));
        let span = entry.span(request.headers());
        let answered = self.across_origins(caller, request);
        let mut response = panics::caught(caller, answered.instrument(span.clone())).await;
        language::vary(&mut response);
        entry.answered(&span, &mut response);
        request_id::tell(id, &mut response);
        Ok(response)
    }

    /// Refuses what is not to be looked at any further.
    fn check(&self, request: &Request) -> Result<(), Fault> {
        limits::check(request.headers())?;
        if self.purpose == Purpose::Probe {
            return Ok(());
        }
        if request.extensions().get::<ProbesOnly>().is_some() {
            let retry_after = ROOM_AGAIN;
            return Err(SourceError::Busy { retry_after }.into());
        }
        self.checks.hosts.check(request)
    }

    /// Answers preflights and marks what other origins may read, where there are any.
    async fn across_origins(&self, caller: Caller, request: Request) -> Response {
        if let Err(fault) = self.check(&request) {
            return caller.refuse(fault);
        }
        let Some(cors) = &self.checks.cors else {
            return self.within_limits(caller, request).await;
        };
        let inside = service_fn(async |request| {
            Ok::<_, Infallible>(self.within_limits(caller, request).await)
        });
        let Ok(response) = cors.layer(inside).oneshot(request).await;
        response
    }

    /// Takes a request from its caller's allowance.
    async fn within_limits(&self, caller: Caller, mut request: Request) -> Response {
        self.checks.keys.recognize(&mut request);
        if let Err(retry_after) = self.guess(&request) {
            return caller.refuse(Fault::WrongKeys { retry_after });
        }
        let limits = (self.purpose == Purpose::Question).then_some(&self.checks.limits);
        let Some((left, taken)) = limits.and_then(|limits| limits.take(&request)) else {
            return self.admitted(caller, request).await;
        };
        left.told_with(match taken {
            Ok(()) => self.admitted(caller, request).await,
            Err(retry_after) => caller.refuse(Fault::RateLimited { retry_after }),
        })
    }

    /// Takes down whether the key that a request carries is right, where it wants one.
    fn guess(&self, request: &Request) -> Result<(), Duration> {
        let Checks {
            keys,
            guesses,
            limits,
            ..
        } = &*self.checks;
        if !self.purpose.wants_key() || keys.are_open() || !request.headers().contains_key(API_KEY)
        {
            return Ok(());
        }
        let known = request.extensions().get::<KnownKey>();
        guesses.take(
            limits.client(request),
            known.map(|KnownKey(number)| *number),
        )
    }

    /// Asks the handler, if the caller may.
    async fn admitted(&self, caller: Caller, request: Request) -> Response {
        let has_key = self.checks.keys.admit(&request);
        if self.purpose.wants_key() && !has_key {
            return caller.refuse(Fault::Unauthorized);
        }
        if self.purpose == Purpose::Question && self.checks.service.is_draining() {
            return draining::refuse(caller).await;
        }
        let Ok(response) = self.route.clone().call(request).await;
        response
    }
}
