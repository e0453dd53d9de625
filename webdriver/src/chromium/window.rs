//! Hides the session's window and shows it when a page needs that.
//!
//! A hidden window is laid out as usual but never painted, which saves a quarter of a small page's
//! processor time. It gets no animation frames and the page can tell, so a page that does not finish
//! within [`Limits::hidden`] is shown.
//!
//! [`Limits::hidden`]: crate::Limits::hidden

use fantoccini::error::CmdError;
use serde_json::json;

use crate::{driver_error, error::Step, fault::Fault, session::Session};

/// Hides a new session's window, unless visits take screenshots.
pub(crate) async fn prepare(session: &mut Session) -> Result<(), CmdError> {
    if session.screenshots {
        return Ok(());
    }
    let window = session.devtools("Browser.getWindowForTarget", json!({}));
    let id = window.await?["windowId"].as_u64();
    if let Some(id) = id {
        set_state(session, id, HIDDEN).await?;
    }
    session.tab.window.id = id;
    Ok(())
}

/// Shows the window. `false`: an open prompt prevents it.
pub(crate) async fn show(session: &Session) -> Result<bool, Fault> {
    change(session, Step::Script, "normal").await
}

/// Hides the window. `false`: an open prompt prevents it.
pub(crate) async fn hide(session: &Session) -> Result<bool, Fault> {
    change(session, Step::Clean, HIDDEN).await
}

async fn change(session: &Session, step: Step, state: &str) -> Result<bool, Fault> {
    let Some(id) = session.tab.window.id else {
        return Ok(true);
    };
    let set = set_state(session, id, state);
    match session.within(step, session.limits.command, set).await? {
        Ok(()) => Ok(true),
        Err(error) if driver_error::is_prompt(&error) => Ok(false),
        Err(error) => Err(Fault::lost(step, &error)),
    }
}

const HIDDEN: &str = "minimized";

async fn set_state(session: &Session, window: u64, state: &str) -> Result<(), CmdError> {
    let params = json!({ "windowId": window, "bounds": { "windowState": state } });
    let set = session.devtools("Browser.setWindowBounds", params);
    set.await.map(drop)
}
