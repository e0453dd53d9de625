//! The stand-in site: an offline copy of the shared timetable page and of the API behind it.
//!
//! It owns its fixtures and everything that the page draws. It does not know drivers, browsers or the
//! reader of a timetable.
#![warn(missing_docs)]

mod ballast;
mod behaviour;
mod drift;
mod fixture;
mod fixtures;
mod markup;
mod page;
mod routes;
mod save;
#[cfg(test)]
mod tests;

use std::{future::Future, io, sync::Arc, time::Duration};

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use self::{
    behaviour::{
        ApiBehaviour, Axis, Behaviour, CallsFrom, DocumentKind, Misbehaviour, PageBehaviour,
        Periods,
    },
    drift::{DrawingStyle, Drift, ExtraColumn, Readout, WeekdayOrder},
    fixture::{Fixture, LoadError, identifier_from_name},
    fixtures::Fixtures,
    save::SaveError,
};

/// Time for answers in progress at shutdown.
const GRACE: Duration = Duration::from_secs(2);

/// The routes of the site, for a caller that serves or tests them itself.
///
/// A fixture that never answers hangs until its caller gives up.
pub fn router(fixtures: Arc<Fixtures>) -> Router {
    routes::router(fixtures, CancellationToken::new())
}

/// Serves `fixtures` on `listener` until `shutdown` is ready.
///
/// At shutdown, delayed answers become 503 at once. Connections that are still open two seconds later are
/// dropped.
///
/// # Errors
/// Those of the listener; an end by `shutdown` is `Ok`.
pub async fn serve(
    listener: TcpListener,
    fixtures: Arc<Fixtures>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let closing = CancellationToken::new();
    let server = axum::serve(listener, routes::router(fixtures, closing.clone()))
        .with_graceful_shutdown(closing.clone().cancelled_owned());
    let overdue = async {
        shutdown.await;
        closing.cancel();
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        ended = server => ended,
        () = overdue => Ok(()),
    }
}
