//! Making a session a stranger to its last visit, off the answer's path. The HTTP cache stays.

use std::time::Duration;

use fantoccini::{
    error::{CmdError, ErrorStatus},
    wd::WindowHandle,
};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{
    command::Post,
    config::Browser,
    error::Step,
    fault::{self, Fault},
    session::Session,
};

/// What is cleaned may hold the whole browser up, so the whole of it has one deadline. Returns how
/// many requests of the visit the browser refused.
pub(crate) async fn clean(session: &Session) -> Result<u64, Fault> {
    let limit = session.limits.clean;
    let cleaned = timeout(limit, clean_unbounded(session)).await;
    cleaned.unwrap_or(Err(Fault::missed(Step::Clean, limit)))
}

/// The page goes first, so that none of its timers undoes the rest. A page stuck in a loop lets
/// itself be left without an error but stays, hence the probe.
async fn clean_unbounded(session: &Session) -> Result<u64, Fault> {
    close_popups(session).await?;
    leave_page(session).await?;
    session.probe(Step::Clean).await?;
    match session.kind {
        Browser::Chromium => forget_chromium(session).await,
        Browser::Firefox => forget(session).await,
    }
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
        let leave = session.navigate("about:blank");
        match session.within(Step::Clean, limit, leave).await? {
            Ok(()) => return Ok(()),
            Err(error) if is_prompt(&error) => dismiss(session, limit).await?,
            Err(error) => return Err(Fault::lost(Step::Clean, &error)),
        }
    }
    Err(Fault::missed(Step::Clean, session.limits.clean))
}

fn is_prompt(error: &CmdError) -> bool {
    matches!(fault::status(error), Some(ErrorStatus::UnexpectedAlertOpen))
}

async fn dismiss(session: &Session, limit: Duration) -> Result<(), Fault> {
    let dismiss = session.client.dismiss_alert();
    match session.within(Step::Clean, limit, dismiss).await? {
        Err(error) if !error.is_no_such_alert() => Err(Fault::lost(Step::Clean, &error)),
        _ => Ok(()),
    }
}

/// Everything a page can store but the HTTP cache. `*` is every origin: a page's frames may have
/// stored under other names than the one visited.
const STORES: &str =
    "cookies,local_storage,indexeddb,service_workers,cache_storage,file_systems,storage_buckets";

async fn forget_chromium(session: &Session) -> Result<u64, Fault> {
    let limit = session.limits.command;
    let all = json!({ "origin": "*", "storageTypes": STORES });
    let cookies = Post::devtools("Storage.clearCookies", &json!({}));
    session
        .expect(Step::Clean, limit, session.issue(cookies))
        .await?;
    let stores = Post::devtools("Storage.clearDataForOrigin", &all);
    session
        .expect(Step::Clean, limit, session.issue(stores))
        .await?;
    let log = session.issue(Post::take_log());
    let log = session.expect(Step::Clean, limit, log).await?;
    Ok(refused(&log))
}

/// Firefox has no command for it; its pages store nothing across sessions (see the capabilities),
/// and W3C's own command covers the cookies of the page still shown.
async fn forget(session: &Session) -> Result<u64, Fault> {
    let limit = session.limits.command;
    let cookies = session.client.delete_all_cookies();
    session.expect(Step::Clean, limit, cookies).await?;
    Ok(0)
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
