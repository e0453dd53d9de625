//! What every reading command stands on: a fleet of browsers and a service that reads with it.

use std::sync::Arc;

use webdriver_fleet::{
    Browser, BrowserConfig as FleetBrowser, End, Fleet, FleetConfig, Limits, LocalEnd, Program,
    Recycle, StartError,
};

use crate::cli::CommandError;
use crate::config::{BrowserConfig, BrowserKind, Config, SiteConfig, VIEWPORT};
use crate::service::Service;
use crate::source::browser::BrowserSource;

/// A service and the browsers it reads with.
pub(super) struct Reader {
    pub(super) service: Arc<Service>,
    fleet: Arc<Fleet>,
}

impl Reader {
    /// Opens the sessions.
    ///
    /// # Errors
    /// [`CommandError::Unavailable`] that says what is missing and how to get it.
    pub(super) async fn start(config: &Config) -> Result<Self, CommandError> {
        let fleet = Fleet::start(fleet_config(&config.browser, &config.site))
            .await
            .map_err(|error| CommandError::Unavailable(advice(&error, config.browser.kind)))?;
        let fleet = Arc::new(fleet);
        let source = BrowserSource::new(
            Arc::clone(&fleet),
            config.site.clone(),
            config.browser.page_timeout,
        );
        let service = Service::new(Arc::new(source), config.cache, config.request_timeout);
        Ok(Self {
            service: Arc::new(service),
            fleet,
        })
    }

    /// Lets reads under way finish within `grace`, then ends every browser.
    pub(super) async fn shut_down(&self, grace: std::time::Duration) {
        self.service.start_draining();
        self.fleet.shutdown(grace).await;
        self.service.finish_reads().await;
    }
}

/// The fleet that reads `site`.
pub(super) fn fleet_config(config: &BrowserConfig, site: &SiteConfig) -> FleetConfig {
    let end = match &config.webdriver_url {
        Some(url) => End::Remote(url.clone()),
        None => End::Local(local_end(config)),
    };
    FleetConfig {
        end,
        browser: FleetBrowser {
            kind: browser(config.kind),
            viewport: VIEWPORT,
            user_agent: config.user_agent.clone(),
            allowed_hosts: Some(hosts(site)),
            ..FleetBrowser::default()
        },
        slots: config.pool_size,
        queue: config.queue,
        queue_timeout: config.queue_timeout,
        recycle: Recycle {
            max_pages: config.session_max_pages,
            max_age: config.session_max_age,
        },
        limits: limits(config.kind),
        ..FleetConfig::default()
    }
}

/// Firefox is ready in two seconds, but in twenty and more where others keep the processors busy.
fn limits(kind: BrowserKind) -> Limits {
    let usual = Limits::default();
    match kind {
        BrowserKind::Chrome => usual,
        BrowserKind::Firefox => Limits {
            connect: 3 * usual.connect,
            clean: 2 * usual.clean,
            ..usual
        },
    }
}

/// The browser in the fleet's words.
pub(super) fn browser(kind: BrowserKind) -> Browser {
    match kind {
        BrowserKind::Chrome => Browser::Chromium,
        BrowserKind::Firefox => Browser::Firefox,
    }
}

/// The programs as they are configured.
pub(super) fn local_end(config: &BrowserConfig) -> LocalEnd {
    LocalEnd {
        driver_binary: config.driver_binary.clone(),
        browser_binary: config.browser_binary.clone(),
        temp_dir: None,
    }
}

/// The only hosts, and ports of them, that the browser may talk to.
pub(super) fn hosts(site: &SiteConfig) -> Vec<String> {
    let urls = [&site.everytime_url, &site.api_url];
    let mut hosts: Vec<_> = urls
        .iter()
        .filter_map(|url| {
            Some(format!(
                "{}:{}",
                url.host_str()?,
                url.port_or_known_default()?
            ))
        })
        .collect();
    hosts.dedup();
    hosts
}

/// What went wrong and what to do about it.
fn advice(error: &StartError, kind: BrowserKind) -> String {
    format!("{error}.\n{}", what_to_do(error, kind))
}

/// What to do about a fleet that does not start.
pub(super) fn what_to_do(error: &StartError, kind: BrowserKind) -> String {
    let (browser, driver, packages, driver_name) = match kind {
        BrowserKind::Chrome => (
            "Chromium",
            "chromedriver",
            "apt-get install chromium-headless-shell chromium-driver",
            "chromium-driver or chromedriver",
        ),
        BrowserKind::Firefox => (
            "Firefox",
            "geckodriver",
            "apt-get install firefox-esr, cargo install geckodriver",
            "geckodriver",
        ),
    };
    match error {
        StartError::BinaryNotFound {
            which: Program::Driver,
            ..
        } => format!(
            "Install {driver} (Debian, Ubuntu: {packages}; elsewhere the package {driver_name}), \
             or set GONGGANG_DRIVER_BINARY to its path."
        ),
        StartError::BinaryNotFound {
            which: Program::Browser,
            ..
        } => format!(
            "Install {browser} (Debian, Ubuntu: {packages}), or set GONGGANG_BROWSER_BINARY to its \
             path."
        ),
        StartError::NoWebDriver { .. } => {
            "Check that GONGGANG_WEBDRIVER_URL is right and answers.".to_owned()
        }
        StartError::SessionNotCreated { .. } => format!(
            "{browser} and {driver} must be of the same major version and able to start here."
        ),
        _ => format!("Check that {driver} and {browser} start by hand."),
    }
}
