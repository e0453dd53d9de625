//! The service and its source, as every reading command uses them.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use url::Url;
use webdriver_fleet::{Browser, Fleet, Program, StartError};

use super::open_files;
use crate::canary::Canary;
use crate::cli::CommandError;
use crate::config::Config;
use crate::reading::SourceKind;
use crate::service::Service;
use crate::source::api::ApiSource;
use crate::source::browser::BrowserSource;
use crate::source::{Auto, CrossCheck, PoliteSource, PoolConfig, Source, SourceConfig};

/// Longest wait for callers whose reads were cancelled.
const TOLD: Duration = Duration::from_secs(1);

/// A service and its browsers, if any.
pub(super) struct Reader {
    pub(super) service: Arc<Service>,
    /// Not started yet.
    pub(super) canary: Option<Arc<Canary>>,
    fleet: Option<Arc<Fleet>>,
    /// Connections that fit into the limit of open files.
    pub(super) connections: usize,
}

impl Reader {
    /// Opens the sessions if the source needs any.
    ///
    /// # Errors
    /// [`CommandError::Unavailable`] or [`CommandError::Usage`], with the missing part and how to get it.
    pub(super) async fn start(config: &Config) -> Result<Self, CommandError> {
        let connections = open_files::connections(config)?;
        let fleet = match config.source {
            SourceConfig::Api => None,
            SourceConfig::Browser | SourceConfig::Auto { .. } => Some(open_fleet(config).await?),
        };
        let sources = sources(config, fleet.as_ref())?;
        let canary = config.canary.clone().map(|canary| {
            let each = sources.each.clone();
            Arc::new(Canary::new(canary, each, config.request_timeout))
        });
        let (cache, timeout) = (config.cache.clone(), config.request_timeout);
        let service = Service::new(sources.all, cache, timeout).with_canary(canary.clone());
        Ok(Self {
            service: Arc::new(service),
            canary,
            fleet,
            connections,
        })
    }

    /// Lets reads in progress finish within `grace`, then ends every browser. Cancel-safe: a second call
    /// with a shorter grace takes over.
    pub(super) async fn shut_down(&self, grace: Duration) {
        self.service.start_draining();
        if let Some(fleet) = &self.fleet {
            fleet.shutdown(grace).await;
        }
        // Reads of the fleet have ended by now; an API call may outlast the grace.
        let _ = timeout(grace.max(TOLD), self.service.finish_reads()).await;
    }
}

async fn open_fleet(config: &Config) -> Result<Arc<Fleet>, CommandError> {
    let fleet = Fleet::start(config.browser.fleet(&config.site)).await;
    fleet
        .map(Arc::new)
        .map_err(|error| CommandError::Unavailable(advice(&error, config.browser.kind)))
}

/// The source that answers, and its parts.
struct Sources {
    all: Arc<dyn Source>,
    each: Vec<(SourceKind, Arc<dyn Source>)>,
}

impl Sources {
    fn one(kind: SourceKind, source: Arc<dyn Source>) -> Self {
        Self {
            all: Arc::clone(&source),
            each: vec![(kind, source)],
        }
    }

    fn both(api: Arc<dyn Source>, browser: Arc<dyn Source>, check: Option<CrossCheck>) -> Self {
        Self {
            all: Arc::new(Auto::new(Arc::clone(&api), Arc::clone(&browser), check)),
            each: vec![(SourceKind::Api, api), (SourceKind::Browser, browser)],
        }
    }
}

/// The configured sources, each behind its own breaker and rate limit.
fn sources(config: &Config, fleet: Option<&Arc<Fleet>>) -> Result<Sources, CommandError> {
    let browser = fleet.map(|fleet| browser_source(config, fleet));
    Ok(match (config.source, browser) {
        (SourceConfig::Auto { cross_check }, Some(browser)) => {
            let cross_check = cross_check.map(CrossCheck::new);
            Sources::both(api_source(config)?, browser, cross_check)
        }
        (_, Some(browser)) => Sources::one(SourceKind::Browser, browser),
        (_, None) => Sources::one(SourceKind::Api, api_source(config)?),
    })
}

fn browser_source(config: &Config, fleet: &Arc<Fleet>) -> Arc<dyn Source> {
    let (site, limit) = (config.site.clone(), config.browser.page_timeout);
    let source = BrowserSource::new(Arc::clone(fleet), site, limit);
    polite(
        config,
        Arc::new(source),
        SourceKind::Browser,
        &config.site.everytime_url,
    )
}

fn api_source(config: &Config) -> Result<Arc<dyn Source>, CommandError> {
    let source = plain_api_source(config)?;
    Ok(polite(
        config,
        Arc::new(source),
        SourceKind::Api,
        &config.site.api_url,
    ))
}

/// The API without rate limit and breaker.
pub(super) fn plain_api_source(config: &Config) -> Result<ApiSource, CommandError> {
    let PoolConfig {
        user_agent,
        page_timeout,
        ..
    } = &config.browser;
    ApiSource::new(&config.site, user_agent.as_deref(), *page_timeout)
        .map_err(|error| CommandError::Internal(error.to_string()))
}

fn polite(
    config: &Config,
    source: Arc<dyn Source>,
    kind: SourceKind,
    url: &Url,
) -> Arc<dyn Source> {
    Arc::new(PoliteSource::new(
        source,
        kind,
        config.politeness.towards(url),
    ))
}

/// The error and its remedy.
fn advice(error: &StartError, kind: Browser) -> String {
    format!("{error}.\n{}", what_to_do(error, kind))
}

/// The remedy for a fleet that does not start.
pub(super) fn what_to_do(error: &StartError, kind: Browser) -> String {
    let (browser, driver, packages, driver_name) = match kind {
        Browser::Chromium => (
            "Chromium",
            "chromedriver",
            "apt-get install chromium-headless-shell chromium-driver",
            "chromium-driver or chromedriver",
        ),
        Browser::Firefox => (
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
        StartError::NoRoots(_) => {
            "Install ca-certificates, or set SSL_CERT_FILE to the authority of GONGGANG_WEBDRIVER_URL."
                .to_owned()
        }
        StartError::Authorities { .. } => {
            "Chromium learns of GONGGANG_CA_FILE by certutil: install it (Debian, Ubuntu: apt-get \
             install libnss3-tools)."
                .to_owned()
        }
        StartError::TempDir(_) => format!(
            "Make room in {}, or set TMPDIR to a directory with some 100 MB for each session.",
            std::env::temp_dir().display()
        ),
        StartError::SessionNotCreated { .. } => format!(
            "{browser} and {driver} must be of the same major version and able to start here."
        ),
        _ => format!("Check that {driver} and {browser} start by hand."),
    }
}
