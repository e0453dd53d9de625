//! The browsers that read, and their queue.

use std::path::PathBuf;

use webdriver_fleet::Browser;

use super::faults::Faults;
use super::values::{boolean, browser_kind, count, positive_duration, webdriver_url};
use crate::source::PoolConfig;

/// Which browsers, how many, and how long they may take.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct BrowserSettings {
    /// Browser: chrome (with chromedriver) or firefox (with geckodriver)
    #[arg(long, env = "GONGGANG_BROWSER", default_value = "chrome")]
    browser: String,
    /// The browser's executable [default: found]
    #[arg(long, env = "GONGGANG_BROWSER_BINARY", value_name = "PATH")]
    browser_binary: Option<PathBuf>,
    /// The driver's executable [default: found]
    #[arg(long, env = "GONGGANG_DRIVER_BINARY", value_name = "PATH")]
    driver_binary: Option<PathBuf>,
    /// A remote WebDriver end, such as a Selenium Grid; then no local driver is started
    ///
    /// http or https, with user and password if it requires them.
    #[arg(long, env = "GONGGANG_WEBDRIVER_URL", value_name = "URL")]
    webdriver_url: Option<String>,
    /// User agent [default: the browser's own, without "Headless"]
    #[arg(long, env = "GONGGANG_USER_AGENT", value_name = "TEXT")]
    user_agent: Option<String>,
    /// Browser sessions kept open [default: number of processors]
    #[arg(long, env = "GONGGANG_POOL_SIZE", value_name = "N")]
    pool_size: Option<String>,
    /// Callers that may wait for a session [default: 16 × pool size]
    ///
    /// The next caller gets 503 at once.
    #[arg(long, env = "GONGGANG_QUEUE", value_name = "N")]
    queue: Option<String>,
    /// Longest wait for a session
    #[arg(
        long,
        env = "GONGGANG_QUEUE_TIMEOUT",
        default_value = "5s",
        value_name = "DURATION"
    )]
    queue_timeout: String,
    /// Longest time for a page
    ///
    /// It may not exceed `GONGGANG_REQUEST_TIMEOUT`.
    #[arg(
        long,
        env = "GONGGANG_PAGE_TIMEOUT",
        default_value = "10s",
        value_name = "DURATION"
    )]
    page_timeout: String,
    /// Pages after which a session is replaced
    #[arg(
        long,
        env = "GONGGANG_SESSION_MAX_PAGES",
        default_value = "500",
        value_name = "N"
    )]
    session_max_pages: String,
    /// Age at which a session is replaced
    #[arg(
        long,
        env = "GONGGANG_SESSION_MAX_AGE",
        default_value = "30m",
        value_name = "DURATION"
    )]
    session_max_age: String,
    /// Memory in MiB at which a local session is replaced [default: 1024; 2048 with Firefox]
    ///
    /// Driver and browser together. A page that reaches the limit is tried once more; then the
    /// answer is `browser_unavailable`.
    #[arg(long, env = "GONGGANG_SESSION_MAX_MIB", value_name = "N")]
    session_max_mib: Option<String>,
    /// Keep the browser's HTTP cache from page to page
    ///
    /// It saves a fifth of a page's time. But a page that runs a stranger's script can find out
    /// which addresses of the site the session loaded before. false clears the cache after each
    /// page.
    #[arg(long, env = "GONGGANG_BROWSER_CACHE", default_value = "true", value_name = "BOOL",
          num_args = 0..=1, default_missing_value = "true")]
    browser_cache: String,
}

/// A session of any browser needs as much before it has shown a page.
const LEAST_MIB: usize = 256;

/// Well above what a session of that kind has been seen to grow to in 500 pages.
fn usual_max_mib(kind: Browser) -> usize {
    match kind {
        Browser::Chromium => 1024,
        Browser::Firefox => 2048,
    }
}

impl BrowserSettings {
    /// Checks them; the faults are added to `faults`.
    pub(super) fn config(&self, faults: &mut Faults) -> Option<PoolConfig> {
        let kind = faults.check("GONGGANG_BROWSER", browser_kind(&self.browser));
        let webdriver_url = self
            .webdriver_url
            .as_deref()
            .map(|text| faults.check("GONGGANG_WEBDRIVER_URL", webdriver_url(text)));
        let pool_size = match &self.pool_size {
            Some(text) => faults.check("GONGGANG_POOL_SIZE", count(text, 1)),
            None => Some(std::thread::available_parallelism().map_or(1, usize::from)),
        };
        let queue = match &self.queue {
            Some(text) => faults.check("GONGGANG_QUEUE", count(text, 0)),
            None => pool_size.map(|sessions| sessions * 16),
        };
        let queue_timeout = faults.check(
            "GONGGANG_QUEUE_TIMEOUT",
            positive_duration(&self.queue_timeout),
        );
        let page_timeout = faults.check(
            "GONGGANG_PAGE_TIMEOUT",
            positive_duration(&self.page_timeout),
        );
        let session_max_pages = faults.check(
            "GONGGANG_SESSION_MAX_PAGES",
            count(&self.session_max_pages, 1),
        );
        let session_max_age = faults.check(
            "GONGGANG_SESSION_MAX_AGE",
            positive_duration(&self.session_max_age),
        );
        let session_max_mib = match &self.session_max_mib {
            Some(text) => faults.check("GONGGANG_SESSION_MAX_MIB", count(text, LEAST_MIB)),
            None => kind.map(usual_max_mib),
        };
        let keep_cache = faults.check("GONGGANG_BROWSER_CACHE", boolean(&self.browser_cache));
        Some(PoolConfig {
            kind: kind?,
            browser_binary: self.browser_binary.clone(),
            driver_binary: self.driver_binary.clone(),
            webdriver_url: webdriver_url.map_or(Some(None), |url| url.map(Some))?,
            user_agent: self.user_agent.clone(),
            pool_size: pool_size?,
            queue: queue?,
            queue_timeout: queue_timeout?,
            page_timeout: page_timeout?,
            session_max_pages: session_max_pages? as u32,
            session_max_age: session_max_age?,
            session_max_memory: (session_max_mib? as u64).saturating_mul(1 << 20),
            keep_cache: keep_cache?,
        })
    }
}
