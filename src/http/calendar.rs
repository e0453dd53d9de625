//! `/v1/timetables/{identifier}.ics`: the week as a calendar file.

use axum::http::Uri;
use axum::response::Response;
use jiff::Timestamp;
use utoipa::IntoParams;

use super::answer::{Conditions, Content};
use super::app::App;
use super::interface::Caller;
use super::link::IdentifierParameter;
use super::openapi::errors::FullErrors;
use super::query;
use crate::fault::{Fault, Parameter};
use crate::messages::Language;
use crate::service::Answer;
use timetable::render::ical::{Detail, Export, InvalidTerm, Term, calendar};
use timetable::render::words::{ENGLISH, KOREAN, Words};
use timetable::share_link::ShareLink;

/// What the file is to hold.
struct Wish {
    term: Term,
    detail: Detail,
    words: &'static Words,
}

impl Wish {
    fn asked_in(uri: &Uri, language: Language) -> Result<Self, Fault> {
        Ok(Self {
            term: term(uri)?,
            detail: query::word(uri, Parameter::Detail)?,
            words: match language {
                Language::Korean => &KOREAN,
                Language::English => &ENGLISH,
            },
        })
    }

    fn granted(&self, found: &Answer) -> Result<Content, Fault> {
        // The time of the reading: the same reading gives the same file, so that callers can store it.
        let made_at = Timestamp::try_from(found.entry.fetched_at()).map_err(Fault::internal)?;
        let export = Export {
            term: self.term,
            detail: self.detail,
            made_at,
            words: self.words,
        };
        let file = calendar(found.timetable(), &export);
        Ok(Content::new(
            "text/calendar; charset=utf-8",
            file.into_bytes(),
        ))
    }
}

/// The page does not say when its term begins and ends, so the caller has to.
fn term(uri: &Uri) -> Result<Term, Fault> {
    let from = query::one(uri, Parameter::From)?.ok_or(Fault::from(Parameter::From))?;
    let until = query::one(uri, Parameter::Until)?.ok_or(Fault::from(Parameter::Until))?;
    // Each alone first, to report which of the two is wrong.
    Term::parse(&from, &from).map_err(|_| Fault::from(Parameter::From))?;
    Term::parse(&from, &until).map_err(|_: InvalidTerm| Parameter::Until.into())
}

/// What a calendar file is to hold.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its schema is used")]
struct CalendarParameters {
    /// First day of the term, in the years 1989 to 9998.
    #[param(format = Date, example = "2026-09-01")]
    from: String,
    /// Last day of the term, not before the first.
    #[param(format = Date, example = "2026-12-18")]
    until: String,
    /// `busy` hides names, places and professors.
    #[param(required = false)]
    detail: Detail,
}

/// The classes as weekly events between two days, in Seoul's time.
#[utoipa::path(
    get,
    operation_id = "calendar",
    path = "/v1/timetables/{identifier}.ics",
    tag = "timetables",
    params(IdentifierParameter, CalendarParameters),
    responses(
        (status = 200, description = "A calendar file (RFC 5545)", body = String, content_type = "text/calendar"),
        FullErrors,
    )
)]
pub(super) async fn get(
    app: &App,
    caller: Caller,
    conditions: &Conditions,
    link: ShareLink,
    uri: &Uri,
) -> Response {
    let wish = match Wish::asked_in(uri, caller.language) {
        Ok(wish) => wish,
        Err(fault) => return caller.refuse(fault),
    };
    let asked = app.ask(Ok(link), conditions).await;
    asked.answer(|found| wish.granted(found), conditions, caller)
}
