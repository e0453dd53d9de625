//! Whether the session's window is shown. A hidden one is never painted, which spares a quarter of the
//! processor time of a small page; its layout is the same. But it gets no animation frames and its page
//! can tell, so a page that does not come to an end is shown after a while ([`Limits::hidden`]).
//!
//! [`Limits::hidden`]: crate::Limits::hidden

use fantoccini::error::CmdError;
use serde_json::json;

use crate::{
    error::Step,
    fault::{self, Fault},
    session::Session,
};

/// What is known of the session's window.
#[derive(Debug, Default)]
pub(crate) struct Window {
    /// The browser's number of it; `None`: it stays as it is.
    number: Option<u64>,
    /// The last page was shown, or may have been.
    pub(crate) shown: bool,
}

/// Hides a new session's window, unless pictures are taken of it.
pub(crate) async fn prepare(session: &mut Session) -> Result<(), CmdError> {
    if session.screenshots {
        return Ok(());
    }
    let window = session.devtools("Browser.getWindowForTarget", json!({}));
    let number = window.await?["windowId"].as_u64();
    if let Some(number) = number {
        set_state(session, number, HIDDEN).await?;
    }
    session.tab.window.number = number;
    Ok(())
}

/// Shows the window to a page that seems to wait for it. `false`: an open prompt is in the way.
pub(crate) async fn show(session: &Session) -> Result<bool, Fault> {
    change(session, Step::Script, "normal").await
}

/// Hides it again.
pub(crate) async fn hide(session: &Session) -> Result<bool, Fault> {
    change(session, Step::Clean, HIDDEN).await
}

async fn change(session: &Session, step: Step, state: &str) -> Result<bool, Fault> {
    let Some(number) = session.tab.window.number else {
        return Ok(true);
    };
    let set = set_state(session, number, state);
    match session.within(step, session.limits.command, set).await? {
        Ok(()) => Ok(true),
        Err(error) if fault::is_prompt(&error) => Ok(false),
        Err(error) => Err(Fault::lost(step, &error)),
    }
}

const HIDDEN: &str = "minimized";

async fn set_state(session: &Session, window: u64, state: &str) -> Result<(), CmdError> {
    let params = json!({ "windowId": window, "bounds": { "windowState": state } });
    let set = session.devtools("Browser.setWindowBounds", params);
    set.await.map(drop)
}
