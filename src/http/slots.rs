//! `/v1/timetables/{identifier}/slots`: the week cut into slots, busy and free.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::answer::{Conditions, Content};
use super::app::App;
use super::interface::Caller;
use super::link::{self, IdentifierParameter};
use super::openapi::errors::FullErrors;
use super::query;
use crate::fault::{Fault, Parameter};
use crate::service::Answer;
use timetable::day_slots::{DaySlots, day_slots};
use timetable::share_link::Identifier;
use timetable::slots::{Granularity, Rounding};

/// A timetable's week in slots.
#[derive(Serialize, ToSchema)]
pub(super) struct Slots<'a> {
    identifier: &'a Identifier,
    /// Minutes in a slot.
    granularity: Granularity,
    rounding: Rounding,
    /// The days the timetable shows, Monday first.
    days: Vec<DaySlots>,
    /// Present and true where the times of some classes are not known: a slot listed as free may be
    /// busy.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    incomplete: bool,
}

/// How the week is to be cut.
#[derive(Clone, Copy)]
struct Cut {
    granularity: Granularity,
    rounding: Rounding,
}

impl Cut {
    fn asked_in(uri: &Uri, usual: Rounding) -> Result<Self, Fault> {
        let granularity = query::one(uri, Parameter::Granularity)?;
        let rounding = match query::one(uri, Parameter::Rounding)? {
            Some(_) => query::word(uri, Parameter::Rounding)?,
            None => usual,
        };
        Ok(Self {
            granularity: granularity.map_or(Ok(Granularity::HALF_HOUR), |text| minutes(&text))?,
            rounding,
        })
    }

    fn of(self, found: &Answer) -> Slots<'_> {
        Slots {
            identifier: &found.timetable().identifier,
            granularity: self.granularity,
            rounding: self.rounding,
            days: day_slots(found.timetable(), self.granularity, self.rounding),
            incomplete: found.timetable().is_incomplete(),
        }
    }
}

fn minutes(text: &str) -> Result<Granularity, Fault> {
    // The library also takes `+5` and `05` for numbers.
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    let minutes = plain.then(|| text.parse::<u16>().ok()).flatten();
    minutes
        .and_then(|minutes| Granularity::try_from(minutes).ok())
        .ok_or_else(|| Parameter::Granularity.into())
}

/// How the week is cut.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its schema is used")]
struct SlotParameters {
    /// Minutes in a slot; 30 where it is not said.
    #[param(required = false)]
    granularity: Granularity,
    /// How a class that begins or ends inside a slot counts; the service's own where it is not said.
    #[param(required = false)]
    rounding: Rounding,
}

/// The slots that classes take and those they leave free, for each day shown.
#[utoipa::path(
    get,
    operation_id = "slots",
    path = "/v1/timetables/{identifier}/slots",
    tag = "timetables",
    params(IdentifierParameter, SlotParameters),
    responses((status = 200, description = "Each slot of each day is busy or free", body = Slots), FullErrors)
)]
pub(super) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    conditions: Conditions,
    identifier: Result<Path<String>, PathRejection>,
    uri: Uri,
) -> Response {
    let asked = link::from_path(identifier)
        .and_then(|link| Ok((link, Cut::asked_in(&uri, app.config.rounding)?)));
    let (link, cut) = match asked {
        Ok(asked) => asked,
        Err(fault) => return caller.refuse(fault),
    };
    let asked = app.ask(Ok(link), &conditions).await;
    asked.answer(|found| Content::json(&cut.of(found)), &conditions, caller)
}
