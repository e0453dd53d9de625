//! Commands that fantoccini has no suitable method for.

use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// A POST request below the session's address.
#[derive(Debug)]
pub(crate) struct PostCommand {
    path: &'static str,
    body: Value,
}

impl PostCommand {
    /// Navigate To. fantoccini's own method asks for the current address first, to resolve relative
    /// ones. That takes 5 ms, and hangs while the site has not answered an earlier navigation.
    pub(crate) fn navigate(url: &str) -> Self {
        Self {
            path: "url",
            body: json!({ "url": url }),
        }
    }

    /// A command of the `DevTools` protocol.
    pub(crate) fn devtools(method: &str, params: &Value) -> Self {
        Self {
            path: "goog/cdp/execute",
            body: json!({ "cmd": method, "params": params }),
        }
    }

    /// Chooses whether scripts run in the page (`content`) or in Firefox itself (`chrome`).
    pub(crate) fn context(name: &str) -> Self {
        Self {
            path: "moz/context",
            body: json!({ "context": name }),
        }
    }

    /// Takes the browser's log entries since the last time.
    pub(crate) fn take_log() -> Self {
        Self {
            path: "se/log",
            body: json!({ "type": "browser" }),
        }
    }
}

impl WebDriverCompatibleCommand for PostCommand {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/{}", self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
