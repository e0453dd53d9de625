//! Making a session a stranger to its last visit, off the answer's path. The HTTP cache stays.
//!
//! Leaving a page costs as much CPU time as a small visit. So a calm visit's document stays: its
//! scripts are switched off until the next navigation, it is emptied and marked as read, and what it
//! stored is cleared. Whatever was not calm is left for `about:blank`, and all is cleared. Firefox has
//! a way of its own.

use std::time::Duration;

use fantoccini::{error::CmdError, wd::WindowHandle};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::{
    command::Post,
    config::Browser,
    error::Step,
    fault::{self, Fault},
    firefox, script,
    session::{BLANK, Session},
    window,
};

/// What is cleaned may hold the whole browser up, so the whole of it has one deadline. Returns how
/// many requests of the visit to `origin` the browser refused.
pub(crate) async fn clean(session: &mut Session, origin: &str) -> Result<u64, Fault> {
    let limit = session.limits.clean;
    let cleaned = timeout(limit, clean_unbounded(session, origin)).await;
    cleaned.unwrap_or(Err(Fault::missed(Step::Clean, limit)))
}

async fn clean_unbounded(session: &mut Session, origin: &str) -> Result<u64, Fault> {
    if session.kind == Browser::Firefox {
        return firefox::clean::clean(session).await;
    }
    let refused = match wipe(session).await? {
        Some(wiped) if wiped.was_simple(origin) => forget_rest(session, wiped.failed).await?,
        _ => leave(session).await?,
    };
    forget_history(session).await?;
    if session.visibility.shown {
        session.visibility.shown = !window::hide(session).await?;
    }
    Ok(refused)
}

/// What `wipe.js` found.
#[derive(Debug, Deserialize)]
struct Wiped {
    origin: String,
    frames: u32,
    failed: bool,
}

impl Wiped {
    /// Only the storage of the origin visited was cleared, so no other may have been shown.
    fn was_simple(&self, origin: &str) -> bool {
        self.frames == 0 && self.origin == origin
    }
}

/// Empties a calm visit's document. `None`: it could not be, for a prompt is open.
async fn wipe(session: &mut Session) -> Result<Option<Wiped>, Fault> {
    if !session.calm {
        return Ok(None);
    }
    let limit = session.limits.command;
    if !session.freeze(Step::Clean, true).await? {
        return Ok(None);
    }
    let params = json!({ "expression": script::wipe(&session.mark), "returnByValue": true });
    let wipe = session.issue(Post::devtools("Runtime.evaluate", &params));
    let wiped = session.within(Step::Clean, limit, wipe).await?;
    Ok(wiped
        .ok()
        .and_then(|result| Deserialize::deserialize(&result["result"]["value"]).ok()))
}

/// What a document cannot clear by itself: cookies that scripts do not see, and stores that take
/// their time. Nothing was refused that `failed` does not tell of.
async fn forget_rest(session: &Session, failed: bool) -> Result<u64, Fault> {
    clear_stores(session, STORES).await?;
    if failed {
        take_refused(session).await
    } else {
        Ok(0)
    }
}

/// The page goes first, so that none of its timers undoes the rest. A page stuck in a loop lets
/// itself be left without an error but stays, hence the probe.
async fn leave(session: &mut Session) -> Result<u64, Fault> {
    // It may have been, however the visit ended.
    session.visibility.shown = true;
    close_popups(session).await?;
    leave_page(session).await?;
    session.probe(Step::Clean).await?;
    clear_stores(session, &format!("{STORES},local_storage,storage_buckets")).await?;
    take_refused(session).await
}

async fn close_popups(session: &Session) -> Result<(), Fault> {
    let limit = session.limits.command;
    let windows = session.client.windows();
    let windows = session.expect(Step::Clean, limit, windows).await?;
    let (ours, popups): (Vec<_>, Vec<_>) = windows
        .into_iter()
        .partition(|window| is_ours(session, window));
    if popups.is_empty() {
        return Ok(());
    }
    for popup in popups {
        session
            .expect(Step::Clean, limit, close_window(session, popup))
            .await?;
    }
    for window in ours {
        let back = session.client.switch_to_window(window);
        session.expect(Step::Clean, limit, back).await?;
    }
    Ok(())
}

fn is_ours(session: &Session, window: &WindowHandle) -> bool {
    String::from(window.clone()) == session.window
}

async fn close_window(session: &Session, window: WindowHandle) -> Result<(), CmdError> {
    session.client.switch_to_window(window).await?;
    session.client.close_window().await
}

/// Prompts hold navigation up; a page may have queued several.
async fn leave_page(session: &Session) -> Result<(), Fault> {
    let limit = session.limits.command;
    for _ in 0..=2 * session.limits.prompts {
        match session
            .within(Step::Clean, limit, go_blank(session))
            .await?
        {
            Ok(()) => return Ok(()),
            Err(error) if fault::is_prompt(&error) => dismiss(session, limit).await?,
            Err(error) => return Err(Fault::lost(Step::Clean, &error)),
        }
    }
    Err(Fault::missed(Step::Clean, session.limits.clean))
}

/// chromedriver answers when the navigation has begun. Until the page has gone it may still open
/// prompts, which the next visit would take for its own; and it may go elsewhere first.
async fn go_blank(session: &Session) -> Result<(), CmdError> {
    loop {
        session.navigate(BLANK).await?;
        for _ in 0..LOOKS {
            if session.shows_no_page().await? {
                return Ok(());
            }
            sleep(Duration::from_millis(2)).await;
        }
    }
}

/// Leaving takes some milliseconds, and longer where the machine is busy.
const LOOKS: usize = 50;

async fn dismiss(session: &Session, limit: Duration) -> Result<(), Fault> {
    let dismiss = session.client.dismiss_alert();
    match session.within(Step::Clean, limit, dismiss).await? {
        Err(error) if !error.is_no_such_alert() => Err(Fault::lost(Step::Clean, &error)),
        _ => Ok(()),
    }
}

/// Everything a page can store but the HTTP cache and the storage of windows, which is slow to clear
/// from outside.
const STORES: &str = "cookies,indexeddb,service_workers,cache_storage,file_systems";

/// `*` is every origin: a page's frames may have stored under other names than the one visited.
async fn clear_stores(session: &Session, stores: &str) -> Result<(), Fault> {
    let params = json!({ "origin": "*", "storageTypes": stores });
    let clear = session.issue(Post::devtools("Storage.clearDataForOrigin", &params));
    let limit = session.limits.command;
    session.expect(Step::Clean, limit, clear).await.map(drop)
}

async fn forget_history(session: &Session) -> Result<(), Fault> {
    let forget = session.issue(Post::forget_history());
    let limit = session.limits.command;
    session.expect(Step::Clean, limit, forget).await.map(drop)
}

async fn take_refused(session: &Session) -> Result<u64, Fault> {
    let log = session.issue(Post::take_log());
    let log = session
        .expect(Step::Clean, session.limits.command, log)
        .await?;
    Ok(refused(&log))
}

/// Requests to hosts that are not allowed, or that the browser blocked for another reason.
fn refused(log: &Value) -> u64 {
    let entries = log.as_array().into_iter().flatten();
    let messages = entries.filter_map(|entry| entry["message"].as_str());
    messages.filter(|text| is_refusal(text)).count() as u64
}

fn is_refusal(message: &str) -> bool {
    ["net::ERR_NAME_NOT_RESOLVED", "net::ERR_BLOCKED"]
        .iter()
        .any(|code| message.contains(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_requests_are_counted_and_other_errors_are_not() {
        let log = json!([
            { "message": "http://a/x.js - Failed to load resource: net::ERR_NAME_NOT_RESOLVED" },
            { "message": "http://b/ - Failed to load resource: the server responded with 404" }
        ]);
        assert_eq!(refused(&log), 1);
        assert_eq!(refused(&Value::Null), 0);
    }
}
