//! The headers of the answers, with examples, and the answer to a caller that has the timetable.

use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{Schema, Type};
use utoipa::openapi::{
    Header, HeaderBuilder, Object, OpenApi, Ref, RefOr, Response, ResponseBuilder,
};
use utoipa::{Modify, ToSchema};

use crate::code::Code;

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

/// Answers to probes and to the operator: no caller's allowance counts for them.
const UNLIMITED: [&str; 4] = ["/livez", "/readyz", "/status", "/metrics"];
/// Answers that are plain text, faults too.
const PROBES: [&str; 2] = ["/livez", "/readyz"];

/// Name, type, meaning and an example of a header.
type Described = (&'static str, Type, &'static str, &'static str);

/// Headers of an answer that is made from a timetable.
const HEADERS: [Described; 5] = [
    (
        "Cache-Status",
        Type::String,
        "Where the answer comes from (RFC 9211). `hit` means cached here; `ttl` is the number of seconds of freshness \
         left, negative once stale, while it is read again. With \
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
        "Sent back as `If-None-Match` it gets a 304 as long as the timetable has the same content.",
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

/// What is left of a caller's allowance.
const RATE_LIMIT: [Described; 2] = [
    (
        "RateLimit",
        Type::String,
        "Where callers have an allowance: `r` requests are left of it, and all of it is there again after `t` \
         seconds. Where none is left, the next request is let in after `t` seconds.",
        "\"default\";r=59;t=1",
    ),
    (
        "RateLimit-Policy",
        Type::String,
        "Where callers have an allowance: `q` requests in `w` seconds.",
        "\"default\";q=60;w=60",
    ),
];

/// When to ask again.
const RETRY_AFTER: Described = (
    "Retry-After",
    Type::Integer,
    "Seconds until it makes sense to ask again; with 502 only where the site is left alone for a while.",
    "5",
);
/// Statuses that may have it.
const RETRIED: [&str; 3] = ["429", "502", "503"];

/// Puts them in.
pub(super) struct Headers;

impl Modify for Headers {
    fn modify(&self, document: &mut OpenApi) {
        for (path, item) in &mut document.paths.paths {
            let path = path.as_str();
            for operation in operations(item) {
                if PATHS.contains(&path) {
                    describe_timetable(operation);
                }
                if !PROBES.contains(&path) {
                    describe_faults(operation);
                }
                if !UNLIMITED.contains(&path) {
                    each_response(operation).for_each(|(_, one)| add(one, &RATE_LIMIT));
                }
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    item.get.iter_mut().chain(&mut item.post)
}

fn each_response(operation: &mut Operation) -> impl Iterator<Item = (&str, &mut Response)> {
    let responses = operation.responses.responses.iter_mut();
    responses.filter_map(|(status, response)| match response {
        RefOr::T(response) => Some((status.as_str(), response)),
        RefOr::Ref(_) => None,
    })
}

/// A timetable's own headers, and the 304 for a caller that has it.
fn describe_timetable(operation: &mut Operation) {
    let unchanged = ResponseBuilder::new()
        .description("The caller has this answer already; there is no body")
        .build();
    let responses = &mut operation.responses.responses;
    responses.insert("304".to_owned(), RefOr::T(unchanged));
    for (status, response) in each_response(operation) {
        if ["200", "304"].contains(&status) {
            add(response, &HEADERS);
        }
    }
    let known = ParameterBuilder::new()
        .name("If-None-Match")
        .parameter_in(ParameterIn::Header)
        .description(Some("The `ETag` of an earlier answer."))
        .schema(Some(schema(Type::String)));
    let parameters = operation.parameters.get_or_insert_default();
    parameters.push(known.build().into());
}

fn describe_faults(operation: &mut Operation) {
    for (status, response) in each_response(operation) {
        if status.starts_with(['4', '5']) {
            response
                .headers
                .insert("X-Fault-Code".to_owned(), fault_code().into());
        }
        if RETRIED.contains(&status) {
            add(response, &[RETRY_AFTER]);
        }
    }
}

fn fault_code() -> Header {
    HeaderBuilder::new()
        .schema(Some(Ref::from_schema_name(Code::name())))
        .description(Some(
            "The stable code of the fault, the same on every interface.",
        ))
        .build()
}

fn add(response: &mut Response, headers: &[Described]) {
    let headers = headers.iter().map(|(name, kind, meaning, example)| {
        let header = header(kind.clone(), meaning, example);
        ((*name).to_owned(), header.into())
    });
    response.headers.extend(headers);
}

fn schema(kind: Type) -> Schema {
    Schema::Object(Object::with_type(kind))
}

fn header(kind: Type, meaning: &str, example: &str) -> Header {
    let example = match kind {
        Type::Integer => serde_json::from_str(example).ok(),
        _ => Some(example.into()),
    };
    HeaderBuilder::new()
        .schema(Some(schema(kind)))
        .description(Some(meaning))
        .example(example)
        .build()
}
