//! What all drivers on this machine share: programs, directories, the relay.

use std::{path::Path, process::Stdio, sync::Arc};

use tokio::process::Command;

use crate::{
    authorities::TrustStore,
    config::{Browser, BrowserConfig, LocalEndpoint},
    driver_spawner::DriverSpawner,
    error::StartError,
    find::{Binaries, find_binaries},
    reaper::Reaper,
    relay::Relay,
};

/// What drivers are started with.
#[derive(Debug)]
pub(crate) struct LocalDrivers {
    kind: Browser,
    pub(crate) binaries: Binaries,
    pub(crate) reaper: Arc<Reaper>,
    pub(crate) spawner: DriverSpawner,
    /// The authorities for Chromium, if there are any. Firefox gets them in each session.
    pub(crate) trust: Option<TrustStore>,
    /// Stands between the browsers and the proxy, if there is one.
    pub(crate) relay: Option<Relay>,
}

impl LocalDrivers {
    pub(crate) async fn create(
        browser: &BrowserConfig,
        local: &LocalEndpoint,
    ) -> Result<Self, StartError> {
        let binaries = find_binaries(browser.kind, local)?;
        let reaper = Reaper::start(local.temp_dir.as_deref()).map_err(StartError::TempDir)?;
        let trust = match (browser.kind, browser.authorities.as_slice()) {
            (Browser::Firefox, _) | (_, []) => None,
            (_, authorities) => Some(TrustStore::create(reaper.root(), authorities).await?),
        };
        let relay = match &browser.proxy {
            Some(proxy) => Some(Relay::start(proxy, browser).await),
            None => None,
        };
        let spawner = DriverSpawner::start().map_err(|source| StartError::NotStarted {
            path: "driver-spawner".into(),
            source,
        })?;
        Ok(Self {
            kind: browser.kind,
            binaries,
            reaper: Arc::new(reaper),
            spawner,
            trust,
            relay: relay.transpose().map_err(StartError::Relay)?,
        })
    }

    /// The command of a driver that listens on `port` and keeps its files in `dir`.
    pub(crate) fn command(&self, dir: &Path, port: u16) -> Command {
        let mut command = self.spawner.command(&self.binaries.driver);
        command
            .arg(format!("--port={port}"))
            .args(self.more_args())
            .env("TMPDIR", dir)
            .env("HOME", dir)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        command
    }

    /// Cleaning runs scripts in Firefox itself, which geckodriver must allow.
    fn more_args(&self) -> &'static [&'static str] {
        match self.kind {
            Browser::Chromium => &[],
            Browser::Firefox => &["--allow-system-access"],
        }
    }
}
