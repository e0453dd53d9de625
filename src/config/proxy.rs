//! The proxy that leads out, in the variable of our own or in those that many programs read.

use url::Url;

use super::faults::Faults;
use super::values::{Proxied, proxy};
use crate::source::{EgressProxy, NoProxy};

/// Through which proxy site and API are asked.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct ProxySettings {
    /// HTTP proxy for site and API, or none [default: `HTTPS_PROXY`; `HTTP_PROXY` for an http:// site]
    ///
    /// `http://[user:password@]host:port`. `NO_PROXY` applies. A site on this machine is never asked
    /// through the proxy. See `docs/deploying.md`.
    #[arg(
        long,
        env = "GONGGANG_PROXY",
        value_name = "URL",
        hide_env_values = true
    )]
    proxy: Option<String>,
    #[arg(
        long = "https_proxy",
        env = "https_proxy",
        hide = true,
        hide_env_values = true
    )]
    https_proxy: Option<String>,
    #[arg(
        long = "HTTPS_PROXY",
        env = "HTTPS_PROXY",
        hide = true,
        hide_env_values = true
    )]
    https_proxy_upper: Option<String>,
    #[arg(
        long = "http_proxy",
        env = "http_proxy",
        hide = true,
        hide_env_values = true
    )]
    http_proxy: Option<String>,
    #[arg(
        long = "HTTP_PROXY",
        env = "HTTP_PROXY",
        hide = true,
        hide_env_values = true
    )]
    http_proxy_upper: Option<String>,
    #[arg(long = "no_proxy", env = "no_proxy", hide = true)]
    no_proxy: Option<String>,
    #[arg(long = "NO_PROXY", env = "NO_PROXY", hide = true)]
    no_proxy_upper: Option<String>,
}

impl ProxySettings {
    /// The proxy for `site`; `None` without one, and where a fault was added to `faults`.
    pub(super) fn config(&self, site: &Url, faults: &mut Faults) -> Option<EgressProxy> {
        let (name, text) = self.chosen(site);
        match faults.check(name, proxy(text))? {
            Proxied::Directly => None,
            Proxied::Through(url) => Some(EgressProxy {
                url,
                except: self.except(),
            }),
        }
    }

    /// Our own variable, else the one for the scheme; small letters first, as curl does it.
    fn chosen(&self, site: &Url) -> (&'static str, &str) {
        let candidates = match site.scheme() {
            "https" => [
                ("HTTPS_PROXY", &self.https_proxy),
                ("HTTPS_PROXY", &self.https_proxy_upper),
            ],
            _ => [
                ("HTTP_PROXY", &self.http_proxy),
                ("HTTP_PROXY", &self.http_proxy_upper),
            ],
        };
        let all = [("GONGGANG_PROXY", &self.proxy)]
            .into_iter()
            .chain(candidates);
        let set = all.filter_map(|(name, text)| Some((name, text.as_deref()?.trim())));
        let mut set = set.filter(|(_, text)| !text.is_empty());
        set.next().unwrap_or(("GONGGANG_PROXY", "none"))
    }

    fn except(&self) -> NoProxy {
        let both = [&self.no_proxy, &self.no_proxy_upper];
        let set = both
            .into_iter()
            .flatten()
            .find(|text| !text.trim().is_empty());
        NoProxy::of(set.map_or("", String::as_str))
    }
}
