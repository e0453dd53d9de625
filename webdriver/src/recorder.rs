//! Records the answers to a page's calls as the page receives them, with a script that runs in each
//! document before the page's own.

use fantoccini::error::CmdError;
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use crate::{config::Browser, firefox, session::Session};

/// Longest body recorded, in UTF-16 code units.
const LONGEST_BODY: usize = 1 << 20;

/// An answer to a call that the page made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallAnswer {
    /// HTTP status; 0 if the call failed or the page may not read its answer.
    pub status: u16,
    /// `Content-Type`, if the page may read it.
    pub content_type: Option<String>,
    /// The body as text; `None` if it is not text or longer than a million characters.
    pub body: Option<String>,
}

/// Adds the recorder to every document of the session from now on. Returns the name of the event that
/// asks for the record. Pages do not know it.
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
