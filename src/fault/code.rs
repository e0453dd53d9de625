//! The stable codes, each written once.

use serde::Serialize;
use strum::{IntoStaticStr, VariantNames};
use utoipa::ToSchema;

/// The stable code of a fault, the same on every interface. docs/errors.md says when each comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, IntoStaticStr, VariantNames, ToSchema)]
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
