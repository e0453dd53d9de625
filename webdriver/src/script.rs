//! A visit's script inside the fleet's wrapper, and the wrapper's answers. Pure.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::recorder::CallAnswer;

/// The wrapper around the script, as an expression that is a function of the visit's arguments, its context
/// and the callback.
pub(crate) fn wrap(body: &str) -> String {
    let wrapper = include_str!("wrapper.js").trim_end();
    format!("(all, context, done) => {wrapper}(all, context, function () {{\n{body}\n}}, done)")
}

/// An expression that is a promise of the wrapper's answer.
pub(crate) fn promise(wrapped: &str, args: &[Value], context: &ScriptContext<'_>) -> String {
    let (args, context) = (json!(args), json!(context));
    format!("new Promise((done) => ({wrapped})({args}, {context}, done))")
}

/// An expression that is a function of a callback, which takes the wrapper's answer as JSON.
pub(crate) fn call(wrapped: &str, args: &[Value], context: &ScriptContext<'_>) -> String {
    let (args, context) = (json!(args), json!(context));
    format!("(done) => ({wrapped})({args}, {context}, (answer) => done(JSON.stringify(answer)))")
}

/// What the wrapper is told besides the script's own arguments; times in milliseconds.
#[derive(Debug, Serialize)]
pub(crate) struct ScriptContext<'a> {
    /// The prompts so far.
    pub(crate) alerts: &'a [String],
    /// What the script has left.
    pub(crate) left: u64,
    /// What it may overrun that by before the wrapper answers in its place.
    pub(crate) spare: u64,
    /// The path of the empty document that took the last page's place.
    pub(crate) mark: Option<&'a str>,
    /// What a hidden page may take, where the window can be shown.
    pub(crate) hidden: Option<u64>,
    pub(crate) firefox: bool,
    /// The event that asks for the recorder's record, where there is one.
    pub(crate) record: Option<&'a str>,
    /// The script has answered for this visit, and its answer was not final.
    pub(crate) again: bool,
}

/// What came back from the browser.
#[derive(Debug, PartialEq)]
pub(crate) enum Answer {
    /// The script called back.
    Value(ScriptResult),
    /// A bare `null`: a prompt opened while the script waited (W3C, "execute async script").
    Prompt,
    /// The navigation has not begun yet.
    Blank,
    /// The document is the browser's own error page, at this address.
    Unreachable(String),
    /// The script did not call back while the window was hidden.
    Unseen,
    /// The page lives but the script did not call back in its time.
    Late,
    /// The script threw before it called back.
    Threw(String),
}

/// What the script called back with, and what was recorded of the page until then.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct ScriptResult {
    /// A callback without a value counts as `null`.
    pub(crate) value: Value,
    /// The answers to recorded calls, in their order.
    pub(crate) calls: Vec<CallAnswer>,
    /// Uncaught exceptions of the page.
    pub(crate) errors: u32,
}

/// The wrapper's object: what the script told, or exactly one of the other fields.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    value: Value,
    calls: Vec<CallAnswer>,
    errors: u32,
    blank: bool,
    unreachable: Option<String>,
    unseen: bool,
    late: bool,
    threw: Option<String>,
}

impl Answer {
    /// Reads the driver's result; `None` if it is not the wrapper's.
    pub(crate) fn read(result: Value) -> Option<Self> {
        if result.is_null() {
            return Some(Self::Prompt);
        }
        let fields: Fields = serde_json::from_value(result).ok()?;
        Some(match fields {
            Fields { blank: true, .. } => Self::Blank,
            Fields { unseen: true, .. } => Self::Unseen,
            Fields { late: true, .. } => Self::Late,
            Fields {
                unreachable: Some(address),
                ..
            } => Self::Unreachable(address),
            Fields {
                threw: Some(message),
                ..
            } => Self::Threw(message),
            Fields {
                value,
                calls,
                errors,
                ..
            } => Self::Value(ScriptResult {
                value,
                calls,
                errors,
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_may_answer_null_but_a_bare_null_is_a_prompt() {
        let null = || Some(Answer::Value(ScriptResult::default()));
        assert_eq!(Answer::read(json!({ "value": null })), null());
        assert_eq!(Answer::read(json!({})), null());
        assert_eq!(Answer::read(Value::Null), Some(Answer::Prompt));
    }

    #[test]
    fn a_value_that_looks_like_the_wrappers_own_words_stays_a_value() {
        let result = ScriptResult {
            value: json!({ "late": true }),
            ..ScriptResult::default()
        };
        assert_eq!(
            Answer::read(json!({ "value": result.value })),
            Some(Answer::Value(result))
        );
    }

    #[test]
    fn a_comment_at_the_end_of_a_script_hides_nothing() {
        assert!(wrap("f() // last").contains("f() // last\n}, done)"));
    }
}
