//! Keeps the answers to a page's own calls, as the page itself receives them: a script that runs in
//! each document before the page's own, added from outside the page.

use fantoccini::error::CmdError;
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use crate::{config::Browser, firefox, session::Session};

/// Longest body that is kept, in UTF-16 code units.
const LONGEST_BODY: usize = 1 << 20;

/// An answer to a call that the page made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallAnswer {
    /// HTTP status; 0 for a call that failed, or whose answer the page may not read.
    pub status: u16,
    /// `Content-Type`, where the page may read it.
    pub content_type: Option<String>,
    /// The body as text; `None` for one longer than a million characters, or not text.
    pub body: Option<String>,
}

/// Adds the recorder to every document of the session from now on. Returns the name of the event by which the
/// fleet's scripts ask for its record; pages do not know it.
pub(crate) async fn prepare(session: &Session, addresses: &[Url]) -> Result<String, CmdError> {
    let name = format!("record-{}", Uuid::new_v4().simple());
    let recorder = script(&name, addresses);
    match session.kind {
        Browser::Chromium => {
            let params = json!({ "source": recorder });
            let add = session.devtools("Page.addScriptToEvaluateOnNewDocument", params);
            add.await?;
        }
        Browser::Firefox => firefox::clean::run_in_documents(session, &recorder).await?,
    }
    Ok(name)
}

/// The expression that starts the recorder in a document.
fn script(name: &str, addresses: &[Url]) -> String {
    let recorder = include_str!("recorder.js").trim_end();
    let addresses: Vec<_> = addresses.iter().map(Url::as_str).collect();
    let (name, addresses) = (json!(name), json!(addresses));
    format!("{recorder}({name}, {addresses}, {LONGEST_BODY})")
}
