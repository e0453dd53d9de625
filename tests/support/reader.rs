//! A browser that is driven from inside the test, where the real binary would hide too much.

use std::sync::Arc;
use std::time::Duration;

use gonggang::fault::Fault;
use gonggang::source::SiteConfig;
use gonggang::source::Source;
use gonggang::source::browser::BrowserSource;
use serde_json::Value;
use timetable::Timetable;
use tokio_util::sync::CancellationToken;
use webdriver_fleet::{BrowserConfig, Fleet, FleetConfig, Visit};

use super::Site;

/// Longest that a page may take. The slow fixture takes 2 s on purpose, the one that never ends all of it.
const PAGE_TIMEOUT: Duration = Duration::from_secs(4);
/// Longest that a read may take.
const DEADLINE: Duration = Duration::from_secs(20);

/// One session and a source that reads with it.
pub struct Reader {
    fleet: Arc<Fleet>,
    source: BrowserSource,
    site: String,
}

impl Reader {
    /// Reads `site` with a browser like this one.
    pub async fn start(site: &Site, mut browser: BrowserConfig) -> Self {
        let url: url::Url = site.url.parse().unwrap();
        let config = SiteConfig {
            everytime_url: url.clone(),
            api_url: url,
            authorities: Vec::new(),
            proxy: None,
        };
        browser.recorded_calls = config.page_calls();
        let fleet = FleetConfig {
            browser,
            slots: 1,
            ..FleetConfig::default()
        };
        let fleet = Arc::new(Fleet::start(fleet).await.unwrap());
        Self {
            source: BrowserSource::new(Arc::clone(&fleet), config, PAGE_TIMEOUT),
            fleet,
            site: site.url.clone(),
        }
    }

    /// What the page of `identifier` amounts to.
    pub async fn read(&self, identifier: &str) -> Result<Timetable, Fault> {
        let identifier = identifier.parse().unwrap();
        let deadline = tokio::time::Instant::now() + DEADLINE;
        let read = self
            .source
            .read(&identifier, deadline, CancellationToken::new())
            .await;
        read.map(|read| read.timetable).map_err(Fault::from)
    }

    /// What an expression gives on the site's front page.
    pub async fn evaluate(&self, expression: &str) -> Value {
        let visit = Visit {
            url: self.site.parse().unwrap(),
            script: format!("arguments[arguments.length - 1]({expression})").into(),
            args: Vec::new(),
            is_final: None,
            page_timeout: PAGE_TIMEOUT,
            deadline: std::time::Instant::now() + DEADLINE,
        };
        self.fleet.visit(visit).await.unwrap().value
    }

    /// Ends the browser.
    pub async fn stop(self) {
        self.fleet.shutdown(Duration::from_secs(5)).await;
    }
}
