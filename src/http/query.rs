//! The parameters of a query, each given at most once.

use std::borrow::Cow;

use axum::http::Uri;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::fault::{BadRequest, Fault, Parameter};

/// The values of the query's parameter `name`, in order.
pub(super) fn all<'a>(uri: &'a Uri, name: &'static str) -> impl Iterator<Item = Cow<'a, str>> {
    url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .filter(move |(found, _)| found == name)
        .map(|(_, value)| value)
}

/// The one value of a parameter; `None` without it.
///
/// # Errors
/// [`BadRequest::Repeated`] where it is given twice: one of the two would be ignored.
pub(super) fn one(uri: &Uri, parameter: Parameter) -> Result<Option<Cow<'_, str>>, Fault> {
    let mut values = all(uri, parameter.name());
    let first = values.next();
    match values.next() {
        None => Ok(first),
        Some(_) => Err(Fault::BadRequest(BadRequest::Repeated)),
    }
}

/// The one word of a parameter that takes one of a few; the default without it.
///
/// # Errors
/// The fault of that parameter for any other word.
pub(super) fn word<T: DeserializeOwned + Default>(
    uri: &Uri,
    parameter: Parameter,
) -> Result<T, Fault> {
    match one(uri, parameter)? {
        None => Ok(T::default()),
        Some(text) => {
            serde_json::from_value(Value::String(text.into_owned())).map_err(|_| parameter.into())
        }
    }
}
