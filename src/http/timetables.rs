//! `/v1/timetables`: the whole timetable, and which of its forms a name asks for.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;

use super::answer::{Conditions, Content};
use super::interface::Caller;
use super::openapi::{FullErrors, IdentifierParameter, LinkParameter};
use super::{App, calendar, picture};
use crate::fault::{Fault, Parameter};
use crate::reading::Document;
use timetable::share_link::{Identifier, InvalidLink, ShareLink};

/// `GET /v1/timetables/{name}`: an identifier, and behind a dot the form it is wanted in.
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
    // An identifier has no dot, so a form that is not known leaves none that is valid.
    match name.split_once('.') {
        Some((identifier, "ics")) => match link(identifier) {
            Ok(link) => calendar::get(&app, caller, &conditions, link, &uri).await,
            Err(fault) => caller.refuse(fault),
        },
        Some((identifier, "svg")) => match link(identifier) {
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
    document(app, caller, conditions, link(identifier)).await
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
    let link = super::link::from_query(&uri, Parameter::Link);
    document(&app, caller, &conditions, link).await
}

/// The link of an identifier in a path.
///
/// # Errors
/// [`Fault::InvalidLink`] for anything else there.
pub(super) fn identified(path: Result<Path<String>, PathRejection>) -> Result<ShareLink, Fault> {
    match path {
        Ok(Path(text)) => link(&text),
        Err(_) => Err(InvalidLink::NotATimetable.into()),
    }
}

fn link(identifier: &str) -> Result<ShareLink, Fault> {
    let bare = identifier.strip_prefix('@').unwrap_or(identifier);
    Ok(bare.parse::<Identifier>().map(ShareLink::from)?)
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
