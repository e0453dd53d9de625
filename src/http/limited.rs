//! Callers' allowances: which one a request counts against.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;

use super::client::{self, Peer};
use super::config::HttpConfig;
use super::interface::Caller;
use super::keys::KnownKey;
use super::rate::{Allowance, Allowances, Holder};
use crate::fault::Fault;

/// Takes a request from its caller's allowance and says with the answer what is left.
pub(super) async fn limit(
    State(limits): State<Arc<Limits>>,
    request: Request,
    next: Next,
) -> Response {
    let Some((left, taken)) = limits.take(&request) else {
        return next.run(request).await;
    };
    left.told_with(match taken {
        Ok(()) => next.run(request).await,
        Err(retry_after) => Caller::of(&request).refuse(Fault::RateLimited { retry_after }),
    })
}

/// The allowances, if any, and the proxies whose `X-Forwarded-For` is believed.
pub(super) struct Limits {
    allowances: Option<Allowances>,
    trusted: Vec<IpNet>,
}

impl Limits {
    pub(super) fn new(config: &HttpConfig) -> Self {
        Self {
            allowances: config.rate_limit.map(Allowances::new),
            trusted: config.trusted_proxies.clone(),
        }
    }

    /// Takes a request from its caller's allowance: what is left of it, and how long to wait where
    /// nothing was. `None` where callers have no allowance.
    fn take(&self, request: &Request) -> Option<(Allowance, Result<(), Duration>)> {
        let allowances = self.allowances.as_ref()?;
        Some(allowances.take(self.holder(request)))
    }

    /// A wrong key is no key: guesses count against the address.
    fn holder(&self, request: &Request) -> Holder {
        if let Some(KnownKey(number)) = request.extensions().get() {
            return Holder::Key(*number);
        }
        Holder::Address(self.client(request))
    }

    /// The client of a request, by its address.
    pub(super) fn client(&self, request: &Request) -> IpAddr {
        let peer = request.extensions().get::<Peer>().copied();
        client::ipv6_prefix(client::address(peer, request.headers(), &self.trusted))
    }
}
