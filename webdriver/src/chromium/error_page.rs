//! Finds out why Chromium shows its error page.

use std::time::Duration;

use serde_json::json;
use url::Url;

use super::{
    net_error::{self, NetError},
    world,
};
use crate::{
    command::PostCommand, error::Step, fault::Fault, session::Session, visit::attempt::PageTime,
};

/// Longest time that the site may take to fail once more.
const ASK_AGAIN: Duration = Duration::from_millis(500);

/// Answers when the site has answered or failed.
const ASK_SITE: &str = "fetch(SITE, { method: 'HEAD', mode: 'no-cors', cache: 'no-store', credentials: 'omit', \
                        signal: AbortSignal.timeout(PATIENCE) }).then(() => true, () => false)";

/// Chromium's error page does not name the error, and the browser logs failed requests of scripts
/// but not of documents. So a script in the error page asks the site once more.
pub(crate) async fn cause(
    session: &Session,
    world: u64,
    url: &Url,
    time: PageTime,
) -> Result<Option<NetError>, Fault> {
    let patience = ASK_AGAIN.min(time.left());
    let site = json!(url.origin().ascii_serialization());
    let ask = ASK_SITE.replace("SITE", &site.to_string());
    let ask = ask.replace("PATIENCE", &patience.as_millis().to_string());
    let asked = world::run(session, world, &ask);
    let limit = patience + session.limits.slack;
    // The request fails as the page did, or the site is back. Only the log tells.
    let _ = session.within(Step::Script, limit, asked).await?;
    let log = session.issue(PostCommand::take_log());
    let limit = session.limits.command;
    let log = session.expect(Step::Script, limit, log).await?;
    Ok(net_error::last_in(&log))
}
