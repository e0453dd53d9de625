//! Why a request gets no timetable: one list, which each interface reports in its own format.

use std::fmt;
use std::time::Duration;

use crate::code::Code;
use crate::source::SourceError;
use timetable::NotAvailable;
use timetable::share_link::InvalidLink;

/// A request that was not answered with a timetable.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Fault {
    /// The caller gave no link; with the parameter that takes it, if there is one.
    #[error("no link was given")]
    MissingLink(Option<Parameter>),
    /// The caller gave something that is not a timetable link.
    #[error("invalid link: {0}")]
    InvalidLink(InvalidLink),
    /// The caller's request cannot be read.
    #[error("unreadable request: {0}")]
    BadRequest(BadRequest),
    /// The caller's key is missing or wrong.
    #[error("key missing or wrong")]
    Unauthorized,
    /// The caller has used up its rate limit.
    #[error("asked too often")]
    RateLimited {
        /// When it may ask again.
        retry_after: Duration,
    },
    /// The caller's address has sent too many wrong keys.
    #[error("too many wrong keys")]
    WrongKeys {
        /// When its keys are checked again.
        retry_after: Duration,
    },
    /// The source gave no timetable.
    #[error(transparent)]
    Source(#[from] SourceError),
}

/// A request that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRequest {
    /// The path does not support the method.
    #[error("method not allowed")]
    Method,
    /// There is no such path.
    #[error("no such path")]
    Path,
    /// The body is neither JSON nor a form nor text.
    #[error("content type not supported")]
    ContentType,
    /// The body is not JSON, where JSON is required.
    #[error("content type is not JSON")]
    NotJson,
    /// The body does not match its content type.
    #[error("body unreadable")]
    Body,
    /// The body is not a JSON object, where one is required.
    #[error("not a JSON object")]
    NotAnObject,
    /// The body is longer than any link.
    #[error("body too large")]
    TooLarge,
    /// The body did not arrive in time.
    #[error("body too slow")]
    TooSlow,
    /// The `Host` is not one of the service's names.
    #[error("host not allowed")]
    Host,
    /// There are too many headers, or they are too long.
    #[error("too many headers")]
    Headers,
    /// A parameter or a member of a JSON body is given twice.
    #[error("given twice")]
    Repeated(Name),
    /// A member of a JSON body is unknown.
    #[error("unknown member")]
    Unknown(Name),
    /// A parameter is missing or has a wrong value.
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

/// The name that a caller gave to a value, cut to [`Name::LONGEST`] characters. It may be a link, so debug
/// output hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Name(Box<str>);

impl Name {
    /// Most characters of a name that are repeated to the caller.
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
    /// The fault of an invalid link in `parameter`.
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

    /// The parameter or member that the fault is about.
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
