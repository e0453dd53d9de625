//! The interfaces of OneTime's crawlers: one envelope, codes of their own, Korean messages.

pub(super) mod codes;
pub(super) mod fixed_schedules;
pub(super) mod schedule;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use crate::fault::Fault;
use crate::messages::{Language, message};
use timetable::Timetable;
use timetable::slots::{Granularity, Rounding, busy_slots};
use timetable::time::Weekday;

/// The shape of every answer.
#[derive(Serialize, ToSchema)]
pub(super) struct Envelope<'a, C> {
    /// `200`, or the code of a fault.
    code: C,
    /// One sentence for a person.
    message: &'a str,
    /// `null` with a fault.
    #[schema(required)]
    payload: Option<Payload>,
    is_success: bool,
}

/// The busy half hours of a week.
#[derive(Debug, Serialize, ToSchema)]
pub struct Payload {
    /// Monday first; only days with a class.
    schedules: Vec<DaySchedule>,
}

/// The busy half hours of one day.
#[derive(Debug, Serialize, ToSchema)]
struct DaySchedule {
    /// `월` to `일`.
    #[schema(schema_with = time_point)]
    time_point: &'static str,
    /// Starts, `HH:MM`.
    times: Vec<String>,
}

impl Payload {
    /// The half hours that the classes take.
    pub fn of(timetable: &Timetable, rounding: Rounding) -> Self {
        let schedules = busy_slots(timetable, Granularity::HALF_HOUR, rounding)
            .into_iter()
            .map(|(day, times)| DaySchedule {
                time_point: day.korean(),
                times: times.iter().map(ToString::to_string).collect(),
            })
            .collect();
        Self { schedules }
    }

    /// Nothing is busy.
    fn empty() -> Self {
        Self {
            schedules: Vec::new(),
        }
    }
}

fn time_point() -> Object {
    let days = Weekday::ALL.map(Weekday::korean);
    let schema = ObjectBuilder::new().schema_type(Type::String);
    schema.enum_values(Some(days)).build()
}

fn success<C>(code: C, message: &str, payload: Payload) -> Envelope<'_, C> {
    Envelope {
        code,
        message,
        payload: Some(payload),
        is_success: true,
    }
}

fn refusal<C: Serialize>(
    status: StatusCode,
    code: C,
    fault: &Fault,
    language: Language,
) -> Response {
    let envelope = Envelope {
        code,
        message: &message(fault, language),
        payload: None,
        is_success: false,
    };
    (status, Json(envelope)).into_response()
}
