//! The fleet of browsers that reads a site: its settings, and what the fleet makes of them.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;
use webdriver_fleet::{
    Browser, BrowserConfig, Endpoint, FleetConfig, Limits, LocalEndpoint, Proxy, Recycle,
};

use super::site::SiteConfig;

/// Viewport at which the page lays out at its reference scale: 50 px an hour, and columns of 94,
/// 79 or 67 px. CSS pixels.
pub const VIEWPORT: (u32, u32) = (910, 1300);

/// Which browser, how many, and how long each step may take.
#[derive(Debug, Clone)]
pub struct PoolConfig {
    /// `GONGGANG_BROWSER`.
    pub kind: Browser,
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

impl PoolConfig {
    /// The fleet that reads `site`.
    pub fn fleet(&self, site: &SiteConfig) -> FleetConfig {
        let endpoint = match &self.webdriver_url {
            Some(url) => Endpoint::Remote(url.clone()),
            None => Endpoint::Local(self.local_endpoint()),
        };
        FleetConfig {
            endpoint,
            browser: self.browser(site),
            slots: self.pool_size,
            queue: self.queue,
            queue_timeout: self.queue_timeout,
            recycle: Recycle {
                max_pages: self.session_max_pages,
                max_age: self.session_max_age,
            },
            limits: Limits {
                memory: self.session_max_memory,
                ..limits(self.kind)
            },
        }
    }

    /// The programs of a local session.
    pub fn local_endpoint(&self) -> LocalEndpoint {
        LocalEndpoint {
            driver_binary: self.driver_binary.clone(),
            browser_binary: self.browser_binary.clone(),
            temp_dir: None,
        }
    }

    fn browser(&self, site: &SiteConfig) -> BrowserConfig {
        BrowserConfig {
            kind: self.kind,
            viewport: VIEWPORT,
            user_agent: self.user_agent.clone(),
            allowed_hosts: Some(site.hosts()),
            proxy: site.proxy.as_ref().map(|proxy| Proxy(proxy.url.clone())),
            direct_hosts: site.direct_hosts(),
            recorded_calls: site.page_calls(),
            keep_cache: self.keep_cache,
            authorities: site.authorities.iter().map(|one| one.to_vec()).collect(),
            ..BrowserConfig::default()
        }
    }
}

/// Firefox is ready in two seconds, but in twenty or more on busy processors.
fn limits(kind: Browser) -> Limits {
    let default = Limits::default();
    match kind {
        Browser::Chromium => default,
        Browser::Firefox => Limits {
            connect: 3 * default.connect,
            clean: 2 * default.clean,
            ..default
        },
    }
}
