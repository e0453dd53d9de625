//! Making a session a stranger to its last visit, off the answer's path. The HTTP cache stays, unless the
//! configuration wants it gone.

use tokio::time::timeout;

use crate::{chromium, config::Browser, error::Step, fault::Fault, firefox, session::Session};

/// What is cleaned may hold the whole browser up, so the whole of it has one deadline. Returns how
/// many requests of the visit to `origin` the browser refused.
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
