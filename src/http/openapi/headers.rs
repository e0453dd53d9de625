//! The headers of an answer made from one timetable, with examples.

use utoipa::Modify;
use utoipa::openapi::schema::{Schema, Type};
use utoipa::openapi::{Header, HeaderBuilder, Object, OpenApi, RefOr};

/// Answers that are made from one timetable.
const PATHS: [&str; 7] = [
    "/v1/timetables/{identifier}",
    "/v1/timetables",
    "/v1/timetables/{identifier}.ics",
    "/v1/timetables/{identifier}.svg",
    "/v1/timetables/{identifier}/slots",
    "/schedule",
    "/api/v1/fixed-schedules/everytime/{identifier}",
];

/// Name, type, meaning and an example of each header.
const HEADERS: [(&str, Type, &str, &str); 5] = [
    (
        "Cache-Status",
        Type::String,
        "Where the answer comes from (RFC 9211). `hit` was kept here; `ttl` says for how many seconds it is fresh \
         yet, and below zero, since how many it no longer is: it is being read anew. With \
         `detail=stale-if-error` the site fails and the answer is old; with `detail=shared` another replica read it. \
         `fwd=miss` was read for this request, `fwd=request` because it forced that.",
        "gonggang; hit; ttl=421",
    ),
    (
        "Age",
        Type::Integer,
        "Seconds since the timetable was read.",
        "179",
    ),
    (
        "ETag",
        Type::String,
        "Sent back as `If-None-Match` it gets a 304 as long as the timetable says the same.",
        "W/\"5e0b8b1c3d0a4f6f9a2b7c8d9e0f1a2b\"",
    ),
    (
        "Server-Timing",
        Type::String,
        "Milliseconds that this request waited for a session, for the page, and for its reading.",
        "queue;dur=0.0, render;dur=0.0, read;dur=0.0",
    ),
    (
        "X-Incomplete",
        Type::String,
        "`true` where the site does not show the times of some classes, so that hours that look free may be taken. \
         Absent where all times are known.",
        "true",
    ),
];

/// Puts them in.
pub(super) struct Headers;

impl Modify for Headers {
    fn modify(&self, document: &mut OpenApi) {
        for path in PATHS {
            let Some(item) = document.paths.paths.get_mut(path) else {
                continue;
            };
            for operation in item.get.iter_mut().chain(&mut item.post) {
                if let Some(RefOr::T(answer)) = operation.responses.responses.get_mut("200") {
                    let headers = HEADERS.map(|(name, kind, meaning, example)| {
                        (name.to_owned(), header(kind, meaning, example).into())
                    });
                    answer.headers.extend(headers);
                }
            }
        }
    }
}

fn header(kind: Type, meaning: &str, example: &str) -> Header {
    let example = match kind {
        Type::Integer => serde_json::from_str(example).ok(),
        _ => Some(example.into()),
    };
    HeaderBuilder::new()
        .schema(Some(Schema::Object(Object::with_type(kind))))
        .description(Some(meaning))
        .example(example)
        .build()
}
