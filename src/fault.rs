//! What can stand between a caller and an answer: one list, which every interface words its own
//! way.

use std::fmt;
use std::time::Duration;

use crate::code::Code;
use crate::source::SourceError;
use timetable::NotAvailable;
use timetable::share_link::InvalidLink;

/// A request that was not answered with a timetable.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Fault {
    /// The caller gave no link, or nothing in the parameter that takes it, where one does.
    #[error("no link was given")]
    MissingLink(Option<Parameter>),
    /// The caller gave something else than a timetable's link.
    #[error("invalid link: {0}")]
    InvalidLink(InvalidLink),
    /// The caller's request cannot be read.
    #[error("unreadable request: {0}")]
    BadRequest(BadRequest),
    /// The caller's key is missing or wrong.
    #[error("key missing or wrong")]
    Unauthorized,
    /// The caller has asked more often than it may.
    #[error("asked too often")]
    RateLimited {
        /// When it may ask again.
        retry_after: Duration,
    },
    /// The caller's address has sent too many wrong keys.
    #[error("too many wrong keys")]
    WrongKeys {
        /// When its keys are looked at again.
        retry_after: Duration,
    },
    /// No timetable came of it.
    #[error(transparent)]
    Source(#[from] SourceError),
}

/// A request that is no question at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRequest {
    /// Another method than the path takes.
    #[error("method not allowed")]
    Method,
    /// A path that is not served.
    #[error("no such path")]
    Path,
    /// A body of another kind than JSON, form or text.
    #[error("content type not supported")]
    ContentType,
    /// A body of another kind than JSON, where only that is taken.
    #[error("content type is not JSON")]
    NotJson,
    /// A body that is not what its content type says.
    #[error("body unreadable")]
    Body,
    /// Something else than a JSON object, where only that is taken.
    #[error("not a JSON object")]
    NotAnObject,
    /// A body of more than any link takes.
    #[error("body too large")]
    TooLarge,
    /// A body that did not arrive in time.
    #[error("body too slow")]
    TooSlow,
    /// Sent to a name that is not one of the service's.
    #[error("host not allowed")]
    Host,
    /// More or longer headers than any caller needs.
    #[error("too many headers")]
    Headers,
    /// A parameter, or a member of a JSON body, that is given twice.
    #[error("given twice")]
    Repeated(Name),
    /// A member of a JSON body that is not known there.
    #[error("unknown member")]
    Unknown(Name),
    /// A parameter that is missing or not what it takes.
    #[error("parameter {}", .0.name())]
    Parameter(Parameter),
}

impl BadRequest {
    fn code(&self) -> Code {
        match self {
            Self::Method => Code::MethodNotAllowed,
            Self::Path => Code::NoSuchPath,
            Self::ContentType | Self::NotJson => Code::UnsupportedMediaType,
            Self::Body | Self::NotAnObject => Code::InvalidBody,
            Self::TooLarge => Code::PayloadTooLarge,
            Self::TooSlow => Code::RequestTimeout,
            Self::Host => Code::HostNotAllowed,
            Self::Headers => Code::TooManyHeaders,
            Self::Repeated(_) | Self::Unknown(_) | Self::Parameter(_) => Code::InvalidParameter,
        }
    }
}

/// The parameters of a query, a path or a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Parameter {
    Url,
    Link,
    Identifier,
    Granularity,
    Rounding,
    From,
    Until,
    Detail,
    Links,
    Days,
    Between,
    AtLeastMinutes,
}

impl Parameter {
    /// Its name in a query, a path or a body.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl From<Parameter> for Fault {
    fn from(parameter: Parameter) -> Self {
        Self::BadRequest(BadRequest::Parameter(parameter))
    }
}

/// The name that a caller gave to a value, cut to [`Name::LONGEST`] characters. It may be anything, a
/// link too, so debug output never shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Name(Box<str>);

impl Name {
    /// Characters of the longest name that is repeated to the caller.
    pub const LONGEST: usize = 64;

    /// The beginning of `text`.
    pub fn new(text: &str) -> Self {
        Self(text.chars().take(Self::LONGEST).collect())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Name(…)")
    }
}

impl Fault {
    /// The fault of a text that is no link, where `parameter` takes one.
    pub fn of_link(invalid: InvalidLink, parameter: Parameter) -> Self {
        match invalid {
            InvalidLink::Missing => Self::MissingLink(Some(parameter)),
            other => other.into(),
        }
    }

    /// A fault of our own; `reason` goes into the log.
    pub fn internal(reason: impl fmt::Display) -> Self {
        let reason = reason.to_string();
        SourceError::Internal { reason }.into()
    }

    /// The stable code, the same on every interface.
    pub fn code(&self) -> Code {
        match self {
            Fault::MissingLink(_) => Code::MissingLink,
            Fault::InvalidLink(_) => Code::InvalidLink,
            Fault::BadRequest(why) => why.code(),
            Fault::Unauthorized => Code::Unauthorized,
            Fault::RateLimited { .. } | Fault::WrongKeys { .. } => Code::RateLimited,
            Fault::Source(error) => error.code(),
        }
    }

    /// The parameter or member that the fault is about, where it is about one.
    pub fn parameter(&self) -> Option<&str> {
        match self {
            Fault::BadRequest(
                BadRequest::Repeated(Name(name)) | BadRequest::Unknown(Name(name)),
            ) => Some(name),
            Fault::BadRequest(BadRequest::Parameter(parameter))
            | Fault::MissingLink(Some(parameter)) => Some(parameter.name()),
            _ => None,
        }
    }

    /// When a new attempt makes sense, where that is soon.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Fault::RateLimited { retry_after } | Fault::WrongKeys { retry_after } => {
                Some(*retry_after)
            }
            Fault::Source(error) => error.retry_after(),
            _ => None,
        }
    }
}

impl From<InvalidLink> for Fault {
    fn from(invalid: InvalidLink) -> Self {
        match invalid {
            InvalidLink::Missing => Self::MissingLink(None),
            other => Self::InvalidLink(other),
        }
    }
}

impl From<NotAvailable> for Fault {
    fn from(why: NotAvailable) -> Self {
        Self::Source(why.into())
    }
}
