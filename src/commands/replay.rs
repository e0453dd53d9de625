//! `gonggang replay`: the stand-in site alone.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpListener;

use super::output;
use super::signals::Signals;
use crate::cli::CommandError;
use standin::Fixtures;

/// Serves the fixtures until a signal ends it.
pub(super) async fn run(listen: SocketAddr, fixtures: &Path) -> Result<(), CommandError> {
    let fixtures = load(fixtures)?;
    let listener = bind(listen).await?;
    let mut signals = Signals::listen()
        .map_err(|error| CommandError::Internal(format!("no signals: {error}")))?;
    announce(&fixtures, &listener)?;
    standin::serve(listener, fixtures, async move { signals.next().await })
        .await
        .map_err(|error| CommandError::Internal(error.to_string()))
}

/// Reads every fixture under `fixtures`.
pub(super) fn load(fixtures: &Path) -> Result<Arc<Fixtures>, CommandError> {
    let fixtures =
        Fixtures::load(fixtures).map_err(|error| CommandError::Usage(error.to_string()))?;
    Ok(Arc::new(fixtures))
}

/// Listens on `address`.
pub(super) async fn bind(address: SocketAddr) -> Result<TcpListener, CommandError> {
    TcpListener::bind(address).await.map_err(|error| {
        CommandError::Usage(format!(
            "cannot listen on {address}: {error}; choose another address"
        ))
    })
}

/// Prints the address. The site is served even if this fails.
fn announce(fixtures: &Fixtures, listener: &TcpListener) -> Result<(), CommandError> {
    let address = listener
        .local_addr()
        .map_err(|error| CommandError::Internal(error.to_string()))?;
    let mut text = format!("The stand-in site is at http://{address} with these timetables:\n");
    for fixture in fixtures.all() {
        let _ = writeln!(
            text,
            "  http://{address}/@{}  {}",
            fixture.identifier, fixture.name
        );
    }
    let _ = output::print(text);
    Ok(())
}
