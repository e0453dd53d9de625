//! The stand-in site: an offline copy of the shared timetable page and of the API behind it.
//!
//! Owns the fixtures it serves and everything the page draws. It knows nothing of drivers, browsers or
//! of how a timetable is read: it is what a reader is pointed at.
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

/// How long answers already under way may take once the site is told to stop.
const GRACE: Duration = Duration::from_secs(2);

/// The site's routes, for a caller that serves or tests them itself.
///
/// A fixture that never answers then hangs for as long as its caller waits.
pub fn router(fixtures: Arc<Fixtures>) -> Router {
    routes::router(fixtures, CancellationToken::new())
}

/// Serves `fixtures` on `listener` until `shutdown` is ready.
///
/// Answers that a fixture holds back (slow, never) end in 503 at once at shutdown, and connections
/// still open two seconds later are no longer waited for.
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
