//! What can stand between a caller and an answer: one list, which every interface words its own
//! way.

mod code;

use std::fmt;
use std::time::Duration;

use crate::cache::Absence;
use crate::source::SourceError;
pub use code::Code;
use timetable::reading::{Mismatch, NotAvailable};
use timetable::share_link::InvalidLink;

/// When it makes sense to ask again where only that it is soon is known: a service is started or a session opened.
const SOON: Duration = Duration::from_secs(5);

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
    /// The site knows no such timetable.
    #[error("no such timetable")]
    NotFound,
    /// The owner does not show it.
    #[error("the timetable is not public")]
    NotPublic,
    /// The owner has none that term.
    #[error("no timetable that term")]
    NoTimetable,
    /// The page is not the one we know.
    #[error("layout changed: {0}")]
    LayoutChanged(Mismatch),
    /// The site refused us.
    #[error("the site blocked the read (status {status:?})")]
    Blocked {
        /// HTTP status, where known.
        status: Option<u16>,
        /// When the site will be asked again, where it is left alone for a while.
        retry_after: Option<Duration>,
    },
    /// The site failed or cannot be reached.
    #[error("the site is unavailable (status {status:?})")]
    SiteUnavailable {
        /// HTTP status, where known.
        status: Option<u16>,
        /// When the site will be asked again, where it is left alone for a while.
        retry_after: Option<Duration>,
    },
    /// A step did not end in time.
    #[error("timeout: {step}")]
    Timeout {
        /// Which step.
        step: String,
    },
    /// As many callers wait as may.
    #[error("busy")]
    Busy {
        /// When to try again.
        retry_after: Duration,
    },
    /// The service is stopping.
    #[error("draining")]
    Draining,
    /// No browser can be had.
    #[error("no browser: {reason}")]
    BrowserUnavailable {
        /// What is wrong with it.
        reason: String,
        /// When the next attempt to have one is due, where that is known.
        retry_after: Option<Duration>,
    },
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
    /// Our own fault.
    #[error("internal fault: {reason}")]
    Internal {
        /// For the log.
        reason: String,
    },
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

    /// The stable code, the same on every interface.
    pub fn kind(&self) -> Code {
        match self {
            Fault::MissingLink(_) => Code::MissingLink,
            Fault::InvalidLink(_) => Code::InvalidLink,
            Fault::BadRequest(why) => why.code(),
            Fault::NotFound => Code::NotFound,
            Fault::NotPublic => Code::NotPublic,
            Fault::NoTimetable => Code::NoTimetable,
            Fault::LayoutChanged(_) => Code::LayoutChanged,
            Fault::Blocked { .. } => Code::Blocked,
            Fault::SiteUnavailable { .. } => Code::SiteUnavailable,
            Fault::Timeout { .. } => Code::Timeout,
            Fault::Busy { .. } => Code::Busy,
            Fault::Draining => Code::Draining,
            Fault::BrowserUnavailable { .. } => Code::BrowserUnavailable,
            Fault::Unauthorized => Code::Unauthorized,
            Fault::RateLimited { .. } | Fault::WrongKeys { .. } => Code::RateLimited,
            Fault::Internal { .. } => Code::Internal,
        }
    }

    /// The code as it is written.
    pub fn code(&self) -> &'static str {
        self.kind().into()
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

    /// The same, of a site that is left alone for so long.
    fn again_in(mut self, pause: Duration) -> Self {
        if let Self::Blocked { retry_after, .. } | Self::SiteUnavailable { retry_after, .. } =
            &mut self
        {
            *retry_after = Some(pause);
        }
        self
    }

    /// When it makes sense to ask again, where that is soon.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Fault::Busy { retry_after }
            | Fault::RateLimited { retry_after }
            | Fault::WrongKeys { retry_after } => Some(*retry_after),
            Fault::Blocked { retry_after, .. } | Fault::SiteUnavailable { retry_after, .. } => {
                *retry_after
            }
            Fault::BrowserUnavailable { retry_after, .. } => Some(retry_after.unwrap_or(SOON)),
            Fault::Draining => Some(SOON),
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

impl From<Absence> for Fault {
    fn from(absence: Absence) -> Self {
        match absence {
            Absence::NotFound => Self::NotFound,
            Absence::NotPublic => Self::NotPublic,
            Absence::NoTimetable => Self::NoTimetable,
        }
    }
}

impl From<NotAvailable> for Fault {
    fn from(why: NotAvailable) -> Self {
        match why {
            NotAvailable::NotFound => Self::NotFound,
            NotAvailable::NotPublic => Self::NotPublic,
            NotAvailable::NoTimetable => Self::NoTimetable,
            NotAvailable::Blocked { status } => Self::Blocked {
                status,
                retry_after: None,
            },
            NotAvailable::SiteUnavailable { status } => Self::SiteUnavailable {
                status,
                retry_after: None,
            },
            NotAvailable::TooSlow => Self::Timeout {
                step: "page".to_owned(),
            },
            NotAvailable::LayoutChanged(mismatch) => Self::LayoutChanged(mismatch),
        }
    }
}

impl From<SourceError> for Fault {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::NotAvailable(why) => why.into(),
            SourceError::CircuitOpen(open) => Self::from(open.last).again_in(open.retry_after),
            SourceError::TooSlow { step } => Self::Timeout { step },
            SourceError::Busy { retry_after } => Self::Busy { retry_after },
            SourceError::Draining => Self::Draining,
            SourceError::BrowserUnavailable {
                reason,
                retry_after,
            } => Self::BrowserUnavailable {
                reason,
                retry_after,
            },
            // The service reads again for whoever is left, so nobody is told this.
            SourceError::Abandoned => Self::Internal {
                reason: error.to_string(),
            },
            SourceError::Internal { reason } => Self::Internal { reason },
        }
    }
}
