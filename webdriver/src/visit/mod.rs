//! What a caller asks of a page, and what it gets.

pub(crate) mod attempt;
mod prompts;
mod reader;
pub(crate) mod run;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::Value;
use url::Url;

use crate::recorder::CallAnswer;

/// What a caller wants from a page.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The address to load.
    pub url: Url,
    /// The body of a W3C async script.
    ///
    /// - Its `arguments` are [`Visit::args`], then the milliseconds left, then the callback.
    /// - `this.alerts` holds the texts of the prompts answered so far.
    /// - `this.unseen` says that the window is hidden.
    /// - `this.again` says that the script has answered before and [`Visit::is_final`] refused it.
    /// - `this.recorded`, where calls are recorded ([`crate::BrowserConfig::recorded_calls`]), has
    ///   the number of calls `begun` and the `answers` so far. Set its `tell` to be called after
    ///   each further one.
    ///
    /// The script starts as soon as the navigation has begun, so it must wait for what it reads. It
    /// runs again after a prompt or a further navigation interrupted it. If it does not call back
    /// within [`crate::Limits::hidden`], the window is shown and it runs again.
    pub script: Arc<str>,
    /// The script's leading arguments.
    pub args: Vec<Value>,
    /// Judges whether a value is final. While it is not and time is left, the window is shown and the
    /// script runs again. `None`: the first value is final.
    pub is_final: Option<IsFinal>,
    /// Limit of navigation and script together.
    pub page_timeout: Duration,
    /// When the caller needs an answer, including the wait in the queue.
    pub deadline: Instant,
}

/// A judge of values, see [`Visit::is_final`].
#[derive(Clone)]
pub struct IsFinal(Arc<dyn Fn(&Observation<'_>) -> bool + Send + Sync>);

impl IsFinal {
    /// `judge` runs on the session's task, so it must be quick.
    pub fn new(judge: impl Fn(&Observation<'_>) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(judge))
    }
}

impl fmt::Debug for IsFinal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IsFinal(…)")
    }
}

/// What is known of a page so far.
#[derive(Debug, Clone, Copy)]
pub struct Observation<'a> {
    /// What the script called back with.
    pub value: &'a Value,
    /// The answers to recorded calls, in order.
    pub calls: &'a [CallAnswer],
    /// The texts of the prompts so far.
    pub alerts: &'a [String],
    /// A script of the page threw an uncaught exception.
    pub threw: bool,
    /// How long the value has stayed the same; zero the first time.
    pub unchanged: Duration,
}

/// What a page gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Visited {
    /// What the script called back with.
    pub value: Value,
    /// The answers to the page's recorded calls, in order.
    pub calls: Vec<CallAnswer>,
    /// The texts of the prompts, in order. All were accepted.
    pub alerts: Vec<String>,
    /// The viewport after the script called back, as PNG, if [`crate::BrowserConfig::screenshots`] is set.
    pub screenshot: Option<Vec<u8>>,
    /// Where the time went.
    pub timings: Timings,
}

/// Where a visit's time went. A retried visit shows its second try.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timings {
    /// Waiting for a session.
    pub queue: Duration,
    /// Sending the browser to the address.
    pub navigate: Duration,
    /// The script, including what it waited for.
    pub script: Duration,
}
