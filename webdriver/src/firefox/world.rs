//! Runs a visit's script in a sandbox beside the page's scripts. The fleet's script in the browser
//! makes one in each document. It sees the document but none of the page's script objects.

use serde_json::{Value, json};

use crate::{
    error::Step,
    fault::Fault,
    script::{self, ScriptContext},
    session::Session,
    visit::attempt::{Attempt, PageTime, answered, classify},
};

/// Passes the visit's script to the sandbox. Only the blank document before the navigation lacks
/// the function, and the driver reports when that document goes away.
const SCRIPT: &str = "
    const [name, key, script, patience, done] = arguments;
    const tell = (answer) => done(JSON.parse(answer));
    if (window[name]) window[name](key, script, tell);
    else setTimeout(() => done({ blank: true }), patience);";

/// Runs the wrapped script once.
pub(crate) async fn run(
    session: &Session,
    time: PageTime,
    wrapped: &str,
    args: &[Value],
    context: &ScriptContext<'_>,
) -> Result<Attempt, Fault> {
    let script = script::call(wrapped, args, context);
    let key = &session.world_key;
    let patience = context.left + context.spare;
    let arguments = vec![
        json!(key.name),
        json!(key.key),
        json!(script),
        json!(patience),
    ];
    let limit = time.left() + session.limits.slack;
    let run = session.client.execute_async(SCRIPT, arguments);
    match session.within(Step::Script, limit, run).await? {
        // Or a prompt: geckodriver answers `null` to both, and the next run tells which.
        Ok(Value::Null) => Ok(Attempt::Interrupted),
        Ok(result) => answered(result),
        Err(error) => classify(session, time, &error).await,
    }
}
