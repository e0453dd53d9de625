//! What `POST /v1/free` is asked: read, checked and described by one struct.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use axum::body::Bytes;
use axum::http::HeaderMap;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_path_to_error::{Path, Segment};
use utoipa::ToSchema;

use crate::fault::{BadRequest, Fault, Name, Parameter};
use crate::http::link;
use crate::http::members::Members;
use timetable::free::Question;
use timetable::slots::Granularity;
use timetable::time::{TimeOfDay, TimeRange, Weekday};

/// Links in one request.
const LINKS: RangeInclusive<usize> = 2..=50;
/// Minutes in a day: no free time is longer.
const MINUTES_PER_DAY: u16 = 24 * 60;
/// The members.
const MEMBERS: [Parameter; 5] = [
    Parameter::Links,
    Parameter::Granularity,
    Parameter::Days,
    Parameter::Between,
    Parameter::AtLeastMinutes,
];

/// Whose free time is asked for, and when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct FreeRequest {
    /// Share links, one person each; the same timetable twice counts as one person.
    #[serde(deserialize_with = "two_to_fifty")]
    #[schema(min_items = 2, max_items = 50)]
    pub(super) links: Vec<String>,
    /// Minutes in a slot; 30 where it is not said.
    #[serde(default = "usual_granularity")]
    granularity: Granularity,
    /// The days asked about; Monday to Friday where it is not said.
    #[serde(default = "usual_days", deserialize_with = "at_least_one")]
    #[schema(value_type = Vec<Weekday>, min_items = 1)]
    days: BTreeSet<Weekday>,
    /// The part of each day asked about: a start and a later end, in steps of 5 minutes; 09:00 to 22:00
    /// where it is not said. It may end at `24:00`, the end of the day.
    #[serde(default = "usual_between", deserialize_with = "start_and_later_end")]
    #[schema(value_type = Vec<TimeOfDay>, min_items = 2, max_items = 2)]
    between: TimeRange,
    /// Common free time shorter than this many minutes is not named; 0 where it is not said.
    #[serde(default, deserialize_with = "within_a_day")]
    #[schema(minimum = 0, maximum = 1440)]
    at_least_minutes: u16,
}

impl FreeRequest {
    /// The request in a body.
    ///
    /// # Errors
    /// [`Fault::BadRequest`]; where a member is wrong, repeated or unknown, with its name.
    pub(super) fn in_body(headers: &HeaderMap, body: &Bytes) -> Result<Self, Fault> {
        if link::content_type(headers) != "application/json" {
            return Err(Fault::BadRequest(BadRequest::NotJson));
        }
        let Members(members) =
            serde_json::from_slice(body).map_err(|_| Fault::BadRequest(BadRequest::NotAnObject))?;
        serde_path_to_error::deserialize(Value::Object(members?))
            .map_err(|error| wrong_member(error.path()))
    }

    /// Which hours are asked about.
    pub(super) fn question(&self) -> Question {
        Question {
            granularity: self.granularity,
            days: self.days.clone(),
            between: self.between,
            at_least_minutes: self.at_least_minutes,
        }
    }
}

/// The fault of the member that `path` leads into.
fn wrong_member(path: &Path) -> Fault {
    let Some(Segment::Map { key }) = path.iter().next() else {
        // It is the object itself that is wrong: it lacks the one member that it has to have.
        return Parameter::Links.into();
    };
    let known = MEMBERS.into_iter().find(|member| member.name() == key);
    known.map_or_else(
        || Fault::BadRequest(BadRequest::Unknown(Name::new(key))),
        Fault::from,
    )
}

fn usual_granularity() -> Granularity {
    Question::default().granularity
}

fn usual_days() -> BTreeSet<Weekday> {
    Question::default().days
}

fn usual_between() -> TimeRange {
    Question::default().between
}

fn two_to_fifty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    checked(deserializer, |links: &Vec<String>| {
        LINKS.contains(&links.len())
    })
}

fn at_least_one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<Weekday>, D::Error> {
    checked(deserializer, |days: &BTreeSet<_>| !days.is_empty())
}

fn within_a_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    checked(deserializer, |minutes| *minutes <= MINUTES_PER_DAY)
}

fn start_and_later_end<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TimeRange, D::Error> {
    let [start, end] = <[TimeOfDay; 2]>::deserialize(deserializer)?;
    TimeRange::new(start, end).ok_or_else(|| D::Error::custom("must end after it starts"))
}

/// A value that has to be as `is_fine` wants it.
fn checked<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
    is_fine: impl FnOnce(&T) -> bool,
) -> Result<T, D::Error> {
    let value = T::deserialize(deserializer)?;
    if is_fine(&value) {
        Ok(value)
    } else {
        Err(D::Error::custom("out of range"))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use axum::http::header::CONTENT_TYPE;
    use serde_json::json;

    use super::*;
    use crate::code::Code;

    /// The request with two links and these members besides.
    fn asked(members: &Value) -> Result<Question, Fault> {
        let mut body = json!({"links": ["a", "b"]});
        for (name, value) in members.as_object().unwrap() {
            body[name] = value.clone();
        }
        let headers =
            HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        FreeRequest::in_body(&headers, &body.to_string().into()).map(|request| request.question())
    }

    #[test]
    fn what_is_not_asked_is_the_working_week_by_half_hours() {
        assert_eq!(asked(&json!({})).unwrap(), Question::default());
    }

    #[test]
    fn a_member_that_is_wrong_or_unknown_is_named() {
        for (members, name) in [
            (json!({"between": ["22:00", "09:00"]}), "between"),
            (json!({"between": ["09:00"]}), "between"),
            (json!({"between": ["09:00", "24:05"]}), "between"),
            (json!({"granularity": 7}), "granularity"),
            (json!({"granularity": null}), "granularity"),
            (json!({"days": ["someday"]}), "days"),
            (json!({"days": []}), "days"),
            (json!({"at_least_minutes": -1}), "at_least_minutes"),
            (json!({"at_least_minutes": 1441}), "at_least_minutes"),
            (json!({"links": ["a"]}), "links"),
            (json!({"links": ["a", 1]}), "links"),
            (json!({"links": vec!["a"; 51]}), "links"),
            (json!({"day": ["mon"]}), "day"),
            (json!({"": 1}), ""),
        ] {
            let fault = asked(&members).unwrap_err();
            assert_eq!(fault.code(), Code::InvalidParameter, "{members}");
            assert_eq!(fault.parameter(), Some(name), "{members}");
        }
    }

    #[test]
    fn a_long_name_is_repeated_in_part_and_never_in_a_log() {
        let name = "가".repeat(1000);
        let fault = asked(&json!({name.as_str(): 1})).unwrap_err();
        assert_eq!(fault.parameter().unwrap().chars().count(), Name::LONGEST);
        assert!(!format!("{fault} {fault:?}").contains('가'));
    }
}
