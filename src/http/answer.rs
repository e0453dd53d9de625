//! An answer made from one timetable, with the headers about its origin and age.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::FromRequestParts;
use axum::http::header::{AGE, CACHE_CONTROL, CONTENT_TYPE, ETAG, InvalidHeaderValue};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde::Serialize;

use super::app::App;
use super::etag::{Known, Tag};
use super::interface::Caller;
use super::keys::KnownKey;
use super::request_log::{Outcome, Told};
use crate::cache::Lookup;
use crate::fault::Fault;
use crate::pseudonym::Pseudonym;
use crate::service::{Answer, CachePolicy};
use timetable::share_link::ShareLink;

const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
/// `true` if the times of some classes are not known; absent otherwise.
const INCOMPLETE: HeaderName = HeaderName::from_static("x-incomplete");
/// Callers may store the answer but must ask each time: a 304 is cheap.
const ASK_EACH_TIME: HeaderValue = HeaderValue::from_static("private, no-cache");
/// Room for the headers of a timetable's answer, those of the middleware included.
const USUAL_HEADERS: usize = 12;

/// The version that a caller has, and whether it accepts a cached answer.
#[derive(Debug, Clone)]
pub(super) struct Conditions {
    pub(super) policy: CachePolicy,
    known: Known,
}

impl<S: Sync> FromRequestParts<S> for Conditions {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self {
            policy: cache_policy(parts),
            known: Known::of(&parts.headers),
        })
    }
}

/// Only a caller with a key may bypass the cache. `headers::CacheControl` would not do: it knows
/// directives in small letters only, and drops the whole header for one bad number.
fn cache_policy(parts: &Parts) -> CachePolicy {
    let mut lines = parts.headers.get_all(CACHE_CONTROL).iter();
    let says_no_cache = lines.any(|line| {
        let directives = line.to_str().unwrap_or_default().split(',');
        directives
            .map(str::trim)
            .any(|directive| directive.eq_ignore_ascii_case("no-cache"))
    });
    if says_no_cache && parts.extensions.get::<KnownKey>().is_some() {
        CachePolicy::Bypass
    } else {
        CachePolicy::Use
    }
}

/// A body and its entity tag.
pub(super) struct Content {
    kind: &'static str,
    bytes: Bytes,
    tag: Tag,
}

impl Content {
    /// Bytes that change with the timetable only.
    pub(super) fn new(kind: &'static str, bytes: Vec<u8>) -> Self {
        let tag = Tag::strong(&bytes);
        Self {
            kind,
            bytes: bytes.into(),
            tag,
        }
    }

    /// JSON that changes with the timetable only.
    ///
    /// # Errors
    /// [`Fault::internal`] if it cannot be written.
    pub(super) fn json(value: &impl Serialize) -> Result<Self, Fault> {
        Ok(Self::new("application/json", written(value)?))
    }

    /// The whole timetable as the cache holds it.
    ///
    /// # Errors
    /// [`Fault::internal`] if it cannot be written.
    pub(super) fn document(found: &Answer) -> Result<Self, Fault> {
        let json = found.entry.json.as_ref();
        let json = json.ok_or_else(|| Fault::internal("the timetable cannot be written"))?;
        Ok(Self {
            kind: "application/json",
            bytes: json.bytes.clone(),
            tag: Tag::weak(&json.version),
        })
    }

    /// The answer, or 304 if the caller has it.
    fn for_caller(self, conditions: &Conditions) -> Response {
        let mut headers = HeaderMap::with_capacity(USUAL_HEADERS);
        if let Some(tag) = self.tag.header() {
            headers.insert(ETAG, tag);
        }
        let mut response = Response::default();
        if conditions.known.holds(&self.tag) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        } else {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.kind));
            *response.body_mut() = Body::from(self.bytes);
        }
        *response.headers_mut() = headers;
        response
    }
}

fn written(value: &impl Serialize) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(value).map_err(Fault::internal)
}

/// A question to the service and its result.
pub(super) struct Asked {
    /// The timetable's name in the log; `None` if the link was invalid.
    about: Option<Pseudonym>,
    pub(super) found: Result<Answer, Fault>,
}

impl App {
    /// Asks for the timetable that `link` names.
    pub(super) async fn ask(
        &self,
        link: Result<ShareLink, Fault>,
        conditions: &Conditions,
    ) -> Asked {
        match link {
            Ok(link) => {
                let found = self.service.timetable_as(&link, conditions.policy).await;
                let kept = found.as_ref().map(|found| found.entry.pseudonym);
                let about = Some(kept.unwrap_or_else(|_| Pseudonym::of(link.identifier())));
                Asked { about, found }
            }
            Err(fault) => Asked {
                about: None,
                found: Err(fault),
            },
        }
    }
}

impl Asked {
    /// The whole answer: the result of `content`, or the fault on the caller's interface.
    pub(super) fn answer(
        self,
        content: impl FnOnce(&Answer) -> Result<Content, Fault>,
        conditions: &Conditions,
        caller: Caller,
    ) -> Response {
        let about = self.about;
        let is_incomplete = self
            .found
            .as_ref()
            .is_ok_and(|found| found.timetable().is_incomplete());
        let made = self.found.and_then(|found| Ok((content(&found)?, found)));
        let mut response = match made {
            Ok((content, found)) => {
                let response = with_provenance(&found, content.for_caller(conditions));
                Outcome::found(&found).attached_to(response)
            }
            Err(fault) => caller.refuse(fault),
        };
        if is_incomplete {
            let yes = HeaderValue::from_static("true");
            response.headers_mut().insert(INCOMPLETE, yes);
        }
        attached(about, response)
    }

    /// An answer without a timetable.
    pub(super) fn answer_with(self, fault: Fault, response: Response) -> Response {
        attached(self.about, Outcome::Fault(fault).attached_to(response))
    }
}

/// Attaches the timetable's name for the log.
fn attached(about: Option<Pseudonym>, mut response: Response) -> Response {
    if let Some(told) = response.extensions_mut().get_mut::<Told>() {
        told.about = about;
    }
    response
}

fn with_provenance(found: &Answer, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(AGE, HeaderValue::from(found.age.as_secs()));
    headers.insert(CACHE_CONTROL, ASK_EACH_TIME);
    for (name, value) in [
        (CACHE_STATUS, HeaderValue::try_from(cache_status(found))),
        (SERVER_TIMING, server_timing(found)),
    ] {
        if let Ok(value) = value {
            headers.insert(name, value);
        }
    }
    response
}

/// `Cache-Status` of RFC 9211; a negative `ttl` means seconds since the answer was fresh.
fn cache_status(found: &Answer) -> String {
    let ttl = found.ttl;
    match found.lookup {
        Lookup::Hit | Lookup::Stale => format!("gonggang; hit; ttl={ttl}"),
        Lookup::Shared => format!("gonggang; hit; detail=shared; ttl={ttl}"),
        Lookup::StaleIfError => format!("gonggang; hit; detail=stale-if-error; ttl={ttl}"),
        Lookup::Miss => format!("gonggang; fwd=miss; stored; ttl={ttl}"),
        Lookup::Refresh => format!("gonggang; fwd=request; stored; ttl={ttl}"),
    }
}

/// [`server_timing`] of a cached answer.
const NO_WAIT: HeaderValue =
    HeaderValue::from_static("queue;dur=0.0, render;dur=0.0, read;dur=0.0");

/// What this request waited for.
fn server_timing(found: &Answer) -> Result<HeaderValue, InvalidHeaderValue> {
    if !found.lookup.is_read() {
        return Ok(NO_WAIT);
    }
    let took = found.waited();
    let millis = |duration: Duration| duration.as_secs_f64() * 1000.0;
    HeaderValue::try_from(format!(
        "queue;dur={:.1}, render;dur={:.1}, read;dur={:.1}",
        millis(took.queue),
        millis(took.render),
        millis(took.read)
    ))
}
