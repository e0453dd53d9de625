//! Where a visit's script runs in Firefox: a world beside the page's, which the fleet's script in the browser makes
//! in each document. It sees the page's document but none of the page's script objects.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::script::{self, ScriptContext};

/// The way into that world.
#[derive(Debug)]
pub(crate) struct WorldKey {
    /// The function of a document that runs scripts there. A page can find it, but not replace it.
    pub(crate) name: String,
    /// What that function must be called with. Pages do not know it.
    pub(crate) key: String,
}

impl WorldKey {
    pub(crate) fn new() -> Self {
        Self {
            name: format!("fleet-{}", Uuid::new_v4().simple()),
            key: Uuid::new_v4().simple().to_string(),
        }
    }

    /// The arguments of [`SCRIPT`].
    pub(crate) fn arguments(
        &self,
        wrapped: &str,
        args: &[Value],
        context: &ScriptContext<'_>,
    ) -> Vec<Value> {
        let script = script::call(wrapped, args, context);
        let blank = context.left + context.spare;
        vec![
            json!(self.name),
            json!(self.key),
            json!(script),
            json!(blank),
        ]
    }
}

/// What the driver runs: it hands the visit's script over. A document without the function is the blank one
/// before the navigation, and the driver tells when that goes away.
pub(crate) const SCRIPT: &str = "
    const [name, key, script, patience, done] = arguments;
    const tell = (answer) => done(JSON.parse(answer));
    if (window[name]) window[name](key, script, tell);
    else setTimeout(() => done({ blank: true }), patience);";
