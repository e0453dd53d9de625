//! One browser session: its commands, each with a deadline, and its end.

use std::time::{Duration, Instant};

use fantoccini::{
    Client,
    error::{CmdError, ErrorStatus, WebDriver},
    wd::TimeoutConfiguration,
};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{
    chromium::Tab,
    command::PostCommand,
    config::{Browser, FleetConfig, Limits, World},
    driver::LocalDriver,
    error::Step,
    fault::Fault,
    firefox::WorldKey,
    remote_session::RemoteSession,
};

/// The address of an empty tab.
pub(crate) const BLANK: &str = "about:blank";

/// Makes Chromium forget the earlier pages of a tab. Pages can see how many there were.
pub(crate) const FORGET_HISTORY: &str = "Page.resetNavigationHistory";

/// What ends a session.
#[derive(Debug)]
pub(crate) enum Handle {
    Local(Box<LocalDriver>),
    Remote(RemoteSession),
}

/// A live session. Dropping it kills a local driver, or ends a remote session in the background.
#[derive(Debug)]
pub(crate) struct Session {
    /// Dropped before the client, which would send its own command to end the session.
    handle: Handle,
    pub(crate) client: Client,
    pub(crate) kind: Browser,
    pub(crate) limits: Limits,
    /// See [`crate::BrowserConfig::screenshots`].
    pub(crate) screenshots: bool,
    /// See [`crate::BrowserConfig::keep_cache`].
    pub(crate) keep_cache: bool,
    /// See [`crate::BrowserConfig::world`].
    pub(crate) world: World,
    /// Firefox: the window of this visit.
    pub(crate) window: String,
    /// Firefox: a spare window for the next visit.
    pub(crate) next_window: String,
    /// Used with Chromium only.
    pub(crate) tab: Tab,
    /// Used with Firefox only.
    pub(crate) world_key: WorldKey,
    /// The event that asks for the recorder's record; `None`: calls are not recorded.
    pub(crate) record: Option<String>,
    /// The last visit's first document answered, without a prompt or another navigation before.
    pub(crate) quiet: bool,
    /// The script timeout that the driver has now.
    script_timeout: Option<Duration>,
    pub(crate) opened: Instant,
    pub(crate) pages: u32,
}

impl Session {
    pub(crate) fn new(config: &FleetConfig, client: Client, handle: Handle) -> Self {
        Self {
            handle,
            client,
            kind: config.browser.kind,
            limits: config.limits,
            screenshots: config.browser.screenshots,
            keep_cache: config.browser.keep_cache,
            world: config.browser.world,
            window: String::new(),
            next_window: String::new(),
            tab: Tab::default(),
            world_key: WorldKey::new(),
            record: None,
            quiet: false,
            script_timeout: None,
            opened: Instant::now(),
            pages: 0,
        }
    }

    /// Sends the browser to an absolute address.
    pub(crate) async fn navigate(&self, url: &str) -> Result<(), CmdError> {
        self.issue(PostCommand::navigate(url)).await.map(drop)
    }

    /// Whether a document is shown that no visit has read.
    pub(crate) async fn shows_a_new_document(&self) -> Result<bool, CmdError> {
        let url = self.shown_url().await?;
        let left = self.tab.mark.as_ref();
        Ok(url != BLANK && left.is_none_or(|mark| !url.ends_with(mark)))
    }

    /// Whether the last page has been left.
    pub(crate) async fn shows_no_page(&self) -> Result<bool, CmdError> {
        Ok(self.shown_url().await? == BLANK)
    }

    /// For Chromium the history tells, since "get current url" waits for a pending navigation.
    async fn shown_url(&self) -> Result<String, CmdError> {
        match self.kind {
            Browser::Chromium => self.url_in_history().await,
            Browser::Firefox => Ok(self.client.current_url().await?.into()),
        }
    }

    async fn url_in_history(&self) -> Result<String, CmdError> {
        let history = self.devtools("Page.getNavigationHistory", json!({}));
        let history = history.await?;
        let current = history["currentIndex"].as_u64().unwrap_or_default();
        let entry = &history["entries"][current as usize];
        Ok(entry["url"].as_str().unwrap_or_default().to_owned())
    }

    /// Sends a command that fantoccini does not have.
    pub(crate) async fn issue(&self, command: PostCommand) -> Result<Value, CmdError> {
        self.client.issue_cmd(command).await
    }

    /// Sends a command of the `DevTools` protocol. Each of them answers with an object. chromedriver
    /// answers `null` if a prompt opened meanwhile.
    pub(crate) async fn devtools(&self, method: &str, params: Value) -> Result<Value, CmdError> {
        let answer = self.issue(PostCommand::devtools(method, &params)).await?;
        if answer.is_null() {
            let prompt = WebDriver::new(ErrorStatus::UnexpectedAlertOpen, "a prompt opened");
            return Err(CmdError::Standard(prompt));
        }
        Ok(answer)
    }

    /// Waits for a command, at most for `limit`.
    pub(crate) async fn within<T>(
        &self,
        step: Step,
        limit: Duration,
        command: impl Future<Output = Result<T, CmdError>>,
    ) -> Result<Result<T, CmdError>, Fault> {
        let answer = timeout(limit, command).await;
        answer.map_err(|_| Fault::missed(step, limit))
    }

    /// The same for a command whose failure means that the session is lost.
    pub(crate) async fn expect<T>(
        &self,
        step: Step,
        limit: Duration,
        command: impl Future<Output = Result<T, CmdError>>,
    ) -> Result<T, Fault> {
        let answer = self.within(step, limit, command).await?;
        answer.map_err(|error| Fault::lost(step, &error))
    }

    /// Sets the driver's script timeout, if it is another one now. It ends a script that waits for a
    /// site that never answers, and the browser survives.
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

    /// The process group of a local driver, 0 for a remote end.
    pub(crate) fn group(&self) -> u32 {
        match &self.handle {
            Handle::Local(driver) => driver.group(),
            Handle::Remote(_) => 0,
        }
    }

    /// Ends the session. A local browser keeps nothing, so it is killed. A remote end gets a request
    /// and, if `patient`, time to answer; a session that hangs would only waste that time.
    pub(crate) async fn close(self, patient: bool) {
        match self.handle {
            Handle::Local(driver) => driver.end().await,
            Handle::Remote(remote) if patient => remote.end(self.limits.close).await,
            Handle::Remote(remote) => drop(remote),
        }
    }
}
