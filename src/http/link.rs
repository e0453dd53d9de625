//! The link in a request: the `url` of a query, a form or a JSON object, or a whole text body.

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Uri};
use http_body_util::BodyExt;
use serde::Deserialize;

use crate::fault::{BadRequest, Fault};

/// Largest body that is looked at, in bytes: a link and generous room for a share message.
const MAX_BODY_BYTES: usize = 256 * 1024;
/// Largest body that is read to its end before it is refused. A caller that is cut off while it
/// sends sees a broken connection instead of the refusal.
const MAX_DRAINED_BYTES: usize = 8 * 1024 * 1024;

/// The one parameter of `/schedule`.
#[derive(Deserialize)]
struct Parameters {
    url: Option<String>,
}

/// The text of the link that a query gives.
///
/// # Errors
/// [`Fault::MissingLink`] without a `url`.
pub(super) fn from_query(uri: &Uri) -> Result<String, Fault> {
    let pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    url_among(pairs)
}

/// The whole body.
///
/// # Errors
/// [`BadRequest::TooLarge`] beyond [`MAX_BODY_BYTES`], [`BadRequest::Body`] where it breaks off.
pub(super) async fn read_body(mut body: Body) -> Result<Bytes, Fault> {
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

/// The text of the link that a body gives, by its content type; without one it is plain text.
///
/// # Errors
/// [`Fault::MissingLink`] without a `url`, [`Fault::BadRequest`] for a body that cannot be read.
pub(super) fn from_body(headers: &HeaderMap, body: &Bytes) -> Result<String, Fault> {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kind = kind
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match kind.as_str() {
        "application/json" => from_json(body),
        "application/x-www-form-urlencoded" => url_among(url::form_urlencoded::parse(body)),
        "text/plain" | "" => from_text(body),
        _ => Err(Fault::BadRequest(BadRequest::ContentType)),
    }
}

fn from_json(body: &[u8]) -> Result<String, Fault> {
    let parameters: Parameters =
        serde_json::from_slice(body).map_err(|_| Fault::BadRequest(BadRequest::Body))?;
    parameters.url.ok_or(Fault::MissingLink)
}

fn from_text(body: &[u8]) -> Result<String, Fault> {
    let text = std::str::from_utf8(body).map_err(|_| Fault::BadRequest(BadRequest::Body))?;
    Ok(text.to_owned())
}

fn url_among(pairs: url::form_urlencoded::Parse<'_>) -> Result<String, Fault> {
    let mut pairs = pairs;
    let found = pairs.find(|(name, _)| name == "url");
    found
        .map(|(_, link)| link.into_owned())
        .ok_or(Fault::MissingLink)
}
