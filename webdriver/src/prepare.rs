//! Prepares a new session for its first visit.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use fantoccini::error::CmdError;
use serde_json::json;

use crate::{
    chromium::{window, world},
    config::{Browser, BrowserConfig},
    firefox, recorder,
    session::{BLANK, FORGET_HISTORY, Session},
};

/// A new window may show anything (chromedriver: `data:,`). Afterwards an empty tab shows
/// `about:blank`, which the script's wrapper and the timeouts rely on.
pub(crate) async fn prepare(
    session: &mut Session,
    browser: &BrowserConfig,
) -> Result<(), CmdError> {
    session.navigate(BLANK).await?;
    match session.kind {
        Browser::Chromium => {
            set_user_agent(session, browser.user_agent.as_deref()).await?;
            session.tab.frame = world::main_frame(session).await?;
        }
        Browser::Firefox => {
            session.window = session.client.window().await?.into();
            firefox::clean::prepare(session).await?;
            trust(session, &browser.authorities).await?;
        }
    }
    if !browser.recorded_calls.is_empty() {
        session.record = Some(recorder::prepare(session, &browser.recorded_calls).await?);
    }
    resize_viewport(session, browser.viewport).await?;
    if session.kind == Browser::Chromium {
        session.devtools(FORGET_HISTORY, json!({})).await?;
        window::prepare(session).await?;
    }
    Ok(())
}

/// Without a configured one, sets the browser's own without the word "Headless", for which sites
/// refuse browsers.
async fn set_user_agent(session: &Session, agent: Option<&str>) -> Result<(), CmdError> {
    let agent = match agent {
        Some(agent) => agent.to_owned(),
        None => own_user_agent(session).await?.replace("Headless", ""),
    };
    let params = json!({ "userAgent": agent });
    let set = session.devtools("Network.setUserAgentOverride", params);
    set.await.map(drop)
}

async fn own_user_agent(session: &Session) -> Result<String, CmdError> {
    let version = session.devtools("Browser.getVersion", json!({})).await?;
    Ok(version["userAgent"].as_str().unwrap_or_default().to_owned())
}

async fn trust(session: &Session, authorities: &[Vec<u8>]) -> Result<(), CmdError> {
    if authorities.is_empty() {
        return Ok(());
    }
    let authorities: Vec<_> = authorities
        .iter()
        .map(|der| BASE64_STANDARD.encode(der))
        .collect();
    firefox::clean::trust(session, &authorities).await
}

/// Browsers with a window frame take the configured size for the whole window.
async fn resize_viewport(session: &Session, (width, height): (u32, u32)) -> Result<(), CmdError> {
    let ask = "return [outerWidth - innerWidth, outerHeight - innerHeight, \
               innerWidth, innerHeight]";
    let sizes = session.client.execute(ask, Vec::new()).await?;
    let size = |index: usize| sizes[index].as_u64().unwrap_or_default() as u32;
    if (size(2), size(3)) == (width, height) || size(2) == 0 {
        return Ok(());
    }
    let (outer_width, outer_height) = (width + size(0), height + size(1));
    let resize = session.client.set_window_size(outer_width, outer_height);
    resize.await
}
