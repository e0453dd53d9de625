//! Configuration in, W3C capabilities out. Pure.

use serde_json::{Map, Value, json};

use crate::{
    chromium,
    config::{Browser, BrowserConfig, Limits},
    find::Binaries,
    firefox,
};

/// Capabilities of a new session.
pub(crate) type Capabilities = Map<String, Value>;

/// The `alwaysMatch` object of New Session. Without `binaries` (a remote end) the driver chooses the
/// browser.
pub(crate) fn capabilities(
    browser: &BrowserConfig,
    limits: &Limits,
    binaries: Option<&Binaries>,
) -> Capabilities {
    let mut all = common(limits);
    match browser.kind {
        Browser::Chromium => chromium::capabilities::add(&mut all, browser, binaries),
        Browser::Firefox => firefox::capabilities::add(&mut all, browser, binaries),
    }
    all
}

/// - `none`: the script waits inside the page, which is faster here than waiting for a load event.
/// - `ignore`: a prompt stays open until the fleet has read its text.
/// - The timeouts are the driver's last resort. The fleet bounds every command more tightly.
fn common(limits: &Limits) -> Capabilities {
    let last_resort = (limits.page + limits.slack).as_millis();
    let mut all = Map::new();
    all.insert("pageLoadStrategy".into(), json!("none"));
    all.insert("unhandledPromptBehavior".into(), json!("ignore"));
    all.insert(
        "timeouts".into(),
        json!({ "script": last_resort, "pageLoad": last_resort, "implicit": 0 }),
    );
    all
}
