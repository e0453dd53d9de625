//! Where a request is taken from its caller's allowance.

use axum::extract::Request;
use axum::response::Response;
use ipnet::IpNet;

use super::client::{self, Peer};
use super::interface::Caller;
use super::keys::KnownKey;
use super::rate::{Allowances, Holder};
use crate::config::HttpConfig;
use crate::fault::Fault;

/// The allowances, where there are any, and whom to believe about addresses.
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

    /// A wrong key is no key: whoever guesses spends the allowance of its address.
    fn holder(&self, request: &Request) -> Holder {
        if let Some(KnownKey(number)) = request.extensions().get() {
            return Holder::Key(*number);
        }
        let peer = request.extensions().get::<Peer>().copied();
        let address = client::address(peer, request.headers(), &self.trusted);
        Holder::Address(client::household(address))
    }
}

/// Lets a request through for which its caller has something left.
pub(super) async fn limit<F: Future<Output = Response>>(
    limits: &Limits,
    caller: Caller,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let Some(allowances) = &limits.allowances else {
        return next(request).await;
    };
    let (left, taken) = allowances.take(limits.holder(&request));
    let response = match taken {
        Ok(()) => next(request).await,
        Err(retry_after) => caller.refuse(Fault::RateLimited { retry_after }),
    };
    left.told_with(response)
}
