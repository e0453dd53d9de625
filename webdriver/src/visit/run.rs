//! One visit on one session: navigates, reads, and takes a screenshot where that is wanted.

use std::time::{Duration, Instant};

use fantoccini::error::{CmdError, ErrorStatus};

use super::{Timings, Visit, Visited, attempt::PageTime, reader::Reader};
use crate::{
    driver_error,
    error::{Step, VisitError},
    fault::Fault,
    session::Session,
    site_fault::SiteFault,
};

/// Runs the visit. The session is not cleaned yet when this returns.
pub(crate) async fn run(session: &mut Session, visit: &Visit) -> Result<Visited, Fault> {
    let until = page_deadline(session, visit);
    session.pages += 1;
    session.quiet = false;
    let began = Instant::now();
    navigate(session, visit, PageTime::until(until)).await?;
    let navigated = Instant::now();
    let mut reader = Reader::new(session, visit, PageTime::until(until));
    let result = reader.read().await?;
    let Reader {
        alerts,
        quiet,
        shown,
        document,
        ..
    } = reader;
    (session.quiet, session.tab.window.shown, session.tab.world) = (quiet, shown, document.world);
    let timings = Timings {
        queue: Duration::ZERO,
        navigate: navigated - began,
        script: navigated.elapsed(),
    };
    Ok(Visited {
        value: result.value,
        calls: result.calls,
        alerts,
        screenshot: screenshot(session).await?,
        timings,
    })
}

fn page_deadline(session: &Session, visit: &Visit) -> Instant {
    let page = visit.page_timeout.min(session.limits.page);
    visit.deadline.min(Instant::now() + page)
}

/// Three deadlines follow each other: the page's own, a little later the driver's for the script,
/// and a little later the fleet's for the driver. The driver's is rounded up, so that it rarely
/// changes.
async fn navigate(session: &mut Session, visit: &Visit, time: PageTime) -> Result<(), Fault> {
    let patience = time.left() + session.limits.slack / 2;
    let patience = patience.as_millis().next_multiple_of(100) as u64;
    session
        .set_script_timeout(Duration::from_millis(patience))
        .await?;
    let limit = session.limits.command.min(time.left());
    let goto = session.navigate(visit.url.as_str());
    match session.within(Step::Navigate, limit, goto).await? {
        Ok(()) => Ok(()),
        Err(error) => Err(not_navigated(&error)),
    }
}

/// Only addresses that the browser rejects fail here. A page that cannot be fetched shows as an
/// error page later.
fn not_navigated(error: &CmdError) -> Fault {
    let why = match driver_error::status(error) {
        Some(ErrorStatus::InsecureCertificate) => SiteFault::Tls,
        Some(ErrorStatus::InvalidArgument) => SiteFault::Other,
        _ => return Fault::lost(Step::Navigate, error),
    };
    let message = driver_error::describe(error);
    Fault::Page(VisitError::Unreachable { why, message })
}

async fn screenshot(session: &Session) -> Result<Option<Vec<u8>>, Fault> {
    if !session.screenshots {
        return Ok(None);
    }
    let picture = session.client.screenshot();
    let taken = session.expect(Step::Script, session.limits.command, picture);
    taken.await.map(Some)
}
