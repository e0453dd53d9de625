//! The parameters of a query, each given at most once.

use std::borrow::Cow;

use axum::http::Uri;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::fault::{BadRequest, Fault, Name, Parameter};

/// The one value of a parameter of the query; `None` without it.
///
/// # Errors
/// [`BadRequest::Repeated`] if it is given twice, because one would be ignored.
pub(super) fn one(uri: &Uri, parameter: Parameter) -> Result<Option<Cow<'_, str>>, Fault> {
    one_of(uri.query().unwrap_or_default().as_bytes(), parameter)
}

/// The same for a form's text.
///
/// # Errors
/// Those of [`one`].
pub(super) fn one_of(form: &[u8], parameter: Parameter) -> Result<Option<Cow<'_, str>>, Fault> {
    let name = parameter.name();
    let pairs = url::form_urlencoded::parse(form);
    let mut values = pairs.filter(|(found, _)| found == name);
    let first = values.next();
    match values.next() {
        None => Ok(first.map(|(_, value)| value)),
        Some(_) => Err(Fault::BadRequest(BadRequest::Repeated(Name::new(name)))),
    }
}

/// The value of a parameter with a fixed set of words; the default without it.
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
