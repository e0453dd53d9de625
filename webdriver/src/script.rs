//! A visit's script in the fleet's wrapper, and the wrapper's answers. Pure.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::recorder::CallAnswer;

/// Wraps the script. The result is a JavaScript function of the visit's arguments, the context and
/// a callback.
pub(crate) fn wrap(body: &str) -> String {
    let wrapper = include_str!("wrapper.js").trim_end();
    format!("(all, context, done) => {wrapper}(all, context, function () {{\n{body}\n}}, done)")
}

/// A JavaScript function of the visit's arguments and the context, which returns a promise of the
/// wrapper's answer.
pub(crate) fn async_function(wrapped: &str) -> String {
    format!("(args, context) => new Promise((done) => ({wrapped})(args, context, done))")
}

/// A JavaScript function of a callback, which gets the wrapper's answer as JSON.
pub(crate) fn call(wrapped: &str, args: &[Value], context: &ScriptContext<'_>) -> String {
    let (args, context) = (json!(args), json!(context));
    format!("(done) => ({wrapped})({args}, {context}, (answer) => done(JSON.stringify(answer)))")
}

/// What the wrapper gets besides the script's arguments. Times are in milliseconds.
#[derive(Debug, Serialize)]
pub(crate) struct ScriptContext<'a> {
    /// The texts of the prompts so far.
    pub(crate) alerts: &'a [String],
    /// The time that the script has left.
    pub(crate) left: u64,
    /// By how much it may overrun that before the wrapper answers `late`.
    pub(crate) spare: u64,
    /// The path of the empty document that replaced the last page.
    pub(crate) mark: Option<&'a str>,
    /// How long a hidden page may take; `None`: the window is shown already.
    pub(crate) hidden: Option<u64>,
    pub(crate) firefox: bool,
    /// The event that asks for the recorder's record; `None`: calls are not recorded.
    pub(crate) record: Option<&'a str>,
    /// The script has answered before, and its answer was not final.
    pub(crate) again: bool,
}

/// The wrapper's answer.
#[derive(Debug, PartialEq)]
pub(crate) enum Answer {
    /// The script called back.
    Value(ScriptResult),
    /// The navigation has not begun.
    Blank,
    /// The document is the browser's error page, at this address.
    Unreachable(String),
    /// The script did not call back while the window was hidden.
    Unseen,
    /// The page is alive, but the script did not call back in time.
    Late,
    /// The script threw before it called back.
    Threw,
}

/// What the script called back with, and what the recorder has until then.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct ScriptResult {
    /// A callback without a value counts as `null`.
    pub(crate) value: Value,
    /// The answers to recorded calls, in order.
    pub(crate) calls: Vec<CallAnswer>,
    /// Uncaught exceptions of the page.
    pub(crate) errors: u32,
}

/// The wrapper's object: a value with calls and errors, or exactly one of the other fields.
#[derive(Default, Deserialize)]
#[serde(default)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a field of the wrapper's object"
)]
struct Fields {
    value: Value,
    calls: Vec<CallAnswer>,
    errors: u32,
    blank: bool,
    unreachable: Option<String>,
    unseen: bool,
    late: bool,
    threw: bool,
}

impl Answer {
    /// `None`: the result is not the wrapper's.
    pub(crate) fn read(result: Value) -> Option<Self> {
        let fields: Fields = serde_json::from_value(result).ok()?;
        Some(match fields {
            Fields { blank: true, .. } => Self::Blank,
            Fields { unseen: true, .. } => Self::Unseen,
            Fields { late: true, .. } => Self::Late,
            Fields {
                unreachable: Some(address),
                ..
            } => Self::Unreachable(address),
            Fields { threw: true, .. } => Self::Threw,
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
    fn a_script_may_answer_null_but_a_bare_null_is_no_answer() {
        let null = || Some(Answer::Value(ScriptResult::default()));
        assert_eq!(Answer::read(json!({ "value": null })), null());
        assert_eq!(Answer::read(json!({})), null());
        assert_eq!(Answer::read(Value::Null), None);
    }

    #[test]
    fn a_value_that_looks_like_a_wrapper_field_stays_a_value() {
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
    fn a_script_may_end_with_a_line_comment() {
        assert!(wrap("f() // last").contains("f() // last\n}, done)"));
    }
}
