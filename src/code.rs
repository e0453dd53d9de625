//! The stable codes of faults, each written once.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};
use timetable::NotAvailable;
use utoipa::ToSchema;

/// The stable code of a fault, the same on every interface. docs/errors.md explains each.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantNames,
    ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[schema(as = FaultCode)]
pub enum Code {
    MissingLink,
    InvalidLink,
    InvalidParameter,
    InvalidBody,
    UnsupportedMediaType,
    PayloadTooLarge,
    RequestTimeout,
    TooManyHeaders,
    NoSuchPath,
    MethodNotAllowed,
    HostNotAllowed,
    NotFound,
    NotPublic,
    NoTimetable,
    LayoutChanged,
    Blocked,
    SiteUnavailable,
    Timeout,
    Busy,
    Draining,
    BrowserUnavailable,
    Unauthorized,
    RateLimited,
    Internal,
}

impl Code {
    /// The code as it is written.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl From<&NotAvailable> for Code {
    fn from(why: &NotAvailable) -> Self {
        match why {
            NotAvailable::NotFound => Self::NotFound,
            NotAvailable::NotPublic => Self::NotPublic,
            NotAvailable::NoTimetable => Self::NoTimetable,
            NotAvailable::Blocked { .. } => Self::Blocked,
            NotAvailable::SiteUnavailable { .. } => Self::SiteUnavailable,
            NotAvailable::TooSlow => Self::Timeout,
            NotAvailable::LayoutChanged(_) => Self::LayoutChanged,
        }
    }
}
