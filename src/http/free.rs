//! `POST /v1/free`: when the owners of several timetables are free together.

use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::answer::Conditions;
use super::interface::Caller;
use super::members::{Members, Object};
use super::openapi::{FreeRequest, FullErrors};
use super::{App, link};
use crate::fault::{BadRequest, Fault, Parameter};
use crate::messages::{Language, message};
use crate::service::Found;
use crate::timetable::free::{CommonFree, FreeDay, Question, common};
use crate::timetable::is_false;
use crate::timetable::share_link::ShareLink;
use crate::timetable::slots::Granularity;
use crate::timetable::time::{TimeOfDay, TimeRange};

/// Links in one request.
const LINKS: std::ops::RangeInclusive<usize> = 2..=50;
/// Minutes in a day: no free time is longer.
const MINUTES_PER_DAY: u16 = 24 * 60;

/// What the owners of the readable timetables have in common.
#[derive(Serialize, ToSchema)]
pub(super) struct CommonTime {
    /// Minutes in a slot.
    granularity: Granularity,
    /// How many timetables were read: the *n* of "k of n are free".
    people: usize,
    /// One entry for each day asked about, Monday first.
    days: Vec<FreeDay>,
    /// One entry for each link, in the order given.
    links: Vec<LinkOutcome>,
    /// Present and true where one of the timetables is incomplete: a time listed as free may be
    /// taken.
    #[serde(skip_serializing_if = "is_false")]
    incomplete: bool,
}

/// What became of one link.
#[derive(Serialize, ToSchema)]
struct LinkOutcome {
    /// `null` where its timetable was read.
    #[schema(nullable)]
    fault: Option<LinkFault>,
    /// Present and true where its timetable was read but the times of some classes are not known.
    #[serde(skip_serializing_if = "is_false")]
    incomplete: bool,
}

/// Why a link's timetable is not part of the answer.
#[derive(Serialize, ToSchema)]
struct LinkFault {
    /// One of the stable codes.
    code: &'static str,
    /// One sentence for a person.
    detail: &'static str,
}

/// The free time of everyone whose timetable can be read; the other links each with their fault.
#[utoipa::path(
    post,
    operation_id = "common_free_time",
    path = "/v1/free",
    tag = "free time",
    request_body = FreeRequest,
    responses((status = 200, description = "Also where some links, or all, cannot be read", body = CommonTime), FullErrors)
)]
pub(super) async fn post(
    State(app): State<Arc<App>>,
    caller: Caller,
    conditions: Conditions,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let asked = link::read_body(body)
        .await
        .and_then(|body| Asked::in_body(&headers, &body));
    let asked = match asked {
        Ok(asked) => asked,
        Err(fault) => return caller.refuse(fault),
    };
    let links = asked.links.iter().map(|link| link.parse::<ShareLink>());
    let found = app
        .service
        .timetables(links.collect(), conditions.wanted)
        .await;
    let answer = asked.answered(&found, caller.language);
    ([(CACHE_CONTROL, "private, no-cache")], Json(answer)).into_response()
}

/// A question and whom it is about.
struct Asked {
    links: Vec<String>,
    question: Question,
}

impl Asked {
    fn in_body(headers: &HeaderMap, body: &Bytes) -> Result<Self, Fault> {
        let not_an_object = || Fault::BadRequest(BadRequest::NotAnObject);
        if link::content_type(headers) != "application/json" {
            return Err(not_an_object());
        }
        let Members(members) = serde_json::from_slice(body).map_err(|_| not_an_object())?;
        let members = members?;
        Ok(Self {
            links: links(&members)?,
            question: question(&members)?,
        })
    }

    fn answered(&self, found: &[Result<Found, Fault>], language: Language) -> CommonTime {
        let timetables: Vec<_> = found.iter().flatten().map(|f| &*f.timetable).collect();
        let CommonFree { people, days } = common(&timetables, &self.question);
        CommonTime {
            granularity: self.question.granularity,
            people,
            days,
            links: found.iter().map(|one| outcome(one, language)).collect(),
            incomplete: timetables.iter().any(|one| one.is_incomplete()),
        }
    }
}

fn outcome(found: &Result<Found, Fault>, language: Language) -> LinkOutcome {
    LinkOutcome {
        fault: found.as_ref().err().map(|fault| LinkFault {
            code: fault.code(),
            detail: message(fault, language),
        }),
        incomplete: found
            .as_ref()
            .is_ok_and(|found| found.timetable.is_incomplete()),
    }
}

fn links(members: &Object) -> Result<Vec<String>, Fault> {
    member(members, Parameter::Links)?
        .filter(|links: &Vec<String>| LINKS.contains(&links.len()))
        .ok_or_else(|| Parameter::Links.into())
}

/// What is not said is as [`Question::default`] has it: Monday to Friday, 09:00 to 22:00, by half
/// hours, of any length.
fn question(members: &Object) -> Result<Question, Fault> {
    let usual = Question::default();
    let days = member(members, Parameter::Days)?.unwrap_or(usual.days);
    let at_least = member(members, Parameter::AtLeastMinutes)?.unwrap_or(usual.at_least_minutes);
    if days.is_empty() {
        return Err(Parameter::Days.into());
    }
    if at_least > MINUTES_PER_DAY {
        return Err(Parameter::AtLeastMinutes.into());
    }
    Ok(Question {
        granularity: member(members, Parameter::Granularity)?.unwrap_or(usual.granularity),
        days,
        between: between(members)?.unwrap_or(usual.between),
        at_least_minutes: at_least,
    })
}

fn between(members: &Object) -> Result<Option<TimeRange>, Fault> {
    let ends: Option<[TimeOfDay; 2]> = member(members, Parameter::Between)?;
    let range = |[start, end]: [TimeOfDay; 2]| {
        TimeRange::new(start, end).ok_or_else(|| Parameter::Between.into())
    };
    ends.map(range).transpose()
}

/// A member of the body; `None` without it.
fn member<T: DeserializeOwned>(members: &Object, parameter: Parameter) -> Result<Option<T>, Fault> {
    let value = members.get(parameter.name());
    let read = value.map(|value| T::deserialize(value).map_err(|_| Fault::from(parameter)));
    read.transpose()
}
