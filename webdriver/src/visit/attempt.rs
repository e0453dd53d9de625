//! One run of a visit's script: its outcome, and what its errors mean.

use std::time::{Duration, Instant};

use fantoccini::error::{CmdError, ErrorStatus};
use serde_json::Value;

use crate::{
    chromium::world,
    config::Browser,
    driver_error,
    error::{Step, VisitError},
    fault::Fault,
    script::Answer,
    session::Session,
};

/// The time that a page has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageTime {
    began: Instant,
    until: Instant,
}

impl PageTime {
    pub(crate) fn until(until: Instant) -> Self {
        let began = Instant::now();
        Self { began, until }
    }

    pub(crate) fn left(self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    pub(crate) fn is_over(self) -> bool {
        self.left().is_zero()
    }

    /// The error of a page that misses its deadline in this step.
    pub(crate) fn missed(self, step: Step) -> VisitError {
        VisitError::Timeout {
            step,
            after: self.began.elapsed(),
        }
    }
}

/// What one run of the script came to.
#[derive(Debug)]
pub(crate) enum Attempt {
    Answered(Answer),
    /// A prompt is open.
    Prompt,
    /// The document went away while the script ran.
    Interrupted,
}

/// Reads what the wrapper answered.
pub(crate) fn answered(result: Value) -> Result<Attempt, Fault> {
    Answer::read(result)
        .map(Attempt::Answered)
        .ok_or_else(|| Fault::script("the page answered in the fleet's place"))
}

/// chromedriver reports "script timeout" at once when a document goes away while a script runs. So
/// the status means a timeout only at the deadline.
pub(crate) async fn classify(
    session: &Session,
    time: PageTime,
    error: &CmdError,
) -> Result<Attempt, Fault> {
    match driver_error::status(error) {
        Some(ErrorStatus::UnexpectedAlertOpen) => Ok(Attempt::Prompt),
        Some(ErrorStatus::ScriptTimeout) if time.is_over() => Err(hung(session, time).await),
        Some(ErrorStatus::ScriptTimeout) => Ok(Attempt::Interrupted),
        Some(_) if driver_error::is_document_gone(error) => Ok(Attempt::Interrupted),
        Some(ErrorStatus::JavascriptError) => Err(Fault::script("it does not run")),
        _ => Err(Fault::lost(Step::Script, error)),
    }
}

/// Not even the wrapper's own timer ran. Without a new document the site is at fault and the
/// browser is well. Otherwise the page is stuck, and the browser with it.
async fn hung(session: &Session, time: PageTime) -> Fault {
    let ask = session.shows_a_new_document();
    let patience = session.limits.slack / 2;
    match session.within(Step::Script, patience, ask).await {
        Ok(Ok(false)) => Fault::Page(time.missed(Step::Navigate)),
        _ if is_responsive(session, patience).await => Fault::Page(time.missed(Step::Script)),
        _ => Fault::Session(time.missed(Step::Script)),
    }
}

/// Whether the page only kept the driver's script from ending. In Firefox pages cannot do that.
async fn is_responsive(session: &Session, patience: Duration) -> bool {
    let enter = world::enter(session);
    session.kind == Browser::Chromium
        && matches!(
            session.within(Step::Script, patience, enter).await,
            Ok(Ok(_))
        )
}
