//! A visit's script inside the fleet's wrapper, and the wrapper's answers. Pure.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The wrapper around the script, sent to the browser as one async script.
pub(crate) fn wrap(body: &str) -> String {
    include_str!("wrapper.js").replacen("/*BODY*/", body, 1)
}

/// What the wrapper is told besides the script's own arguments; times in milliseconds.
#[derive(Debug, Serialize)]
pub(crate) struct Circumstances<'a> {
    /// The prompts so far.
    pub(crate) alerts: &'a [String],
    /// What the script has left.
    pub(crate) left: u64,
    /// What it may overrun that by before the wrapper answers in its place.
    pub(crate) spare: u64,
    /// The path that marks a document as the last visit's.
    pub(crate) mark: &'a str,
    /// What a hidden page may take, where the window can be shown.
    pub(crate) hidden: Option<u64>,
    pub(crate) firefox: bool,
}

/// The wrapper's arguments: the visit's own, and the circumstances.
pub(crate) fn arguments(args: &[Value], circumstances: &Circumstances<'_>) -> Vec<Value> {
    let mut all = args.to_vec();
    all.push(json!(circumstances));
    all
}

/// The expression that empties a frozen document and marks it as read.
pub(crate) fn wipe(mark: &str) -> String {
    format!("({})({})", include_str!("wipe.js").trim_end(), json!(mark))
}

/// What came back from the browser.
#[derive(Debug, PartialEq)]
pub(crate) enum Answer {
    /// The script called back; a callback without a value counts as `null`.
    Value(Value),
    /// A bare `null`: a prompt opened while the script waited (W3C, "execute async script").
    Prompt,
    /// The navigation has not begun yet.
    Blank,
    /// The document is the browser's own error page.
    Unreachable,
    /// The script did not call back while the window was hidden.
    Unseen,
    /// The page lives but the script did not call back in its time.
    Late,
    /// The script threw before it called back.
    Threw(String),
}

/// The wrapper's object. Exactly one field is there; a callback with `undefined` leaves none.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    value: Value,
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
                unreachable: Some(_),
                ..
            } => Self::Unreachable,
            Fields {
                threw: Some(message),
                ..
            } => Self::Threw(message),
            Fields { value, .. } => Self::Value(value),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_may_answer_null_but_a_bare_null_is_a_prompt() {
        assert_eq!(
            Answer::read(json!({ "value": null })),
            Some(Answer::Value(Value::Null))
        );
        assert_eq!(Answer::read(json!({})), Some(Answer::Value(Value::Null)));
        assert_eq!(Answer::read(Value::Null), Some(Answer::Prompt));
    }

    #[test]
    fn a_value_that_looks_like_the_wrappers_own_words_stays_a_value() {
        let value = json!({ "late": true });
        assert_eq!(
            Answer::read(json!({ "value": value })),
            Some(Answer::Value(value))
        );
    }

    #[test]
    fn a_comment_at_the_end_of_a_script_hides_nothing() {
        assert!(wrap("f() // last").contains("f() // last\n});"));
    }
}
