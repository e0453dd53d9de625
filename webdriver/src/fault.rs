//! What went wrong inside a session, judged by who is to blame: the page, or the session.

use std::time::Duration;

use fantoccini::error::{CmdError, ErrorStatus};

use crate::error::{Step, VisitError};

/// Why a visit or a step of it ended early.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The page's or the script's own doing; the session goes on after cleaning.
    Page(VisitError),
    /// The session cannot be trusted any more and is replaced; another may succeed.
    Session(VisitError),
}

impl Fault {
    /// A command had no answer in its time. It is not cancelled by that, and the session's later
    /// commands would queue behind it, so the session is lost.
    pub(crate) fn missed(step: Step, after: Duration) -> Self {
        Self::Session(VisitError::Timeout { step, after })
    }

    /// A command failed in a way that has no meaning of its own at this step.
    pub(crate) fn lost(step: Step, error: &CmdError) -> Self {
        Self::Session(VisitError::Crashed {
            step,
            message: message(error),
        })
    }

    /// What the caller is told.
    pub(crate) fn into_error(self) -> VisitError {
        match self {
            Self::Page(error) | Self::Session(error) => error,
        }
    }
}

/// The W3C status of a failed command, if the end gave one.
pub(crate) fn status(error: &CmdError) -> Option<&ErrorStatus> {
    match error {
        CmdError::Standard(error) => Some(&error.error),
        _ => None,
    }
}

/// Whether a prompt was in the command's way.
pub(crate) fn is_prompt(error: &CmdError) -> bool {
    matches!(status(error), Some(ErrorStatus::UnexpectedAlertOpen))
}

/// The first line of a command's error: chromedriver appends session and stack. An error about a
/// prompt quotes the prompt, which is the page's own words, and is told without it.
pub(crate) fn message(error: &CmdError) -> String {
    if is_prompt(error) {
        return "a prompt was open".to_owned();
    }
    let text = match error {
        CmdError::Standard(error) => error.message.to_string(),
        CmdError::NotW3C(value) => value["message"]
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned),
        error => error.to_string(),
    };
    text.lines().next().unwrap_or_default().to_owned()
}
