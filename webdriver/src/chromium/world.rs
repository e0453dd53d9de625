//! An isolated world: the fleet's scripts share the page's document, but none of its script objects.
//! If a page replaces `Array.from`, `JSON` or `Element.prototype`, it does so in its own world only.

use fantoccini::error::CmdError;
use serde_json::{Value, json};

use crate::{driver_error, error::Step, fault::Fault, session::Session};

/// The result of a script.
#[derive(Debug)]
pub(crate) enum Outcome {
    Value(Value),
    /// It threw or does not parse. The message may quote the page, so it is dropped.
    Threw,
}

/// The id of the main frame.
pub(crate) async fn main_frame(session: &Session) -> Result<String, CmdError> {
    let tree = session.devtools("Page.getFrameTree", json!({})).await?;
    let id = &tree["frameTree"]["frame"]["id"];
    Ok(id.as_str().unwrap_or_default().to_owned())
}

/// Creates the world in the document shown, or finds it there. Its number is unique among the
/// documents of one process. The page's process answers without running a script of the page.
pub(crate) async fn enter(session: &Session) -> Result<u64, CmdError> {
    let params = json!({ "frameId": session.tab.frame, "worldName": "fleet" });
    let world = session.devtools("Page.createIsolatedWorld", params).await?;
    Ok(world["executionContextId"].as_u64().unwrap_or_default())
}

/// Evaluates an expression in the world and waits for its promise.
pub(crate) async fn run(
    session: &Session,
    world: u64,
    expression: &str,
) -> Result<Outcome, CmdError> {
    let params = json!({ "expression": expression, "contextId": world });
    settle(session, "Runtime.evaluate", params).await
}

/// The same among the page's scripts.
pub(crate) async fn run_in_page(session: &Session, expression: &str) -> Result<Outcome, CmdError> {
    let params = json!({ "expression": expression });
    settle(session, "Runtime.evaluate", params).await
}

/// Calls a JavaScript function in the world and waits for its promise. The browser keeps a compiled
/// function as long as its text is the same, so what changes from call to call is an argument.
pub(crate) async fn call(
    session: &Session,
    world: u64,
    function: &str,
    arguments: &[Value],
) -> Result<Outcome, CmdError> {
    let arguments: Vec<_> = arguments
        .iter()
        .map(|value| json!({ "value": value }))
        .collect();
    let params = json!({
        "functionDeclaration": function,
        "arguments": arguments,
        "executionContextId": world,
    });
    settle(session, "Runtime.callFunctionOn", params).await
}

async fn settle(session: &Session, method: &str, mut params: Value) -> Result<Outcome, CmdError> {
    params["awaitPromise"] = true.into();
    params["returnByValue"] = true.into();
    let result = session.devtools(method, params).await?;
    Ok(outcome(&result))
}

fn outcome(result: &Value) -> Outcome {
    if result["exceptionDetails"].is_null() {
        return Outcome::Value(result["result"]["value"].clone());
    }
    Outcome::Threw
}

/// Checks that the page's process answers. An open prompt counts as an answer.
pub(crate) async fn probe(session: &Session, step: Step) -> Result<(), Fault> {
    match session
        .within(step, session.limits.probe, enter(session))
        .await?
    {
        Err(error) if !driver_error::is_prompt(&error) => Err(Fault::lost(step, &error)),
        _ => Ok(()),
    }
}
