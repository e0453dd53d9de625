//! What the service is told to be: one struct for each concern, checked before anything starts.

mod proxy;
mod settings;
mod values;

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use rustls::pki_types::CertificateDer;
use url::{Host, Url};

use crate::cache::CacheConfig;
use crate::canary::CanaryConfig;
use crate::source::Politeness;
use timetable::slots::Rounding;

use proxy::Proxied;
pub use proxy::{EgressProxy, NoProxy};
pub use settings::{SettingFault, Settings};

/// Viewport at which the page lays out at its reference scale: 50 px an hour, and columns of 94,
/// 79 or 67 px. CSS pixels.
pub const VIEWPORT: (u32, u32) = (910, 1300);

/// Settings that have been checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The HTTP side.
    pub http: HttpConfig,
    /// The site to read.
    pub site: SiteConfig,
    /// How it is read.
    pub source: SourceConfig,
    /// How politely it is read.
    pub politeness: Politeness,
    /// The browsers to read it with.
    pub browser: BrowserConfig,
    /// The answers to keep.
    pub cache: CacheConfig,
    /// The timetable that the operator knows, if one is set.
    pub canary: Option<CanaryConfig>,
    /// The log.
    pub log: LogConfig,
    /// `GONGGANG_REQUEST_TIMEOUT`.
    pub request_timeout: Duration,
    /// `GONGGANG_SHUTDOWN_GRACE`.
    pub shutdown_grace: Duration,
}

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

/// Names by which the service may be asked, besides those of its own machine.
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

/// The site.
#[derive(Debug, Clone)]
pub struct SiteConfig {
    /// `GONGGANG_EVERYTIME_URL`.
    pub everytime_url: Url,
    /// `GONGGANG_API_URL`.
    pub api_url: Url,
    /// `GONGGANG_CA_FILE`: authorities that both are trusted by, besides the known ones.
    pub authorities: Vec<CertificateDer<'static>>,
    /// `GONGGANG_PROXY`: what both are asked through, if not directly.
    pub proxy: Option<EgressProxy>,
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

impl SiteConfig {
    /// The proxy through which `url` is asked; none on this very machine.
    pub fn proxy_for(&self, url: &Url) -> Option<&EgressProxy> {
        let proxy = self.proxy.as_ref()?;
        (!Self::is_loopback(url) && !proxy.except.holds(url)).then_some(proxy)
    }

    /// Whether `url` leads to this very machine, so that nobody else is disturbed.
    pub fn is_loopback(url: &Url) -> bool {
        match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => false,
        }
    }
}

/// Which browser, how many, and how long each step may take.
#[derive(Debug, Clone)]
pub struct BrowserConfig {
    /// `GONGGANG_BROWSER`.
    pub kind: BrowserKind,
    /// `GONGGANG_BROWSER_BINARY`.
    pub browser_binary: Option<PathBuf>,
    /// `GONGGANG_DRIVER_BINARY`.
    pub driver_binary: Option<PathBuf>,
    /// `GONGGANG_WEBDRIVER_URL`.
    pub webdriver_url: Option<Url>,
    /// `GONGGANG_USER_AGENT`.
    pub user_agent: Option<String>,
    /// `GONGGANG_POOL_SIZE`, at least 1.
    pub pool_size: usize,
    /// `GONGGANG_QUEUE`.
    pub queue: usize,
    /// `GONGGANG_QUEUE_TIMEOUT`.
    pub queue_timeout: Duration,
    /// `GONGGANG_PAGE_TIMEOUT`.
    pub page_timeout: Duration,
    /// `GONGGANG_SESSION_MAX_PAGES`, at least 1.
    pub session_max_pages: u32,
    /// `GONGGANG_SESSION_MAX_AGE`.
    pub session_max_age: Duration,
    /// `GONGGANG_SESSION_MAX_MIB`: bytes of memory at which a local session is replaced.
    pub session_max_memory: u64,
    /// `GONGGANG_BROWSER_CACHE`: whether the HTTP cache of a session outlives a page.
    pub keep_cache: bool,
}

/// The browsers that can be driven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrowserKind {
    /// Chromium through chromedriver.
    Chrome,
    /// Firefox through geckodriver.
    Firefox,
}

/// What is logged and how it looks.
#[derive(Debug, Clone)]
pub struct LogConfig {
    /// `GONGGANG_LOG`.
    pub filter: String,
    /// `GONGGANG_LOG_FORMAT`; `None` goes by whether the output is a terminal.
    pub format: Option<LogFormat>,
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}
