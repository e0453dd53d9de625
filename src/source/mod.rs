//! Sources of timetables, behind one trait, so that tests can use sources that fail or never answer.

pub mod api;
mod auto;
mod breaker;
pub mod browser;
mod cross_check;
mod fleet;
mod polite;
mod proxy;
mod rate;
pub(crate) mod sessions;
mod site;
pub(crate) mod upstream;

use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::code::Code;
use crate::reading::Reading;
use timetable::NotAvailable;
use timetable::share_link::Identifier;

pub use auto::Auto;
pub use breaker::{BreakerConfig, CircuitOpen};
pub use cross_check::CrossCheck;
pub use fleet::{PoolConfig, VIEWPORT};
pub use polite::{PoliteSource, Politeness};
pub use proxy::{EgressProxy, NoProxy};
pub use site::{SiteConfig, SourceConfig};

/// The form that the page sends for its timetable.
fn call_form(identifier: &Identifier) -> [(&'static str, &str); 2] {
    [("identifier", identifier.as_str()), ("friendInfo", "true")]
}

/// Reads timetables.
#[async_trait]
pub trait Source: Send + Sync {
    /// Reads one by `deadline`. A read that still waits when `abandoned` is cancelled never begins; a read
    /// that has begun goes on.
    ///
    /// # Errors
    /// [`SourceError`]
    async fn read(
        &self,
        identifier: &Identifier,
        deadline: Instant,
        abandoned: CancellationToken,
    ) -> Result<Reading, SourceError>;

    /// Whether a read would find a session.
    fn is_ready(&self) -> bool;

    /// Updates the metrics that are only measured on demand. May block for tens of milliseconds.
    fn measure(&self) {}

    /// Its part of `/status`; contains nothing of callers or timetables.
    fn status(&self) -> serde_json::Value {
        serde_json::Value::Null
    }
}

/// When to try again, where no time is known: meanwhile a service starts or a session opens.
const SOON: Duration = Duration::from_secs(5);

/// Why a source has no timetable to give.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SourceError {
    /// The site or its page gives no timetable.
    #[error(transparent)]
    NotAvailable(#[from] NotAvailable),
    /// The site refused or failed so often that it gets no reads for a while.
    #[error(transparent)]
    CircuitOpen(#[from] CircuitOpen),
    /// A step did not end by its deadline.
    #[error("timeout: {step}")]
    TooSlow {
        /// Which step.
        step: String,
    },
    /// The queue is full, or the wait would be too long.
    #[error("busy")]
    Busy {
        /// When to try again.
        retry_after: Duration,
    },
    /// The service is stopping.
    #[error("draining")]
    Draining,
    /// No browser is available.
    #[error("no browser: {reason}")]
    BrowserUnavailable {
        /// What is wrong with it.
        reason: String,
        /// When the next attempt to have one is due, where that is known.
        retry_after: Option<Duration>,
    },
    /// The last caller left before the read began.
    #[error("abandoned while it waited for its turn")]
    Abandoned,
    /// Our own fault.
    #[error("internal fault: {reason}")]
    Internal {
        /// For the log.
        reason: String,
    },
}

impl SourceError {
    /// The stable code.
    pub fn code(&self) -> Code {
        match self {
            Self::NotAvailable(why) | Self::CircuitOpen(CircuitOpen { last: why, .. }) => {
                why.into()
            }
            Self::TooSlow { .. } => Code::Timeout,
            Self::Busy { .. } => Code::Busy,
            Self::Draining => Code::Draining,
            Self::BrowserUnavailable { .. } => Code::BrowserUnavailable,
            // The service reads again for a caller that still waits, so no caller gets `Abandoned`.
            Self::Abandoned | Self::Internal { .. } => Code::Internal,
        }
    }

    /// When a new attempt makes sense, where that is soon.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { retry_after } | Self::CircuitOpen(CircuitOpen { retry_after, .. }) => {
                Some(*retry_after)
            }
            Self::BrowserUnavailable { retry_after, .. } => Some(retry_after.unwrap_or(SOON)),
            Self::Draining => Some(SOON),
            _ => None,
        }
    }
}
