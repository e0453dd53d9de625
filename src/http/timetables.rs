//! `/v1/timetables`: the whole timetable.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::App;
use super::interface::Caller;
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
    caller: Caller,
    identifier: Result<Path<String>, PathRejection>,
) -> Response {
    let link = identifier
        .map_err(|_| InvalidLink::NotATimetable)
        .and_then(|Path(text)| text.parse::<Identifier>())
        .map(ShareLink::from);
    answer(&app, caller, link).await
}

/// `GET /v1/timetables?link=<link>`
pub(super) async fn by_link(
    State(app): State<App>,
    caller: Caller,
    named: Result<Query<Named>, QueryRejection>,
) -> Response {
    let text = named
        .ok()
        .and_then(|Query(named)| named.link)
        .unwrap_or_default();
    answer(&app, caller, text.parse()).await
}

async fn answer(app: &App, caller: Caller, link: Result<ShareLink, InvalidLink>) -> Response {
    let found = match link {
        Ok(link) => app.service.timetable(&link).await,
        Err(invalid) => Err(Fault::from(invalid)),
    };
    match found {
        Ok(found) => Outcome::found(&found).attached_to(Json(found.document()).into_response()),
        Err(fault) => caller.refuse(fault),
    }
}
