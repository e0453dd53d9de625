//! Settings: flags and `GONGGANG_…` variables in, the structs of each module out.
//!
//! Every setting is a text first. One pass checks them all, so a start with three faults names all
//! three.

mod browser;
mod cache;
mod canary;
mod faults;
mod http;
mod log;
mod names;
mod proxy;
mod site;
#[cfg(test)]
mod tests;
mod values;

use std::time::Duration;

use clap::{Args as _, Command};

use crate::cache::CacheConfig;
use crate::canary::CanaryConfig;
use crate::http::HttpConfig;
use crate::log::LogConfig;
use crate::source::{EgressProxy, Politeness, PoolConfig, SiteConfig, SourceConfig};

use browser::BrowserSettings;
use cache::CacheSettings;
use canary::CanarySettings;
use faults::Faults;
pub use faults::SettingFault;
use http::HttpSettings;
use log::LogSettings;
use proxy::ProxySettings;
use site::SiteSettings;
use values::{duration, positive_duration};

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
    pub browser: PoolConfig,
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

/// Every setting as it was given.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Settings (each is also an environment variable)")]
pub struct Settings {
    #[command(flatten)]
    http: HttpSettings,
    #[command(flatten)]
    site: SiteSettings,
    #[command(flatten)]
    proxy: ProxySettings,
    #[command(flatten)]
    browser: BrowserSettings,
    #[command(flatten)]
    cache: CacheSettings,
    #[command(flatten)]
    canary: CanarySettings,
    #[command(flatten)]
    log: LogSettings,
    /// Longest time for a request
    #[arg(
        long,
        env = "GONGGANG_REQUEST_TIMEOUT",
        default_value = "15s",
        value_name = "DURATION"
    )]
    request_timeout: String,
    /// How long a shutdown waits for requests in progress
    ///
    /// Set the supervisor's stop timeout above it.
    #[arg(
        long,
        env = "GONGGANG_SHUTDOWN_GRACE",
        default_value = "20s",
        value_name = "DURATION"
    )]
    shutdown_grace: String,
}

impl Settings {
    /// Checks every setting.
    ///
    /// # Errors
    /// All the faults, not only the first.
    pub fn validate(&self) -> Result<Config, Vec<SettingFault>> {
        let mut faults = Faults::default();
        for (name, why) in
            names::unknown(&Self::augment_args(Command::new("")), unicode_variables())
        {
            faults.add(name, why);
        }
        let http = self.http.config(&mut faults);
        let source = self.site.source(&mut faults);
        let site = self.site.site(&self.proxy, &mut faults);
        let politeness = self.site.politeness(&mut faults);
        let browser = self.browser.config(&mut faults);
        if let (Some(site), Some(browser)) = (&site, &browser) {
            refuse_remote_password(site, browser, source, &mut faults);
        }
        let cache = self.cache.config(&mut faults);
        let canary = self.canary.config(&mut faults);
        let log = self.log.config(&mut faults);
        let request_timeout = faults.check(
            "GONGGANG_REQUEST_TIMEOUT",
            positive_duration(&self.request_timeout),
        );
        let shutdown_grace =
            faults.check("GONGGANG_SHUTDOWN_GRACE", duration(&self.shutdown_grace));
        if let (Some(browser), Some(request)) = (&browser, request_timeout)
            && browser.page_timeout > request
        {
            let why = format!(
                "{:?} is more than GONGGANG_REQUEST_TIMEOUT ({request:?}), so it is never reached",
                browser.page_timeout
            );
            faults.add("GONGGANG_PAGE_TIMEOUT", why);
        }
        faults.none_or(|| {
            Some(Config {
                http: http?,
                source: source?,
                site: site?,
                politeness: politeness?,
                browser: browser?,
                cache: cache?,
                canary,
                log: log?,
                request_timeout: request_timeout?,
                shutdown_grace: shutdown_grace?,
            })
        })
    }
}

/// A script configures the proxy of a remote browser, and it has no place for a password.
fn refuse_remote_password(
    site: &SiteConfig,
    browser: &PoolConfig,
    source: Option<SourceConfig>,
    faults: &mut Faults,
) {
    let is_remote = browser.webdriver_url.is_some() && source != Some(SourceConfig::Api);
    if is_remote
        && site
            .proxy
            .as_ref()
            .is_some_and(EgressProxy::has_credentials)
    {
        let why = "the browsers of GONGGANG_WEBDRIVER_URL cannot be told the proxy's user and \
                   password: name a proxy without them, or none";
        faults.add("GONGGANG_PROXY", why.to_owned());
    }
}

/// No setting's name holds anything but ASCII.
fn unicode_variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| {
        Some((
            name.into_string().ok()?,
            value.to_string_lossy().into_owned(),
        ))
    })
}
