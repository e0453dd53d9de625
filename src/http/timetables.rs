//! `/v1/timetables`: the whole timetable, and the form that a name requests.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use utoipa::IntoParams;

use super::answer::{Conditions, Content};
use super::app::App;
use super::interface::Caller;
use super::link::{self, IdentifierParameter};
use super::openapi::errors::FullErrors;
use super::{calendar, picture};
use crate::fault::{Fault, Parameter};
use crate::reading::Document;
use timetable::share_link::{InvalidLink, ShareLink};

/// `GET /v1/timetables/{name}`: an identifier, and after a dot the requested form.
pub(super) async fn by_name(
    State(app): State<Arc<App>>,
    caller: Caller,
    conditions: Conditions,
    name: Result<Path<String>, PathRejection>,
    uri: Uri,
) -> Response {
    let Ok(Path(name)) = name else {
        return caller.refuse(InvalidLink::NotATimetable.into());
    };
    // An identifier has no dot, so an unknown form makes it invalid.
    match name.split_once('.') {
        Some((identifier, "ics")) => match link::of_identifier(identifier) {
            Ok(link) => calendar::get(&app, caller, &conditions, link, &uri).await,
            Err(fault) => caller.refuse(fault),
        },
        Some((identifier, "svg")) => match link::of_identifier(identifier) {
            Ok(link) => picture::get(&app, caller, &conditions, link).await,
            Err(fault) => caller.refuse(fault),
        },
        _ => by_identifier(&app, caller, &conditions, &name).await,
    }
}

/// The timetable that an identifier names.
#[utoipa::path(
    get,
    operation_id = "timetable",
    path = "/v1/timetables/{identifier}",
    tag = "timetables",
    params(IdentifierParameter),
    responses((status = 200, description = "The whole timetable", body = Document), FullErrors)
)]
pub(super) async fn by_identifier(
    app: &App,
    caller: Caller,
    conditions: &Conditions,
    identifier: &str,
) -> Response {
    document(app, caller, conditions, link::of_identifier(identifier)).await
}

/// A link in the query.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its schema is used")]
struct LinkParameter {
    /// A share link, the app's whole share message, `@identifier` or the identifier alone.
    #[param(example = "https://everytime.kr/@weekday0000000000000")]
    link: String,
}

/// The timetable that a pasted link or share message names.
#[utoipa::path(
    get,
    operation_id = "timetable_of_link",
    path = "/v1/timetables",
    tag = "timetables",
    params(LinkParameter),
    responses((status = 200, description = "The whole timetable", body = Document), FullErrors)
)]
pub(super) async fn by_link(
    State(app): State<Arc<App>>,
    caller: Caller,
    conditions: Conditions,
    uri: Uri,
) -> Response {
    let link = link::from_query(&uri, Parameter::Link);
    document(&app, caller, &conditions, link).await
}

async fn document(
    app: &App,
    caller: Caller,
    conditions: &Conditions,
    link: Result<ShareLink, Fault>,
) -> Response {
    let asked = app.ask(link, conditions).await;
    asked.answer(Content::document, conditions, caller)
}
