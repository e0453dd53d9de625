//! What callers may do, and from where.

use super::faults::Faults;
use super::values::{
    allowed_hosts, api_keys, boolean, networks, origins, rate, rounding, socket_address,
};
use crate::http::HttpConfig;

/// How the service is asked.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct HttpSettings {
    /// Address to listen on
    ///
    /// Any non-loopback address requires an API key or `GONGGANG_ALLOW_OPEN=true`.
    #[arg(
        long,
        env = "GONGGANG_LISTEN",
        default_value = "127.0.0.1:5001",
        value_name = "ADDR"
    )]
    listen: String,
    /// Allow a non-loopback address without an API key
    #[arg(long, env = "GONGGANG_ALLOW_OPEN", default_value = "false", value_name = "BOOL",
          num_args = 0..=1, default_missing_value = "true")]
    allow_open: String,
    /// Keys that callers send as X-API-Key, comma-separated
    #[arg(
        long,
        env = "GONGGANG_API_KEYS",
        default_value = "",
        value_name = "KEYS",
        hide_env_values = true
    )]
    api_keys: String,
    /// Origins whose pages may call from a browser, comma-separated, or *
    #[arg(
        long,
        env = "GONGGANG_CORS_ORIGINS",
        default_value = "",
        value_name = "ORIGINS"
    )]
    cors_origins: String,
    /// Requests a minute for each key, or for each client address without keys [default: no limit]
    ///
    /// Probes do not count.
    #[arg(long, env = "GONGGANG_RATE_LIMIT", value_name = "N")]
    rate_limit: Option<String>,
    /// Proxies whose X-Forwarded-For is trusted: addresses or networks, comma-separated
    #[arg(
        long,
        env = "GONGGANG_TRUSTED_PROXIES",
        default_value = "",
        value_name = "ADDRS"
    )]
    trusted_proxies: String,
    /// Host names that requests may use besides localhost, comma-separated, or *
    ///
    /// A service on loopback without keys refuses any other Host than localhost and loopback
    /// addresses with 421, because a web page could reach it under a name of its own (DNS
    /// rebinding). If this is set, the rule applies on every address. Names have no port.
    #[arg(
        long,
        env = "GONGGANG_ALLOWED_HOSTS",
        default_value = "",
        value_name = "HOSTS"
    )]
    allowed_hosts: String,
    /// How times are rounded to slots: cover or onetime
    ///
    /// cover loses no busy minute. onetime is the formula of the first crawler.
    #[arg(long, env = "GONGGANG_ROUNDING", default_value = "cover")]
    rounding: String,
}

impl HttpSettings {
    /// Checks them; the faults are added to `faults`.
    pub(super) fn config(&self, faults: &mut Faults) -> Option<HttpConfig> {
        let api_keys = faults.check("GONGGANG_API_KEYS", api_keys(&self.api_keys));
        let allow_open = faults.check("GONGGANG_ALLOW_OPEN", boolean(&self.allow_open));
        let rounding = faults.check("GONGGANG_ROUNDING", rounding(&self.rounding));
        let listen = faults.check("GONGGANG_LISTEN", socket_address(&self.listen));
        let cors_origins = faults.check("GONGGANG_CORS_ORIGINS", origins(&self.cors_origins));
        let rate_limit = faults.check("GONGGANG_RATE_LIMIT", rate(self.rate_limit.as_deref()));
        let trusted_proxies =
            faults.check("GONGGANG_TRUSTED_PROXIES", networks(&self.trusted_proxies));
        let allowed_hosts =
            faults.check("GONGGANG_ALLOWED_HOSTS", allowed_hosts(&self.allowed_hosts));
        let (api_keys, listen) = (api_keys?, listen?);
        if !listen.ip().is_loopback() && api_keys.is_empty() && !allow_open? {
            faults.add("GONGGANG_LISTEN", format!(
                "{listen} is open to other machines: set GONGGANG_API_KEYS, listen on 127.0.0.1, \
                 or set GONGGANG_ALLOW_OPEN=true"
            ));
        }
        Some(HttpConfig {
            listen,
            api_keys,
            rounding: rounding?,
            cors_origins: cors_origins?,
            rate_limit: rate_limit?,
            trusted_proxies: trusted_proxies?,
            allowed_hosts: allowed_hosts?,
        })
    }
}
