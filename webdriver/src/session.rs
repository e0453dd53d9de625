//! One browser session: opened, asked with a deadline on every command, closed.

use std::time::{Duration, Instant};

use fantoccini::{
    Client, ClientBuilder,
    error::{CmdError, NewSessionError},
    wd::TimeoutConfiguration,
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::time::timeout;
use url::Url;

use crate::{
    capabilities::{Capabilities, capabilities},
    command::Post,
    config::{Browser, FleetConfig, Limits},
    driver::{Garage, LocalDriver},
    error::{StartError, Step},
    fault::{self, Fault},
    firefox, keeper,
};

/// What sessions are opened with: shared by all slots, never changed.
#[derive(Debug)]
pub(crate) struct Workshop {
    pub(crate) config: FleetConfig,
    pub(crate) end: WorkshopEnd,
}

/// [`crate::End`] with its programs found.
#[derive(Debug)]
pub(crate) enum WorkshopEnd {
    Local(Garage),
    Remote(Url),
}

impl Workshop {
    /// Whether drivers end with this process even if its keeper is killed too.
    pub(crate) fn ties_drivers_to_us(&self) -> bool {
        matches!(&self.end, WorkshopEnd::Local(garage) if garage.launcher.ties_drivers_to_us())
    }

    /// Removes what the drivers wrote, when all of them have ended.
    pub(crate) fn clear(&self) {
        if let WorkshopEnd::Local(garage) = &self.end {
            garage.keeper.end();
        }
    }

    fn capabilities(&self) -> Capabilities {
        let binaries = match &self.end {
            WorkshopEnd::Local(garage) => Some(&garage.binaries),
            WorkshopEnd::Remote(_) => None,
        };
        capabilities(&self.config.browser, &self.config.limits, binaries)
    }
}

/// A live session. Dropping it kills a local driver at once.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) client: Client,
    driver: Option<LocalDriver>,
    pub(crate) kind: Browser,
    pub(crate) limits: Limits,
    /// The one window that is ours; all others are popups.
    pub(crate) window: String,
    /// Firefox: the window of the next visit, open already.
    pub(crate) next_window: String,
    /// The path that documents are given when they were read, unknown to pages.
    pub(crate) mark: String,
    /// Pages run no scripts: the document shown is the last visit's.
    frozen: bool,
    /// The last visit's first document answered, and nothing came in between.
    pub(crate) calm: bool,
    /// The script timeout the driver was last told.
    script_timeout: Option<Duration>,
    pub(crate) opened: Instant,
    pub(crate) pages: u32,
}

impl Session {
    /// Opens a session within the connect limit.
    pub(crate) async fn open(workshop: &Workshop) -> Result<Self, StartError> {
        let after = workshop.config.limits.connect;
        timeout(after, Self::open_unbounded(workshop))
            .await
            .unwrap_or(Err(StartError::Timeout {
                step: Step::Connect,
                after,
            }))
    }

    /// A driver that was started is killed by its drop if the session does not come about.
    async fn open_unbounded(workshop: &Workshop) -> Result<Self, StartError> {
        let limits = workshop.config.limits;
        let driver = match &workshop.end {
            WorkshopEnd::Local(garage) => Some(LocalDriver::start(garage, limits.connect).await?),
            WorkshopEnd::Remote(_) => None,
        };
        let client = connect(endpoint(workshop, driver.as_ref()), workshop.capabilities()).await?;
        let mut session = Self::new(workshop, client, driver);
        let prepared = session.prepare(workshop).await;
        prepared.map_err(|error| not_prepared(&error))?;
        Ok(session)
    }

    fn new(workshop: &Workshop, client: Client, driver: Option<LocalDriver>) -> Self {
        Self {
            client,
            driver,
            kind: workshop.config.browser.kind,
            limits: workshop.config.limits,
            window: String::new(),
            next_window: String::new(),
            mark: format!("/read-{:08x}{:08x}", keeper::random(), keeper::random()),
            frozen: false,
            calm: false,
            script_timeout: None,
            opened: Instant::now(),
            pages: 0,
        }
    }

    /// A new window may show anything (chromedriver: `data:,`); from here on "no page" is
    /// `about:blank`, which the script's wrapper and the timeouts rely on.
    async fn prepare(&mut self, workshop: &Workshop) -> Result<(), CmdError> {
        self.window = self.client.window().await?.into();
        self.navigate("about:blank").await?;
        match self.kind {
            Browser::Chromium => {
                let agent = workshop.config.browser.user_agent.as_deref();
                self.show_user_agent(agent).await?;
            }
            Browser::Firefox => firefox::clean::prepare(self).await?,
        }
        self.fit(workshop.config.browser.viewport).await
    }

    /// Browsers with a frame take the configured size for the window's.
    async fn fit(&self, (width, height): (u32, u32)) -> Result<(), CmdError> {
        let ask = "return [outerWidth - innerWidth, outerHeight - innerHeight, \
                   innerWidth, innerHeight]";
        let sizes = self.client.execute(ask, Vec::new()).await?;
        let size = |index: usize| sizes[index].as_u64().unwrap_or_default() as u32;
        if (size(2), size(3)) == (width, height) || size(2) == 0 {
            return Ok(());
        }
        let (outer_width, outer_height) = (width + size(0), height + size(1));
        self.client.set_window_size(outer_width, outer_height).await
    }

    /// Without a configured one, the browser's own minus the word that gets headless browsers
    /// turned away.
    async fn show_user_agent(&self, agent: Option<&str>) -> Result<(), CmdError> {
        let agent = match agent {
            Some(agent) => agent.to_owned(),
            None => self.own_user_agent().await?.replace("Headless", ""),
        };
        let params = json!({ "userAgent": agent });
        self.issue(Post::devtools("Network.setUserAgentOverride", &params))
            .await?;
        Ok(())
    }

    async fn own_user_agent(&self) -> Result<String, CmdError> {
        let version = self
            .issue(Post::devtools("Browser.getVersion", &json!({})))
            .await?;
        Ok(version["userAgent"].as_str().unwrap_or_default().to_owned())
    }

    /// Sends the browser to an absolute address.
    pub(crate) async fn navigate(&self, url: &str) -> Result<(), CmdError> {
        self.issue(Post::navigate(url)).await.map(drop)
    }

    /// Forbids or allows the scripts of pages; our own run always. The page's process answers for
    /// itself, so a page stuck in a loop shows here. `false`: an open prompt is in the way.
    pub(crate) async fn freeze(&mut self, step: Step, frozen: bool) -> Result<bool, Fault> {
        if self.frozen == frozen {
            return Ok(true);
        }
        let params = json!({ "value": frozen });
        let freeze = Post::devtools("Emulation.setScriptExecutionDisabled", &params);
        let command = self.issue(freeze);
        match self.within(step, self.limits.command, command).await? {
            Ok(_) => self.frozen = frozen,
            Err(error) if fault::is_prompt(&error) => return Ok(false),
            Err(error) => return Err(Fault::lost(step, &error)),
        }
        Ok(true)
    }

    /// Whether the document shown is one that no visit has read. Chromium is asked for its history
    /// because "get current url" waits for a navigation under way.
    pub(crate) async fn shows_a_new_document(&self) -> Result<bool, CmdError> {
        let url = match self.kind {
            Browser::Chromium => self.url_in_history().await?,
            Browser::Firefox => self.client.current_url().await?.into(),
        };
        Ok(url != "about:blank" && !url.ends_with(&self.mark))
    }

    async fn url_in_history(&self) -> Result<String, CmdError> {
        let history = Post::devtools("Page.getNavigationHistory", &json!({}));
        let history = self.issue(history).await?;
        let current = history["currentIndex"].as_u64().unwrap_or_default();
        let entry = &history["entries"][current as usize];
        Ok(entry["url"].as_str().unwrap_or_default().to_owned())
    }

    /// Sends a command of our own making.
    pub(crate) async fn issue(&self, command: Post) -> Result<Value, CmdError> {
        self.client.issue_cmd(command).await
    }

    /// Waits for one command, at most for `limit`.
    pub(crate) async fn within<T>(
        &self,
        step: Step,
        limit: Duration,
        command: impl Future<Output = Result<T, CmdError>>,
    ) -> Result<Result<T, CmdError>, Fault> {
        let answer = timeout(limit, command).await;
        answer.map_err(|_| Fault::missed(step, limit))
    }

    /// The same for a command that can only fail with the session.
    pub(crate) async fn expect<T>(
        &self,
        step: Step,
        limit: Duration,
        command: impl Future<Output = Result<T, CmdError>>,
    ) -> Result<T, Fault> {
        let answer = self.within(step, limit, command).await?;
        answer.map_err(|error| Fault::lost(step, &error))
    }

    /// Tells the driver when to give up on a script, if it does not know already. This is what ends
    /// a script that waits for a navigation the site never answers, without the loss of the browser.
    pub(crate) async fn set_script_timeout(&mut self, limit: Duration) -> Result<(), Fault> {
        if self.script_timeout == Some(limit) {
            return Ok(());
        }
        let timeouts = TimeoutConfiguration::new(Some(limit), None, None);
        let command = self.client.update_timeouts(timeouts);
        self.expect(Step::Navigate, self.limits.command, command)
            .await?;
        self.script_timeout = Some(limit);
        Ok(())
    }

    /// Asks the page's process, not only the driver, for a sign of life. A window's name outlives
    /// its pages, so it is taken away on the way.
    pub(crate) async fn probe(&self, step: Step) -> Result<(), Fault> {
        let ask = self.client.execute("self.name = ''; return 1", Vec::new());
        self.expect(step, self.limits.probe, ask).await.map(drop)
    }

    /// The process group of a local driver, 0 for a remote end.
    pub(crate) fn group(&self) -> u32 {
        self.driver.as_ref().map_or(0, LocalDriver::group)
    }

    /// Ends a session that can still be talked to. A local browser keeps nothing, so killing it is
    /// as good as asking and always works; only a remote end must be asked.
    pub(crate) async fn close(self) {
        match self.driver {
            Some(driver) => driver.end().await,
            None => drop(timeout(self.limits.close, self.client.close()).await),
        }
    }
}

fn endpoint(workshop: &Workshop, driver: Option<&LocalDriver>) -> Url {
    match (&workshop.end, driver) {
        (_, Some(driver)) => driver.url().clone(),
        (WorkshopEnd::Remote(url), None) => with_trailing_slash(url),
        (WorkshopEnd::Local(_), None) => unreachable!("a local session has a driver"),
    }
}

/// fantoccini joins its paths to the address, which would swallow a last segment without a slash.
fn with_trailing_slash(url: &Url) -> Url {
    let mut url = url.clone();
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    url
}

/// Small commands go out as two writes; with Nagle's algorithm each would cost 40 ms.
async fn connect(url: Url, capabilities: Capabilities) -> Result<Client, StartError> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    ClientBuilder::new(connector)
        .capabilities(capabilities)
        .connect(url.as_str())
        .await
        .map_err(not_created)
}

fn not_created(error: NewSessionError) -> StartError {
    match error {
        NewSessionError::SessionNotCreated(error) => StartError::SessionNotCreated {
            message: error.message.into_owned(),
        },
        NewSessionError::NotW3C(value) if value["message"].is_string() => {
            StartError::SessionNotCreated {
                message: value["message"].as_str().unwrap_or_default().to_owned(),
            }
        }
        error => StartError::NoWebDriver {
            message: error.to_string(),
        },
    }
}

fn not_prepared(error: &CmdError) -> StartError {
    StartError::SessionNotCreated {
        message: error.to_string(),
    }
}
