//! The OpenAPI 3.1 document, made from the handlers and the types they answer with.

pub(super) mod errors;
mod examples;
mod headers;

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::{OpenApi as Document, RefOr, Required};
use utoipa::{Modify, OpenApi};

use super::onetime::codes::{FixedSchedulesCode, ScheduleCode};
use super::onetime::{Envelope, fixed_schedules, schedule};
use super::problem::Problem;
use super::{calendar, free, health, picture, slots, timetables};
use examples::Examples;
use headers::Headers;
use timetable::render::ical::Detail;

/// Everything that is served, the web page, `/docs` and this document aside.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "gonggang",
        description = "From a shared Everytime timetable link to the hours it blocks and the hours it leaves free.",
    ),
    paths(
        timetables::by_identifier,
        timetables::by_link,
        calendar::get,
        picture::get,
        slots::get,
        free::post,
        schedule::get,
        schedule::post,
        fixed_schedules::get,
        health::livez,
        health::readyz,
        health::status,
        health::metrics,
    ),
    components(schemas(
        Problem,
        Envelope<ScheduleCode>,
        Envelope<FixedSchedulesCode>,
        Detail,
    )),
    security((), ("key" = [])),
    modifiers(&Key, &Bodies, &Examples, &Headers),
)]
struct Description;

/// How a key is sent, where the service asks for one.
struct Key;

impl Modify for Key {
    fn modify(&self, document: &mut Document) {
        let header = ApiKey::Header(ApiKeyValue::new("X-API-Key"));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("key", SecurityScheme::ApiKey(header));
    }
}

/// Where a body is described, it has to be there.
struct Bodies;

impl Modify for Bodies {
    fn modify(&self, document: &mut Document) {
        for item in document.paths.paths.values_mut() {
            let bodies = item.post.iter_mut().flat_map(|post| &mut post.request_body);
            for body in bodies {
                if let RefOr::T(body) = body {
                    body.required = Some(Required::True);
                }
            }
        }
    }
}

/// `GET /openapi.json`: written once, every answer shares its bytes.
pub(super) async fn document() -> impl IntoResponse {
    static WRITTEN: LazyLock<Bytes> = LazyLock::new(|| {
        let document = serde_json::to_vec(&Description::openapi());
        document.unwrap_or_default().into()
    });
    let headers = [
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_TYPE, "application/json"),
    ];
    (headers, WRITTEN.clone())
}
