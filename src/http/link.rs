//! The link in a request: an identifier in the path, the `url` of a query, a form or a JSON object, or
//! a whole text body.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Uri};
use http_body_util::BodyExt;
use serde_json::Value;
use tokio::time::timeout;
use utoipa::IntoParams;

use super::members::Members;
use super::query;
use crate::fault::{BadRequest, Fault, Parameter};
use timetable::share_link::{Identifier, InvalidLink, ShareLink};

/// Longest wait for a whole body.
const BODY_TIME: Duration = Duration::from_secs(5);

/// U+FEFF in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Largest accepted body in bytes: generous for a link in a share message.
const MAX_BODY_BYTES: usize = 256 * 1024;
/// Largest body that is read to its end before it is refused. A caller that is cut off while it sends
/// sees a broken connection instead of the refusal.
const MAX_DRAINED_BYTES: usize = 8 * 1024 * 1024;

/// An identifier in the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct IdentifierParameter {
    /// The 20 letters or digits after the `@` of a share link, with or without the `@`.
    #[param(pattern = "^@?[A-Za-z0-9]{20}$", example = "weekday0000000000000")]
    identifier: String,
}

/// The link of an identifier in a path.
///
/// # Errors
/// [`Fault::InvalidLink`] for anything else there.
pub(super) fn from_path(path: Result<Path<String>, PathRejection>) -> Result<ShareLink, Fault> {
    match path {
        Ok(Path(text)) => of_identifier(&text),
        Err(_) => Err(InvalidLink::NotATimetable.into()),
    }
}

/// The link of an identifier with or without its `@`.
pub(super) fn of_identifier(identifier: &str) -> Result<ShareLink, Fault> {
    let bare = identifier.strip_prefix('@').unwrap_or(identifier);
    Ok(bare.parse::<Identifier>().map(ShareLink::from)?)
}

/// The link that `parameter` of a query gives.
///
/// # Errors
/// [`Fault::MissingLink`] without one, [`Fault::InvalidLink`] where it is none,
/// [`BadRequest::Repeated`] for several: one would be ignored.
pub(super) fn from_query(uri: &Uri, parameter: Parameter) -> Result<ShareLink, Fault> {
    let text = query::one(uri, parameter)?.ok_or(Fault::MissingLink(Some(parameter)))?;
    parsed(&text, parameter)
}

fn parsed(text: &str, parameter: Parameter) -> Result<ShareLink, Fault> {
    text.parse()
        .map_err(|invalid| Fault::of_link(invalid, parameter))
}

/// The whole body, without a byte order mark.
///
/// # Errors
/// [`BadRequest::TooLarge`] beyond [`MAX_BODY_BYTES`], [`BadRequest::Body`] where it breaks off,
/// [`BadRequest::TooSlow`] if it takes longer than [`BODY_TIME`].
pub(super) async fn read_body(body: Body) -> Result<Bytes, Fault> {
    let body = timeout(BODY_TIME, read_all(body))
        .await
        .unwrap_or(Err(Fault::BadRequest(BadRequest::TooSlow)))?;
    Ok(match body.strip_prefix(BYTE_ORDER_MARK) {
        Some(text) => body.slice_ref(text),
        None => body,
    })
}

async fn read_all(mut body: Body) -> Result<Bytes, Fault> {
    let (mut bytes, mut received) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Fault::BadRequest(BadRequest::Body))?;
        let data = frame.into_data().unwrap_or_default();
        received += data.len();
        if received <= MAX_BODY_BYTES {
            bytes.extend_from_slice(&data);
        } else if received > MAX_DRAINED_BYTES {
            break;
        }
    }
    if received > MAX_BODY_BYTES {
        return Err(Fault::BadRequest(BadRequest::TooLarge));
    }
    Ok(bytes.into())
}

/// The link that a body gives, by its content type; without one it is plain text.
///
/// # Errors
/// Those of [`from_query`], [`Fault::BadRequest`] for a body that cannot be read.
pub(super) fn from_body(headers: &HeaderMap, body: &Bytes) -> Result<ShareLink, Fault> {
    match content_type(headers).as_str() {
        "application/json" => from_json(body),
        "application/x-www-form-urlencoded" => from_form(body),
        "text/plain" | "" => from_text(body),
        _ => Err(Fault::BadRequest(BadRequest::ContentType)),
    }
}

fn from_json(body: &[u8]) -> Result<ShareLink, Fault> {
    let Members(members) =
        serde_json::from_slice(body).map_err(|_| Fault::BadRequest(BadRequest::Body))?;
    match members?.remove(Parameter::Url.name()) {
        Some(Value::String(text)) => parsed(&text, Parameter::Url),
        Some(Value::Null) | None => Err(Fault::MissingLink(Some(Parameter::Url))),
        Some(_) => Err(Parameter::Url.into()),
    }
}

fn from_text(body: &[u8]) -> Result<ShareLink, Fault> {
    let text = std::str::from_utf8(body).map_err(|_| Fault::BadRequest(BadRequest::Body))?;
    Ok(text.parse()?)
}

fn from_form(body: &[u8]) -> Result<ShareLink, Fault> {
    let text = query::one_of(body, Parameter::Url)?;
    parsed(
        &text.ok_or(Fault::MissingLink(Some(Parameter::Url)))?,
        Parameter::Url,
    )
}

/// The content type in lower case without parameters; empty without one.
pub(super) fn content_type(headers: &HeaderMap) -> String {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default();
    kind.trim().to_ascii_lowercase()
}
