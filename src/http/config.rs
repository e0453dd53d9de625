//! The settings of the HTTP interface.

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;

use ipnet::IpNet;

use timetable::slots::Rounding;

/// Who may ask, where, and how slots are rounded for them.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// `GONGGANG_LISTEN`.
    pub listen: SocketAddr,
    /// `GONGGANG_API_KEYS`; empty lets everyone in.
    pub api_keys: Vec<ApiKey>,
    /// `GONGGANG_ROUNDING`.
    pub rounding: Rounding,
    /// `GONGGANG_CORS_ORIGINS`.
    pub cors_origins: Vec<Origin>,
    /// `GONGGANG_RATE_LIMIT`: requests per minute; `None` sets no limit.
    pub rate_limit: Option<NonZeroU32>,
    /// `GONGGANG_TRUSTED_PROXIES`.
    pub trusted_proxies: Vec<IpNet>,
    /// `GONGGANG_ALLOWED_HOSTS`.
    pub allowed_hosts: Vec<AllowedHost>,
}

impl HttpConfig {
    /// Whether callers come from a network through a proxy, and neither a key nor a limit bounds them.
    pub fn is_without_bounds(&self) -> bool {
        !self.trusted_proxies.is_empty() && self.api_keys.is_empty() && self.rate_limit.is_none()
    }
}

/// Host names that requests may use, in addition to those of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedHost {
    /// A name or an address, in small letters and without a port.
    Only(String),
    /// `*`
    Any,
}

/// Pages that may call from a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Those of one scheme, host and port, as a browser writes them: `https://example.com`.
    Only(String),
    /// `*`
    Any,
}

/// A key, never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

impl ApiKey {
    pub fn new(key: &str) -> Self {
        Self(key.to_owned())
    }

    /// The key itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}
