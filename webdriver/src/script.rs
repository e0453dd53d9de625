//! A visit's script inside the fleet's wrapper, and the wrapper's answers. Pure.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::config::Browser;

/// The wrapper around the script, sent to the browser as one async script.
pub(crate) fn wrap(body: &str) -> String {
    include_str!("wrapper.js").replacen("/*BODY*/", body, 1)
}

/// The wrapper's arguments: the visit's own, the prompts so far, two times in milliseconds, the path
/// that marks a document as the last visit's, and whether this is Firefox.
pub(crate) fn arguments(
    args: &[Value],
    alerts: &[String],
    left: Duration,
    spare: Duration,
    mark: &str,
    kind: Browser,
) -> Vec<Value> {
    let mut all = args.to_vec();
    all.push(json!(alerts));
    all.push(json!(left.as_millis() as u64));
    all.push(json!(spare.as_millis() as u64));
    all.push(json!(mark));
    all.push(json!(kind == Browser::Firefox));
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
