//! `/schedule`: what the frontends of March and September 2025 ask.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use utoipa::{IntoParams, ToSchema};

use super::codes::ScheduleCode;
use super::{Envelope, Payload, success};
use crate::code::Code;
use crate::fault::{Fault, Parameter};
use crate::http::answer::{Conditions, Content};
use crate::http::app::App;
use crate::http::interface::Caller;
use crate::http::link;
use crate::http::openapi::errors::EnvelopeErrors;
use crate::service::Answer;
use timetable::NotAvailable;
use timetable::share_link::ShareLink;

/// What these frontends show when all went well.
const SUCCESS: &str = "유저 고정 스케줄 조회에 성공했습니다.";

/// A link in the query of the OneTime interface.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its schema is used")]
struct UrlParameter {
    /// A share link, the app's whole share message, `@identifier` or the identifier alone.
    #[param(example = "https://everytime.kr/@weekday0000000000000")]
    url: String,
}

/// The busy half hours of a link in the query: what OneTime's frontends of 2025 ask.
#[utoipa::path(
    get,
    operation_id = "schedule",
    path = "/schedule",
    tag = "OneTime",
    params(UrlParameter),
    responses((status = 200, description = "The busy half hours", body = Envelope<ScheduleCode>), EnvelopeErrors<ScheduleCode>)
)]
pub(in crate::http) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    conditions: Conditions,
    uri: Uri,
) -> Response {
    answer(
        &app,
        caller,
        &conditions,
        link::from_query(&uri, Parameter::Url),
    )
    .await
}

/// A link in a body.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct LinkBody {
    /// A share link, the app's whole share message, `@identifier` or the identifier alone.
    #[schema(example = "https://everytime.kr/@weekday0000000000000")]
    url: String,
}

/// A link as a whole body.
#[derive(ToSchema)]
#[schema(value_type = String, example = "https://everytime.kr/@weekday0000000000000")]
#[expect(dead_code, reason = "only its schema is used")]
struct LinkText(String);

/// The busy half hours of a link in the body.
#[utoipa::path(
    post,
    operation_id = "schedule_posted",
    path = "/schedule",
    tag = "OneTime",
    request_body(
        content(
            (LinkBody = "application/json"),
            (LinkBody = "application/x-www-form-urlencoded"),
            (LinkText = "text/plain"),
        ),
        description = "The link, or the app's whole share message",
    ),
    responses((status = 200, description = "The busy half hours", body = Envelope<ScheduleCode>), EnvelopeErrors<ScheduleCode>)
)]
pub(in crate::http) async fn post(
    State(app): State<Arc<App>>,
    caller: Caller,
    conditions: Conditions,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let link = link::read_body(body)
        .await
        .and_then(|body| link::from_body(&headers, &body));
    answer(&app, caller, &conditions, link).await
}

async fn answer(
    app: &App,
    caller: Caller,
    conditions: &Conditions,
    link: Result<ShareLink, Fault>,
) -> Response {
    let asked = app.ask(link, conditions).await;
    // A semester without a timetable blocks no hour, and this interface returns only blocked hours.
    if asked
        .found
        .as_ref()
        .is_err_and(|fault| fault.code() == Code::NoTimetable)
    {
        let response =
            Json(success(ScheduleCode::Success, SUCCESS, Payload::empty())).into_response();
        return asked.answer_with(NotAvailable::NoTimetable.into(), response);
    }
    let content = |found: &Answer| {
        let payload = Payload::of(found.timetable(), app.config.rounding);
        Content::json(&success(ScheduleCode::Success, SUCCESS, payload))
    };
    asked.answer(content, conditions, caller)
}
