//! Removes from a Chromium session what its last visit left.
//!
//! An empty document replaces the page first, so that no script of the page can run while its stores
//! are cleared. A quiet page is replaced from the fleet's world without a navigation, which costs a
//! third of one by the driver. For every other page the driver navigates to `about:blank`.
//!
//! The page's own statements are not used: frames, workers, windows and the address come from
//! `DevTools` or from the fleet's world.

use std::time::{Duration, Instant};

use fantoccini::error::CmdError;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::sleep;
use uuid::Uuid;

use super::{
    net_error, window,
    world::{self, Outcome},
};
use crate::{
    command::PostCommand,
    driver_error,
    error::{Step, VisitError},
    fault::Fault,
    session::{BLANK, FORGET_HISTORY, Session},
};

/// Returns how many requests of the visit to `origin` the browser refused. The caller sets a deadline.
pub(crate) async fn clean(session: &mut Session, origin: &str) -> Result<u64, Fault> {
    if session.tab.window.shown {
        session.tab.window.shown = !window::hide(session).await?;
    }
    let mut refused = 0;
    let stores = if replace(session, origin, &mut refused).await? {
        STORES
    } else {
        refused += leave(session).await?;
        ALL
    };
    if !session.keep_cache {
        run(session, "Network.clearBrowserCache", json!({})).await?;
    }
    // Comes last, so that what the page wrote just before it was stopped has arrived.
    clear_stores(session, stores).await?;
    Ok(refused)
}

/// Replaces a quiet page by an empty document. `false`: the driver must navigate away.
async fn replace(session: &mut Session, origin: &str, refused: &mut u64) -> Result<bool, Fault> {
    let Some(world) = session.tab.world.filter(|_| session.quiet) else {
        return Ok(false);
    };
    let mark = format!("/left-{}", Uuid::new_v4().simple());
    session.tab.mark = Some(mark.clone());
    let summary = ask_to_leave(session, world, &mark).await?;
    if !summary.is_some_and(|summary| summary.was_simple(origin)) {
        return Ok(false);
    }
    Ok(forget_history_and_count(session, refused).await?
        && is_replaced(session, &mark).await?
        && !has_policy(session).await?)
}

/// Runs while the empty document replaces the page, which adds nothing to the history. Until then the
/// page may open a prompt, and the driver refuses every command: `false`.
async fn forget_history_and_count(session: &Session, refused: &mut u64) -> Result<bool, Fault> {
    if try_run(session, FORGET_HISTORY, json!({})).await?.is_none() {
        return Ok(false);
    }
    // For this the driver asks the page's process, which answers when it has replaced the page.
    let log = session.issue(PostCommand::take_log());
    let log = try_command(session, log).await?;
    *refused += log.as_ref().map_or(0, net_error::count_refused);
    Ok(log.is_some())
}

const LEAVE: &str = include_str!("leave.js");

/// How long the empty document may take; five to ten milliseconds are usual.
const REPLACED_WITHIN: Duration = Duration::from_millis(100);

/// Waits until only the empty document runs in the browser. `false`: the page or something else does.
async fn is_replaced(session: &Session, mark: &str) -> Result<bool, Fault> {
    let began = Instant::now();
    while began.elapsed() < REPLACED_WITHIN {
        let Some(targets) = targets(session).await? else {
            return Ok(false);
        };
        let ours = &session.tab.frame;
        if targets.iter().any(|target| target.is_beside(ours)) {
            return Ok(false);
        }
        if targets.iter().any(|target| target.url.ends_with(mark)) {
            return Ok(true);
        }
        sleep(Duration::from_millis(1)).await;
    }
    Ok(false)
}

/// Whether the empty document has a content security policy, which it inherits from the page. A policy
/// may prevent the fleet's script, and with trusted types the page may have seen and changed it.
async fn has_policy(session: &Session) -> Result<bool, Fault> {
    let frame = json!({ "frameId": session.tab.frame });
    let status = run(session, "Network.getSecurityIsolationStatus", frame).await?;
    Ok(lists_a_policy(&status["status"]))
}

/// Without a policy the list is missing.
fn lists_a_policy(status: &Value) -> bool {
    let policies = &status["csp"];
    status.is_null() || !(policies.is_null() || *policies == json!([]))
}

/// What `leave.js` reports.
#[derive(Debug, Deserialize)]
struct PageSummary {
    origin: String,
    frames: u32,
}

impl PageSummary {
    /// Whether clearing the storage of the visited origin is enough.
    fn was_simple(&self, origin: &str) -> bool {
        self.frames == 0 && self.origin == origin
    }
}

/// Runs `leave.js`. `None`: the world is gone, or the script threw.
async fn ask_to_leave(
    session: &Session,
    world: u64,
    mark: &str,
) -> Result<Option<PageSummary>, Fault> {
    let arguments = [json!(mark)];
    let leave = world::call(session, world, LEAVE, &arguments);
    let outcome = session
        .within(Step::Clean, session.limits.command, leave)
        .await?;
    Ok(match outcome {
        Ok(Outcome::Value(summary)) => PageSummary::deserialize(summary).ok(),
        _ => None,
    })
}

/// Leaves the page, ends everything that it started, and clears every store.
async fn leave(session: &mut Session) -> Result<u64, Fault> {
    // The visit may have shown the window before it failed.
    session.tab.window.shown = true;
    leave_page(session).await?;
    session.tab.window.shown = !window::hide(session).await?;
    // Service workers end when their registration is cleared.
    clear_stores(session, ALL).await?;
    end_others(session).await?;
    forget_history(session).await?;
    take_refused(session).await
}

/// Several prompts may block the navigation, and the page may navigate elsewhere first.
async fn leave_page(session: &Session) -> Result<(), Fault> {
    for _ in 0..=2 * session.limits.prompts {
        match session
            .within(Step::Clean, session.limits.command, go_blank(session))
            .await?
        {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            Err(error) if driver_error::is_prompt(&error) => dismiss(session).await?,
            // The blank page runs in another process than the browser's error page.
            Err(error) if driver_error::is_document_gone(&error) => {}
            Err(error) => return Err(Fault::lost(Step::Clean, &error)),
        }
    }
    Err(Fault::missed(Step::Clean, session.limits.clean))
}

/// The driver answers when the navigation has begun. Until the page is gone it may open prompts, which
/// the next visit would take for its own, or navigate elsewhere.
async fn go_blank(session: &Session) -> Result<bool, CmdError> {
    session.navigate(BLANK).await?;
    for _ in 0..LOOKS {
        if session.shows_no_page().await? {
            return forget_name(session).await;
        }
        sleep(Duration::from_millis(2)).await;
    }
    Ok(false)
}

/// A window's name outlives its pages. It is cleared in the blank document, where no script of a page
/// runs. Returns whether that document is shown.
async fn forget_name(session: &Session) -> Result<bool, CmdError> {
    let world = world::enter(session).await?;
    let shown = world::run(session, world, "self.name = ''; location.href").await?;
    Ok(matches!(shown, Outcome::Value(shown) if shown == BLANK))
}

async fn dismiss(session: &Session) -> Result<(), Fault> {
    let dismiss = session.client.dismiss_alert();
    match session
        .within(Step::Clean, session.limits.command, dismiss)
        .await?
    {
        Err(error) if !error.is_no_such_alert() => Err(Fault::lost(Step::Clean, &error)),
        _ => Ok(()),
    }
}

/// Closes popups, workers and everything else that a page can start.
async fn end_others(session: &Session) -> Result<(), Fault> {
    for _ in 0..LOOKS {
        let mut others = targets(session).await?.ok_or_else(not_left)?;
        others.retain(|target| target.is_beside(&session.tab.frame));
        if others.is_empty() {
            return Ok(());
        }
        for other in others {
            let params = json!({ "targetId": other.id });
            // The target may have ended by itself.
            let _ = try_run(session, "Target.closeTarget", params).await?;
        }
        sleep(Duration::from_millis(5)).await;
    }
    Err(not_left())
}

/// Leaving a page or ending a worker takes some milliseconds, more on a busy machine.
const LOOKS: usize = 50;

fn not_left() -> Fault {
    Fault::Session(VisitError::Crashed {
        step: Step::Clean,
        message: "the page or something that it started still runs".into(),
    })
}

/// A page, a worker, or a part of the browser.
#[derive(Debug, Deserialize)]
struct Target {
    #[serde(rename = "targetId")]
    id: String,
    #[serde(rename = "type")]
    kind: String,
    url: String,
}

impl Target {
    /// Whether a page may have started it. `ours` is the session's own tab.
    fn is_beside(&self, ours: &str) -> bool {
        self.id != ours && !PARTS_OF_THE_BROWSER.contains(&&*self.kind)
    }
}

/// Everything that runs in the browser. `None`: an open prompt prevents the look.
async fn targets(session: &Session) -> Result<Option<Vec<Target>>, Fault> {
    let Some(mut answer) = try_run(session, "Target.getTargets", json!({})).await? else {
        return Ok(None);
    };
    let targets = Vec::deserialize(answer["targetInfos"].take());
    targets.map(Some).map_err(|_| not_left())
}

/// Kinds of target that no page starts: surfaces of Chromium itself.
const PARTS_OF_THE_BROWSER: [&str; 3] = ["browser", "browser_ui", "tab"];

/// Everything that a quiet page can store, except the HTTP cache and the storage of its window, which
/// `leave.js` clears.
const STORES: &str =
    "cookies,indexeddb,service_workers,cache_storage,file_systems,interest_groups,shared_storage";

const ALL: &str = "all";

/// `*` is every origin, since frames of a page may have stored data under other origins.
async fn clear_stores(session: &Session, stores: &str) -> Result<(), Fault> {
    let params = json!({ "origin": "*", "storageTypes": stores });
    run(session, "Storage.clearDataForOrigin", params)
        .await
        .map(drop)
}

async fn forget_history(session: &Session) -> Result<(), Fault> {
    run(session, FORGET_HISTORY, json!({})).await.map(drop)
}

async fn take_refused(session: &Session) -> Result<u64, Fault> {
    let log = session.issue(PostCommand::take_log());
    let log = session
        .expect(Step::Clean, session.limits.command, log)
        .await?;
    Ok(net_error::count_refused(&log))
}

async fn run(session: &Session, method: &str, params: Value) -> Result<Value, Fault> {
    let command = session.devtools(method, params);
    session
        .expect(Step::Clean, session.limits.command, command)
        .await
}

/// `None`: an open prompt prevented it, or its target is gone.
async fn try_run(session: &Session, method: &str, params: Value) -> Result<Option<Value>, Fault> {
    try_command(session, session.devtools(method, params)).await
}

/// The same for a command of the driver's own.
async fn try_command(
    session: &Session,
    command: impl Future<Output = Result<Value, CmdError>>,
) -> Result<Option<Value>, Fault> {
    match session
        .within(Step::Clean, session.limits.command, command)
        .await?
    {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if driver_error::is_prompt(&error) || is_refused(&error) => Ok(None),
        Err(error) => Err(Fault::lost(Step::Clean, &error)),
    }
}

/// The browser is alive but refused the command.
fn is_refused(error: &CmdError) -> bool {
    driver_error::mentions(error, &["inspector error"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_with_a_nonempty_list_has_a_policy() {
        let policy = json!([{ "source": "Meta" }]);
        assert!(lists_a_policy(&json!({ "coep": {}, "csp": policy })));
        assert!(!lists_a_policy(&json!({ "coep": {}, "csp": [] })));
        assert!(!lists_a_policy(&json!({ "coep": {} })));
        assert!(lists_a_policy(&Value::Null));
    }
}
