//! `/v1/timetables`: the whole timetable.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::App;
use super::language::Speaks;
use super::problem::Problem;
use super::request_log::Outcome;
use crate::fault::Fault;
use crate::timetable::share_link::{Identifier, InvalidLink, ShareLink};

/// How a timetable is named where its identifier is not in the path.
#[derive(Deserialize)]
pub(super) struct Named {
    link: Option<String>,
}

/// `GET /v1/timetables/{identifier}`
pub(super) async fn by_identifier(
    State(app): State<App>,
    Speaks(language): Speaks,
    identifier: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Response {
    let link = identifier
        .map_err(|_| InvalidLink::NotATimetable)
        .and_then(|Path(text)| text.parse::<Identifier>())
        .map(ShareLink::from);
    match link {
        Ok(link) => answer(&app, link, language).await,
        Err(invalid) => Problem(invalid.into(), language).into_response(),
    }
}

/// `GET /v1/timetables?link=<link>`
pub(super) async fn by_link(
    State(app): State<App>,
    Speaks(language): Speaks,
    named: Result<Query<Named>, QueryRejection>,
) -> Response {
    let text = named
        .ok()
        .and_then(|Query(named)| named.link)
        .unwrap_or_default();
    match text.parse() {
        Ok(link) => answer(&app, link, language).await,
        Err(invalid) => Problem(Fault::from(invalid), language).into_response(),
    }
}

async fn answer(app: &App, link: ShareLink, language: crate::messages::Language) -> Response {
    match app.service.timetable(&link).await {
        Ok(found) => {
            let mut response = Json(found.document()).into_response();
            response.extensions_mut().insert(Outcome::found(&found));
            response
        }
        Err(fault) => Problem(fault, language).into_response(),
    }
}
