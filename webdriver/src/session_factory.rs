//! Opens sessions: behind drivers of the fleet, or at a remote end.

use std::sync::Arc;

use fantoccini::Client;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::{
    capabilities::{Capabilities, capabilities},
    config::{Endpoint, FleetConfig},
    connection::Connection,
    driver::LocalDriver,
    error::{StartError, Step},
    excerpt::Excerpt,
    local_drivers::LocalDrivers,
    prepare::prepare,
    relay::Relay,
    remote_session::{RemoteEnd, SessionRequest},
    session::{Handle, Session},
};

/// What sessions are opened with. All slots share it.
#[derive(Debug)]
pub(crate) struct SessionFactory {
    pub(crate) config: FleetConfig,
    backend: Backend,
}

/// [`Endpoint`] with its programs found.
#[derive(Debug)]
enum Backend {
    Local(Box<LocalDrivers>),
    Remote(Arc<RemoteEnd>),
}

impl SessionFactory {
    pub(crate) async fn create(mut config: FleetConfig) -> Result<Self, StartError> {
        let backend = match &config.endpoint {
            Endpoint::Local(local) => {
                let drivers = LocalDrivers::create(&config.browser, local).await?;
                if let Some(relay) = &drivers.relay {
                    config.browser.proxy = Some(relay.address().clone());
                }
                Backend::Local(Box::new(drivers))
            }
            Endpoint::Remote(url) => {
                let remote = RemoteEnd::new(Connection::new(url)?, config.limits);
                Backend::Remote(Arc::new(remote))
            }
        };
        Ok(Self { config, backend })
    }

    /// Opens a session within the connect limit. A session that a remote end has not created by then
    /// stays in `request`, and the next call waits for it.
    pub(crate) async fn open(
        &self,
        request: &mut Option<SessionRequest>,
    ) -> Result<Session, StartError> {
        let after = self.config.limits.connect;
        timeout(after, self.open_unbounded(request))
            .await
            .unwrap_or(Err(StartError::Timeout {
                step: Step::Connect,
                after,
            }))
    }

    async fn open_unbounded(
        &self,
        request: &mut Option<SessionRequest>,
    ) -> Result<Session, StartError> {
        let capabilities = self.capabilities();
        let (handle, client) = match &self.backend {
            Backend::Local(drivers) => self.open_locally(drivers, &capabilities).await?,
            Backend::Remote(remote) => open_remotely(remote, capabilities, request).await?,
        };
        let mut session = Session::new(&self.config, client, handle);
        let prepared = prepare(&mut session, &self.config.browser).await;
        prepared.map_err(|error| StartError::SessionNotCreated {
            message: Excerpt::of(&error.to_string()),
        })?;
        Ok(session)
    }

    fn capabilities(&self) -> Capabilities {
        let binaries = self.local().map(|drivers| &drivers.binaries);
        capabilities(&self.config.browser, &self.config.limits, binaries)
    }

    /// A failure drops the driver, which kills it.
    async fn open_locally(
        &self,
        drivers: &LocalDrivers,
        capabilities: &Capabilities,
    ) -> Result<(Handle, Client), StartError> {
        let driver = LocalDriver::start(drivers, self.config.limits.connect).await?;
        let connection = Connection::new(driver.url())?;
        let id = connection.create(capabilities).await?;
        let client = connection.attach(&id, CancellationToken::new()).await?;
        Ok((Handle::Local(Box::new(driver)), client))
    }

    fn local(&self) -> Option<&LocalDrivers> {
        match &self.backend {
            Backend::Local(drivers) => Some(drivers),
            Backend::Remote(_) => None,
        }
    }

    /// Whether the drivers run on this machine.
    pub(crate) fn is_local(&self) -> bool {
        self.local().is_some()
    }

    /// Whether the kernel kills the drivers when this process dies, besides the reaper.
    pub(crate) fn ties_drivers_to_us(&self) -> bool {
        self.local()
            .is_some_and(|drivers| drivers.spawner.ties_drivers_to_us())
    }

    /// Requests that the relay did not pass on to the proxy.
    pub(crate) fn refused(&self) -> u64 {
        let relay = self.local().and_then(|drivers| drivers.relay.as_ref());
        relay.map_or(0, Relay::refused)
    }

    /// Cleans up after all sessions have ended: removes the drivers' files, or waits for the remote
    /// end.
    pub(crate) async fn clear(&self) {
        match &self.backend {
            Backend::Local(drivers) => drivers.reaper.end(),
            Backend::Remote(remote) => remote.close().await,
        }
    }
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
