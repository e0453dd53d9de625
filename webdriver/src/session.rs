//! One browser session: opened, asked with a deadline on every command, closed.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use fantoccini::{
    Client,
    error::{CmdError, ErrorStatus, WebDriver},
    wd::TimeoutConfiguration,
};
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::{
    capabilities::{Capabilities, capabilities},
    chromium::{Tab, window, world},
    command::PostCommand,
    config::{Browser, FleetConfig, Limits, World},
    connection::Connection,
    driver::{LocalDriver, LocalDrivers},
    error::{StartError, Step},
    excerpt::Excerpt,
    fault::Fault,
    firefox::{self, world::WorldKey},
    recorder,
    relay::Relay,
    remote_session::{RemoteEnd, RemoteSession, SessionRequest},
};

/// The address of no page.
pub(crate) const BLANK: &str = "about:blank";

/// Has Chromium forget which pages were shown before this one; pages see how many there were.
pub(crate) const FORGET_HISTORY: &str = "Page.resetNavigationHistory";

/// What sessions are opened with: shared by all slots, never changed.
#[derive(Debug)]
pub(crate) struct SessionFactory {
    pub(crate) config: FleetConfig,
    pub(crate) backend: Backend,
}

/// [`crate::Endpoint`] with its programs found.
#[derive(Debug)]
pub(crate) enum Backend {
    Local(Box<LocalDrivers>),
    Remote(Arc<RemoteEnd>),
}

impl SessionFactory {
    /// Whether drivers end with this process even if its reaper is killed too.
    pub(crate) fn ties_drivers_to_us(&self) -> bool {
        matches!(&self.backend, Backend::Local(drivers) if drivers.spawner.ties_drivers_to_us())
    }

    /// Removes what the drivers wrote, or waits for the remote end, when all sessions have ended.
    pub(crate) async fn clear(&self) {
        match &self.backend {
            Backend::Local(drivers) => drivers.reaper.end(),
            Backend::Remote(remote) => remote.close().await,
        }
    }

    /// Requests that were not passed on to a proxy.
    pub(crate) fn refused(&self) -> u64 {
        match &self.backend {
            Backend::Local(drivers) => drivers.relay.as_ref().map_or(0, Relay::refused),
            Backend::Remote(_) => 0,
        }
    }

    fn capabilities(&self) -> Capabilities {
        let binaries = match &self.backend {
            Backend::Local(drivers) => Some(&drivers.binaries),
            Backend::Remote(_) => None,
        };
        capabilities(&self.config.browser, &self.config.limits, binaries)
    }
}

/// What a session stands on, besides fantoccini.
#[derive(Debug)]
enum Handle {
    Local(Box<LocalDriver>),
    Remote(RemoteSession),
}

/// A live session. Dropping it kills a local driver at once, and gives a remote session back.
#[derive(Debug)]
pub(crate) struct Session {
    /// Before the client, which would ask for the session's end in its own way when it is dropped.
    handle: Handle,
    pub(crate) client: Client,
    pub(crate) kind: Browser,
    pub(crate) limits: Limits,
    /// Whether answers bring pictures.
    pub(crate) screenshots: bool,
    /// Whether the HTTP cache outlives a visit.
    pub(crate) keep_cache: bool,
    /// Where the scripts of visits run.
    pub(crate) world: World,
    /// Firefox: the window of this visit.
    pub(crate) window: String,
    /// Firefox: the window of the next visit, open already.
    pub(crate) next_window: String,
    /// Chromium: what is known of the tab.
    pub(crate) tab: Tab,
    /// Firefox: the way into the fleet's world beside a page's.
    pub(crate) world_key: WorldKey,
    /// The event that asks for the recorder's record; `None`: calls are not recorded.
    pub(crate) record: Option<String>,
    /// The last visit's first document answered, and nothing came in between.
    pub(crate) quiet: bool,
    /// The script timeout the driver was last told.
    script_timeout: Option<Duration>,
    pub(crate) opened: Instant,
    pub(crate) pages: u32,
}

impl Session {
    /// Opens a session within the connect limit. One that a remote end has not created by then is
    /// left in `request`, to be waited for further.
    pub(crate) async fn open(
        factory: &SessionFactory,
        request: &mut Option<SessionRequest>,
    ) -> Result<Self, StartError> {
        let after = factory.config.limits.connect;
        timeout(after, Self::open_unbounded(factory, request))
            .await
            .unwrap_or(Err(StartError::Timeout {
                step: Step::Connect,
                after,
            }))
    }

    async fn open_unbounded(
        factory: &SessionFactory,
        request: &mut Option<SessionRequest>,
    ) -> Result<Self, StartError> {
        let capabilities = factory.capabilities();
        let (handle, client) = match &factory.backend {
            Backend::Local(drivers) => open_locally(factory, drivers, &capabilities).await?,
            Backend::Remote(remote) => open_remotely(remote, capabilities, request).await?,
        };
        let mut session = Self::new(factory, client, handle);
        let prepared = session.prepare(factory).await;
        prepared.map_err(|error| not_prepared(&error))?;
        Ok(session)
    }

    fn new(factory: &SessionFactory, client: Client, handle: Handle) -> Self {
        Self {
            handle,
            client,
            kind: factory.config.browser.kind,
            limits: factory.config.limits,
            screenshots: factory.config.browser.screenshots,
            keep_cache: factory.config.browser.keep_cache,
            world: factory.config.browser.world,
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

    /// A new window may show anything (chromedriver: `data:,`); from here on "no page" is
    /// `about:blank`, which the script's wrapper and the timeouts rely on.
    async fn prepare(&mut self, factory: &SessionFactory) -> Result<(), CmdError> {
        self.navigate(BLANK).await?;
        match self.kind {
            Browser::Chromium => {
                let agent = factory.config.browser.user_agent.as_deref();
                self.show_user_agent(agent).await?;
                self.tab.frame = world::main_frame(self).await?;
            }
            Browser::Firefox => {
                self.window = self.client.window().await?.into();
                firefox::clean::prepare(self).await?;
                self.trust(&factory.config.browser.authorities).await?;
            }
        }
        let recorded = &factory.config.browser.recorded_calls;
        if !recorded.is_empty() {
            self.record = Some(recorder::prepare(self, recorded).await?);
        }
        self.fit(factory.config.browser.viewport).await?;
        match self.kind {
            Browser::Chromium => {
                self.devtools(FORGET_HISTORY, json!({})).await?;
                window::prepare(self).await
            }
            Browser::Firefox => Ok(()),
        }
    }

    async fn trust(&self, authorities: &[Vec<u8>]) -> Result<(), CmdError> {
        if authorities.is_empty() {
            return Ok(());
        }
        let authorities: Vec<_> = authorities
            .iter()
            .map(|der| BASE64_STANDARD.encode(der))
            .collect();
        firefox::clean::trust(self, &authorities).await
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
        self.devtools("Network.setUserAgentOverride", params)
            .await?;
        Ok(())
    }

    async fn own_user_agent(&self) -> Result<String, CmdError> {
        let version = self.devtools("Browser.getVersion", json!({})).await?;
        Ok(version["userAgent"].as_str().unwrap_or_default().to_owned())
    }

    /// Sends the browser to an absolute address.
    pub(crate) async fn navigate(&self, url: &str) -> Result<(), CmdError> {
        self.issue(PostCommand::navigate(url)).await.map(drop)
    }

    /// Whether the document shown is one that no visit has read.
    pub(crate) async fn shows_a_new_document(&self) -> Result<bool, CmdError> {
        let url = self.shown_url().await?;
        let left = self.tab.mark.as_ref();
        Ok(url != BLANK && left.is_none_or(|mark| !url.ends_with(mark)))
    }

    /// Whether the last page has been left.
    pub(crate) async fn shows_no_page(&self) -> Result<bool, CmdError> {
        Ok(self.shown_url().await? == BLANK)
    }

    /// Chromium is asked for its history because "get current url" waits for a navigation under way.
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

    /// Sends a command of our own making.
    pub(crate) async fn issue(&self, command: PostCommand) -> Result<Value, CmdError> {
        self.client.issue_cmd(command).await
    }

    /// Sends a command of the `DevTools` protocol. Every one of them answers with an object: `null` is the
    /// driver's word for "a prompt opened meanwhile".
    pub(crate) async fn devtools(&self, method: &str, params: Value) -> Result<Value, CmdError> {
        let answer = self.issue(PostCommand::devtools(method, &params)).await?;
        if answer.is_null() {
            let prompt = WebDriver::new(ErrorStatus::UnexpectedAlertOpen, "a prompt opened");
            return Err(CmdError::Standard(prompt));
        }
        Ok(answer)
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

    /// Asks the page's process, not only the driver, for a sign of life.
    pub(crate) async fn probe(&self, step: Step) -> Result<(), Fault> {
        match self.kind {
            Browser::Chromium => world::probe(self, step).await,
            Browser::Firefox => {
                let ask = self.client.execute("return 1", Vec::new());
                self.expect(step, self.limits.probe, ask).await.map(drop)
            }
        }
    }

    /// The process group of a local driver, 0 for a remote end.
    pub(crate) fn group(&self) -> u32 {
        match &self.handle {
            Handle::Local(driver) => driver.group(),
            Handle::Remote(_) => 0,
        }
    }

    /// Ends a session. A local browser keeps nothing, so killing it is as good as asking and always
    /// works; only a remote end must be asked, and is waited for unless the session hangs (`patient`).
    pub(crate) async fn close(self, patient: bool) {
        match self.handle {
            Handle::Local(driver) => driver.end().await,
            Handle::Remote(remote) if patient => remote.end(self.limits.close).await,
            Handle::Remote(remote) => drop(remote),
        }
    }
}

/// A driver that was started is killed by its drop if the session does not come about.
async fn open_locally(
    factory: &SessionFactory,
    drivers: &LocalDrivers,
    capabilities: &Capabilities,
) -> Result<(Handle, Client), StartError> {
    let driver = LocalDriver::start(drivers, factory.config.limits.connect).await?;
    let connection = Connection::new(driver.url())?;
    let id = connection.create(capabilities).await?;
    let client = connection.attach(&id, CancellationToken::new()).await?;
    Ok((Handle::Local(Box::new(driver)), client))
}

async fn open_remotely(
    remote_end: &Arc<RemoteEnd>,
    capabilities: Capabilities,
    request: &mut Option<SessionRequest>,
) -> Result<(Handle, Client), StartError> {
    let pending = request.get_or_insert_with(|| SessionRequest::start(remote_end, capabilities));
    let created = pending.finish().await;
    *request = None;
    let remote = created?;
    let client = remote.attach().await?;
    Ok((Handle::Remote(remote), client))
}

fn not_prepared(error: &CmdError) -> StartError {
    StartError::SessionNotCreated {
        message: Excerpt::of(&error.to_string()),
    }
}
