//! Removes from a Firefox session what its last visit left.
//!
//! After a quiet visit the tab goes to `about:blank`, from inside the browser, and what the tab knows
//! of the page is cleared. Otherwise the next visit gets another tab, and closing the old one removes
//! its prompts, frames, history, name and session storage. The spare tab is opened beforehand, since a
//! prompt blocks everything in Firefox except switching tabs.

use fantoccini::{error::CmdError, wd::WindowHandle};
use serde_json::{Value, json};

use crate::{
    command::PostCommand,
    config::World,
    error::{Step, VisitError},
    fault::Fault,
    firefox::WorldKey,
    session::Session,
};

/// Defines what the other scripts call, and opens the spare tab.
const FLEET: &str = include_str!("fleet.js");
const CLOSE_OTHERS: &str = "fleet.closeOthers(); arguments[0](true)";
const FORGET_AND_OPEN: &str = "fleet.open(); fleet.forget(arguments[0], arguments[1])";
const LEAVE: &str = "fleet.leave(arguments[0], arguments[1])";
const TRUST: &str = "fleet.trust(arguments[0]); arguments[1](true)";
const MAKE_WORLDS: &str = "fleet.makeWorlds(...arguments)";
const RUN_IN_DOCUMENTS: &str = "fleet.runInDocuments(arguments[0]); arguments[1](true)";

/// Prepares a new session for [`clean`] and starts to count refused requests.
///
/// # Errors
/// The driver does not allow scripts in the browser itself.
pub(crate) async fn prepare(session: &mut Session) -> Result<(), CmdError> {
    run_inside(session, FLEET).await?;
    let WorldKey { name, key } = &session.world_key;
    let isolated = session.world == World::Own;
    let worlds = vec![json!(name), json!(key), json!(isolated)];
    run_inside_with(session, MAKE_WORLDS, worlds).await?;
    session.next_window = other_window(session).await?;
    Ok(())
}

/// Runs `script` in each document from now on, before the page's scripts.
pub(crate) async fn run_in_documents(session: &Session, script: &str) -> Result<(), CmdError> {
    let args = vec![json!(script)];
    run_inside_with(session, RUN_IN_DOCUMENTS, args)
        .await
        .map(drop)
}

/// Trusts these authorities for web servers. They are DER in Base64.
pub(crate) async fn trust(session: &Session, authorities: &[String]) -> Result<(), CmdError> {
    let args = vec![json!(authorities)];
    run_inside_with(session, TRUST, args).await.map(drop)
}

/// Returns how many requests of pages were refused since the last time. The caller sets a deadline.
pub(crate) async fn clean(session: &mut Session) -> Result<u64, Fault> {
    if let Some(refused) = leave(session).await {
        return Ok(refused);
    }
    let renewed = renew(session).await;
    let refused = renewed.map_err(|error| Fault::lost(Step::Clean, &error))?;
    refused.as_u64().ok_or_else(not_forgotten)
}

fn not_forgotten() -> Fault {
    Fault::Session(VisitError::Crashed {
        step: Step::Clean,
        message: "Firefox did not clear its stores".into(),
    })
}

/// `None`: the tab must be replaced.
async fn leave(session: &Session) -> Option<u64> {
    if !session.quiet {
        return None;
    }
    let args = vec![json!(session.keep_cache)];
    run_inside_with(session, LEAVE, args).await.ok()?.as_u64()
}

/// All tabs share one process. So the next tab answers only when the last page is gone, and not at all
/// if that page blocks the process.
async fn renew(session: &mut Session) -> Result<Value, CmdError> {
    session.window = std::mem::take(&mut session.next_window);
    let next = WindowHandle::try_from(session.window.clone())?;
    session.client.switch_to_window(next).await?;
    run_inside(session, CLOSE_OTHERS).await?;
    session.client.execute("return 1", Vec::new()).await?;
    let args = vec![json!(session.keep_cache)];
    let refused = run_inside_with(session, FORGET_AND_OPEN, args).await?;
    session.next_window = other_window(session).await?;
    Ok(refused)
}

async fn other_window(session: &Session) -> Result<String, CmdError> {
    let windows = session.client.windows().await?;
    let mut names = windows.into_iter().map(String::from);
    Ok(names
        .find(|name| *name != session.window)
        .unwrap_or_default())
}

/// Runs a script in the browser itself instead of its page.
async fn run_inside(session: &Session, script: &str) -> Result<Value, CmdError> {
    run_inside_with(session, script, Vec::new()).await
}

async fn run_inside_with(
    session: &Session,
    script: &str,
    args: Vec<Value>,
) -> Result<Value, CmdError> {
    session.issue(PostCommand::context("chrome")).await?;
    let result = session.client.execute_async(script, args).await;
    session.issue(PostCommand::context("content")).await?;
    result
}
