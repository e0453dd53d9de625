//! Where a timetable is read. One trait, so that a test can put a source in place that is right,
//! wrong, slow or never answers.

pub mod api;
mod auto;
mod breaker;
pub mod browser;
mod cross_check;
mod guarded;
mod rate;
pub(crate) mod sessions;
pub(crate) mod upstream;

use std::pin::Pin;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use url::Url;
use utoipa::ToSchema;

use crate::config::SiteConfig;
use timetable::Timetable;
use timetable::reading::Unread;
use timetable::share_link::Identifier;

pub use auto::Auto;
pub use breaker::BreakerConfig;
pub use cross_check::CrossCheck;
pub use guarded::Guarded;

/// Path of the call that the page makes for its timetable.
const API_PATH: &str = "/find/timetable/table/friend";

/// The address of the call that the page makes for its timetable.
fn page_call(site: &SiteConfig) -> Url {
    let mut url = site.api_url.clone();
    url.set_path(API_PATH);
    url
}

/// Where the page may make that call: a stand-in's page may have its API on its own origin.
pub fn page_calls(site: &SiteConfig) -> Vec<Url> {
    let mut of_page = site.everytime_url.clone();
    of_page.set_path(API_PATH);
    let mut calls = vec![page_call(site), of_page];
    calls.dedup();
    calls
}

/// The form of that call.
fn call_form(identifier: &Identifier) -> [(&'static str, &str); 2] {
    [("identifier", identifier.as_str()), ("friendInfo", "true")]
}

/// A future that a trait object can return.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Reads timetables.
pub trait Source: Send + Sync {
    /// Reads one, afresh, by `deadline` or not at all. A read that has not begun when `abandoned`
    /// is cancelled never begins; one that has is finished.
    ///
    /// # Errors
    /// [`SourceError`], by what stood in the way.
    fn read<'a>(
        &'a self,
        identifier: &'a Identifier,
        deadline: tokio::time::Instant,
        abandoned: CancellationToken,
    ) -> BoxFuture<'a, Result<Read, SourceError>>;

    /// Whether a read would find something to read with.
    fn is_ready(&self) -> bool;

    /// Brings the numbers of what it reads with up to date. May block for tens of milliseconds.
    fn measure(&self) {}

    /// What it tells of itself at `/status`; nothing of callers or timetables.
    fn status(&self) -> serde_json::Value {
        serde_json::Value::Null
    }
}

/// A timetable, and what reading it took.
#[derive(Debug, Clone)]
pub struct Read {
    /// What was read.
    pub timetable: Timetable,
    /// What read it.
    pub source: SourceKind,
    /// How long each step took.
    pub timings: Timings,
}

/// What reads a timetable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// The rendered page.
    Browser,
    /// The API behind the page.
    Api,
}

impl SourceKind {
    /// Name in answers, logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            SourceKind::Browser => "browser",
            SourceKind::Api => "api",
        }
    }
}

/// Durations of the steps of one read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Timings {
    /// Waiting for a session.
    pub queue: Duration,
    /// From the navigation until the page was drawn and read.
    pub render: Duration,
    /// Turning the reading into a timetable.
    pub read: Duration,
}

/// Why a source has no timetable to give.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SourceError {
    /// The site was reached and this came of it.
    #[error(transparent)]
    Unread(#[from] Unread),
    /// It refused or failed so often that it is left alone for a while.
    #[error("{unread}, and is left alone for now")]
    LeftAlone {
        /// What it did last.
        unread: Unread,
        /// When it will be asked again.
        retry_after: Duration,
    },
    /// A step did not end by its deadline.
    #[error("{step} did not end in time")]
    TooSlow {
        /// Which step.
        step: String,
    },
    /// As many callers wait as may.
    #[error("too many callers are waiting")]
    Busy {
        /// When to try again.
        retry_after: Duration,
    },
    /// The service is stopping.
    #[error("the service is stopping")]
    Draining,
    /// No browser can be had.
    #[error("no browser is available: {reason}")]
    BrowserUnavailable {
        /// What is wrong with it.
        reason: String,
        /// When the next attempt to have one is due, where that is known.
        retry_after: Option<Duration>,
    },
    /// Nobody waited for it any more, so it was not begun.
    #[error("abandoned while it waited for its turn")]
    Abandoned,
    /// Our own fault.
    #[error("internal fault: {reason}")]
    Internal {
        /// For the log.
        reason: String,
    },
}
