//! Where a request is taken from its caller's allowance.

use std::net::IpAddr;
use std::time::Duration;

use axum::extract::Request;
use ipnet::IpNet;

use super::client::{self, Peer};
use super::keys::KnownKey;
use super::rate::{Allowance, Allowances, Holder};
use crate::config::HttpConfig;

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

    /// Takes a request from its caller's allowance, where callers have one: what is left of it, and
    /// how long to wait where nothing was.
    pub(super) fn take(&self, request: &Request) -> Option<(Allowance, Result<(), Duration>)> {
        let allowances = self.allowances.as_ref()?;
        Some(allowances.take(self.holder(request)))
    }

    /// A wrong key is no key: whoever guesses spends the allowance of its address.
    fn holder(&self, request: &Request) -> Holder {
        if let Some(KnownKey(number)) = request.extensions().get() {
            return Holder::Key(*number);
        }
        Holder::Address(self.client(request))
    }

    /// Who sent a request, as far as addresses tell.
    pub(super) fn client(&self, request: &Request) -> IpAddr {
        let peer = request.extensions().get::<Peer>().copied();
        client::ipv6_prefix(client::address(peer, request.headers(), &self.trusted))
    }
}
