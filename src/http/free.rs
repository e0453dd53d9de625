//! `POST /v1/free`: when the owners of several timetables are free together.

mod request;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Conditions;
use super::app::App;
use super::interface::Caller;
use super::link;
use super::openapi::errors::FullErrors;
use crate::code::Code;
use crate::fault::Fault;
use crate::messages::{Language, message};
use crate::service::{Answer, CachePolicy};
use request::FreeRequest;
use timetable::Timetable;
use timetable::free::{FreeDay, Person, Question, common};
use timetable::share_link::{InvalidLink, ShareLink};
use timetable::slots::Granularity;

/// What the owners of the readable timetables have in common.
#[derive(Serialize, ToSchema)]
pub(super) struct CommonTime {
    /// Minutes in a slot.
    granularity: Granularity,
    /// How many different timetables were read: the *n* of "k of n are free".
    people: usize,
    /// One entry for each day asked about, Monday first.
    days: Vec<FreeDay>,
    /// One entry for each link, in the order given.
    links: Vec<LinkOutcome>,
    /// Whether the timetables are of different terms, as far as their terms are known: then they never
    /// hold in the same week.
    mixed_terms: bool,
    /// Present and true where one of the timetables is incomplete: a time listed as free may be
    /// taken.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    incomplete: bool,
}

/// What became of one link.
#[derive(Serialize, ToSchema)]
struct LinkOutcome {
    /// `null` where its timetable was read.
    #[schema(required)]
    fault: Option<LinkFault>,
    /// The term as the page words it; `null` where it is not known or the timetable was not read.
    #[schema(required)]
    title: Option<String>,
    /// Calendar year of the term; `null` like the title.
    #[schema(required)]
    year: Option<u16>,
    /// `1`, `2`, `여름` or `겨울`; `null` like the title.
    #[schema(required)]
    semester: Option<String>,
    /// Present where an earlier link leads to the same timetable: the place of that link, counted from
    /// 0. The two are one person, whom the slots name by the earlier link.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    same_as: Option<usize>,
    /// Present and true where its timetable was read but the times of some classes are not known.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    incomplete: bool,
}

/// Why a link's timetable is not part of the answer.
#[derive(Serialize, ToSchema)]
struct LinkFault {
    code: Code,
    /// One sentence for a person.
    detail: Cow<'static, str>,
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
    let request = link::read_body(body)
        .await
        .and_then(|body| FreeRequest::in_body(&headers, &body));
    let request = match request {
        Ok(request) => request,
        Err(fault) => return caller.refuse(fault),
    };
    let answers = Answers::of(&app, &request.links, conditions.policy).await;
    let answer = answers.common(&request.question(), caller.language);
    ([(CACHE_CONTROL, "private, no-cache")], Json(answer)).into_response()
}

/// What the service says to the links of a request, each timetable asked for once.
struct Answers {
    /// For each link the place of the first that leads to the same timetable: its own as a rule.
    firsts: Vec<usize>,
    /// By the place of the first link that leads there.
    found: BTreeMap<usize, Result<Answer, Fault>>,
}

impl Answers {
    async fn of(app: &App, texts: &[String], policy: CachePolicy) -> Self {
        let links: Vec<_> = texts.iter().map(|text| text.parse()).collect();
        let firsts = firsts(&links);
        let (places, different): (Vec<_>, Vec<_>) = (links.into_iter().enumerate())
            .filter(|(place, _)| firsts[*place] == *place)
            .unzip();
        let found = app.service.timetables(different, policy).await;
        Self {
            firsts,
            found: places.into_iter().zip(found).collect(),
        }
    }

    fn common(&self, question: &Question, language: Language) -> CommonTime {
        let read = self.found.iter().filter_map(|(&link, found)| {
            let timetable = found.as_ref().ok()?.timetable();
            Some(Person { link, timetable })
        });
        let people: Vec<_> = read.collect();
        let mut timetables = people.iter().map(|person| person.timetable);
        CommonTime {
            granularity: question.granularity,
            people: people.len(),
            days: common(&people, question),
            links: self.outcomes(language),
            mixed_terms: are_mixed(timetables.clone()),
            incomplete: timetables.any(Timetable::is_incomplete),
        }
    }

    fn outcomes(&self, language: Language) -> Vec<LinkOutcome> {
        let outcome = |(place, first)| LinkOutcome {
            same_as: (first != place).then_some(first),
            ..outcome(&self.found[&first], language)
        };
        let links = self.firsts.iter().copied().enumerate();
        links.map(outcome).collect()
    }
}

/// For each link the place of the first with the same identifier; of what is no link, its own.
fn firsts(links: &[Result<ShareLink, InvalidLink>]) -> Vec<usize> {
    let mut known = HashMap::new();
    let first = |(place, link): (usize, &Result<ShareLink, _>)| match link {
        Ok(link) => *known.entry(link.identifier().clone()).or_insert(place),
        Err(_) => place,
    };
    links.iter().enumerate().map(first).collect()
}

/// Whether two of the timetables are of different terms.
fn are_mixed<'a>(timetables: impl Iterator<Item = &'a Timetable>) -> bool {
    let terms: BTreeSet<_> = timetables
        .filter_map(|one| Some((one.year?, one.semester.as_deref()?)))
        .collect();
    terms.len() > 1
}

fn outcome(found: &Result<Answer, Fault>, language: Language) -> LinkOutcome {
    let timetable = found.as_ref().ok().map(Answer::timetable);
    LinkOutcome {
        fault: found.as_ref().err().map(|fault| LinkFault {
            code: fault.code(),
            detail: message(fault, language),
        }),
        title: timetable.and_then(|one| one.title.clone()),
        year: timetable.and_then(|one| one.year),
        semester: timetable.and_then(|one| one.semester.clone()),
        same_as: None,
        incomplete: timetable.is_some_and(Timetable::is_incomplete),
    }
}
