//! The site that is read: its addresses, how they are reached, and by which of its ways it is read.

use std::num::NonZeroU32;

use rustls::pki_types::CertificateDer;
use url::{Host, Url};

use super::proxy::EgressProxy;

/// Path of the call that the page makes for its timetable.
const API_PATH: &str = "/find/timetable/table/friend";

/// The site.
#[derive(Debug, Clone)]
pub struct SiteConfig {
    /// `GONGGANG_EVERYTIME_URL`.
    pub everytime_url: Url,
    /// `GONGGANG_API_URL`.
    pub api_url: Url,
    /// `GONGGANG_CA_FILE`: certificate authorities that both may use, in addition to the known ones.
    pub authorities: Vec<CertificateDer<'static>>,
    /// `GONGGANG_PROXY`: the proxy for both; `None` connects directly.
    pub proxy: Option<EgressProxy>,
}

impl SiteConfig {
    /// The address of the call that the page makes for its timetable.
    pub fn api_call(&self) -> Url {
        with_api_path(&self.api_url)
    }

    /// Every address that the page may call: a stand-in's page may have its API on its own origin.
    pub fn page_calls(&self) -> Vec<Url> {
        let mut calls = vec![self.api_call(), with_api_path(&self.everytime_url)];
        calls.dedup();
        calls
    }

    /// The only hosts, with their ports, that the browser may talk to.
    pub fn hosts(&self) -> Vec<String> {
        let mut hosts: Vec<_> = self.urls().filter_map(host_and_port).collect();
        hosts.dedup();
        hosts
    }

    /// Those of [`Self::hosts`] that are not asked through the proxy.
    pub fn direct_hosts(&self) -> Vec<String> {
        let direct = self.urls().filter(|url| self.proxy_for(url).is_none());
        direct.filter_map(host_and_port).collect()
    }

    fn urls(&self) -> impl Iterator<Item = &Url> {
        [&self.everytime_url, &self.api_url].into_iter()
    }

    /// The proxy through which `url` is asked; none on this very machine.
    pub fn proxy_for(&self, url: &Url) -> Option<&EgressProxy> {
        let proxy = self.proxy.as_ref()?;
        (!Self::is_loopback(url) && !proxy.except.holds(url)).then_some(proxy)
    }

    /// Whether `url` leads to this machine.
    pub fn is_loopback(url: &Url) -> bool {
        match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => false,
        }
    }
}

fn with_api_path(url: &Url) -> Url {
    let mut call = url.clone();
    call.set_path(API_PATH);
    call
}

fn host_and_port(url: &Url) -> Option<String> {
    Some(format!(
        "{}:{}",
        url.host_str()?,
        url.port_or_known_default()?
    ))
}

/// What reads the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceConfig {
    /// The browser alone.
    Browser,
    /// The API alone; no browser is started.
    Api,
    /// The API, and the browser where that refuses, fails or cannot be read.
    Auto {
        /// `GONGGANG_CROSS_CHECK`: one answer of the API in so many is read by the browser as well.
        cross_check: Option<NonZeroU32>,
    },
}
