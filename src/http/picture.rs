//! `/v1/timetables/{identifier}.svg`: the week as a picture.

use axum::response::Response;

use super::answer::{Conditions, Content};
use super::app::App;
use super::interface::Caller;
use super::link::IdentifierParameter;
use super::openapi::errors::FullErrors;
use crate::messages::Language;
use crate::service::Answer;
use timetable::render::svg;
use timetable::render::words::{ENGLISH, KOREAN};
use timetable::share_link::ShareLink;

/// The week drawn as a picture, light or dark as its viewer prefers.
#[utoipa::path(
    get,
    operation_id = "picture",
    path = "/v1/timetables/{identifier}.svg",
    tag = "timetables",
    params(IdentifierParameter),
    responses(
        (status = 200, description = "An SVG picture", body = String, content_type = "image/svg+xml"),
        FullErrors,
    )
)]
pub(super) async fn get(
    app: &App,
    caller: Caller,
    conditions: &Conditions,
    link: ShareLink,
) -> Response {
    let words = match caller.language {
        Language::Korean => &KOREAN,
        Language::English => &ENGLISH,
    };
    let asked = app.ask(Ok(link), conditions).await;
    let drawn = |found: &Answer| {
        let picture = svg::week(found.timetable(), words);
        Ok(Content::new("image/svg+xml", picture.into_bytes()))
    };
    asked.answer(drawn, conditions, caller)
}
