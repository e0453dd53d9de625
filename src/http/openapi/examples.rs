//! Examples of the document: real answers, which a test compares with what the service says.

use utoipa::Modify;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::{OpenApi, RefOr};

/// What is answered to the examples that `parameters` gives: path, media type and text.
const ANSWERS: [(&str, &str, &str); 6] = [
    (
        "/v1/timetables/{identifier}",
        "application/json",
        include_str!("examples/timetable.json"),
    ),
    (
        "/v1/timetables",
        "application/json",
        include_str!("examples/timetable.json"),
    ),
    (
        "/v1/timetables/{identifier}/slots",
        "application/json",
        include_str!("examples/slots.json"),
    ),
    (
        "/v1/free",
        "application/json",
        include_str!("examples/free.json"),
    ),
    (
        "/schedule",
        "application/json",
        include_str!("examples/schedule.json"),
    ),
    (
        "/api/v1/fixed-schedules/everytime/{identifier}",
        "application/json",
        include_str!("examples/fixed_schedules.json"),
    ),
];

/// Body of the example request to `/v1/free`.
const FREE_REQUEST: &str = include_str!("examples/free_request.json");

/// Puts the examples in.
pub(super) struct Examples;

impl Modify for Examples {
    fn modify(&self, document: &mut OpenApi) {
        for (path, kind, text) in ANSWERS {
            if let Some(item) = document.paths.paths.get_mut(path) {
                operations(item).for_each(|operation| answer(operation, kind, text));
            }
        }
        if let Some(item) = document.paths.paths.get_mut("/v1/free") {
            operations(item).for_each(|operation| request(operation, FREE_REQUEST));
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    item.get.iter_mut().chain(&mut item.post)
}

fn answer(operation: &mut Operation, kind: &str, text: &str) {
    if let Some(RefOr::T(response)) = operation.responses.responses.get_mut("200")
        && let Some(RefOr::T(content)) = response.content.get_mut(kind)
    {
        content.example = serde_json::from_str(text).ok();
    }
}

fn request(operation: &mut Operation, text: &str) {
    if let Some(RefOr::T(body)) = &mut operation.request_body
        && let Some(RefOr::T(content)) = body.content.get_mut("application/json")
    {
        content.example = serde_json::from_str(text).ok();
    }
}
