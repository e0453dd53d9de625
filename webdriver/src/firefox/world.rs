//! Where a visit's script runs in Firefox: a world beside the page's, which the fleet's script in the browser makes
//! in each document. It sees the page's document but none of the page's script objects.

use serde_json::{Value, json};

use crate::{
    reaper,
    script::{self, Circumstances},
};

/// The way into that world.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The function of a document that runs scripts there. A page can find it, but not replace it.
    pub(crate) name: String,
    /// What that function must be called with. Pages do not know it.
    pub(crate) key: String,
}

impl Entry {
    pub(crate) fn new() -> Self {
        let random = || format!("{:08x}{:08x}", reaper::random(), reaper::random());
        Self {
            name: format!("fleet-{}", random()),
            key: random(),
        }
    }

    /// The arguments of [`SCRIPT`].
    pub(crate) fn arguments(
        &self,
        wrapped: &str,
        args: &[Value],
        circumstances: &Circumstances<'_>,
    ) -> Vec<Value> {
        let script = script::call(wrapped, args, circumstances);
        let blank = circumstances.left + circumstances.spare;
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
