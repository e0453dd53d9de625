//! What happens to a session between visits: it is cleaned, and probed while it is idle.

use tokio::time::timeout;

use crate::{
    chromium::{self, world},
    config::Browser,
    error::Step,
    fault::Fault,
    firefox,
    session::Session,
};

/// Removes what the last visit left. The HTTP cache stays if the configuration says so. Returns how
/// many requests of the visit to `origin` the browser refused.
///
/// A page can block any of the steps, so one deadline covers all of them.
pub(crate) async fn clean(session: &mut Session, origin: &str) -> Result<u64, Fault> {
    let limit = session.limits.clean;
    let cleaned = timeout(limit, clean_unbounded(session, origin)).await;
    cleaned.unwrap_or(Err(Fault::missed(Step::Clean, limit)))
}

async fn clean_unbounded(session: &mut Session, origin: &str) -> Result<u64, Fault> {
    match session.kind {
        Browser::Chromium => chromium::clean::clean(session, origin).await,
        Browser::Firefox => firefox::clean::clean(session).await,
    }
}

/// Checks that the page's process answers, not only the driver.
pub(crate) async fn probe(session: &Session) -> Result<(), Fault> {
    match session.kind {
        Browser::Chromium => world::probe(session, Step::Probe).await,
        Browser::Firefox => {
            let ask = session.client.execute("return 1", Vec::new());
            let limit = session.limits.probe;
            session.expect(Step::Probe, limit, ask).await.map(drop)
        }
    }
}
