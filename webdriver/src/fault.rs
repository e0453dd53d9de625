//! What went wrong inside a session, and whether the session survives it.

use std::time::Duration;

use fantoccini::error::CmdError;

use crate::{
    driver_error,
    error::{Step, VisitError},
};

/// Why a visit or a step of it ended early.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The page or the script caused it. The session goes on after cleaning.
    Page(VisitError),
    /// The session cannot be trusted any more and is replaced. Another session may succeed.
    Session(VisitError),
}

impl Fault {
    /// A command missed its deadline. It cannot be cancelled, and later commands would queue behind
    /// it, so the session is lost.
    pub(crate) fn missed(step: Step, after: Duration) -> Self {
        Self::Session(VisitError::Timeout { step, after })
    }

    /// A command failed with an error that has no special meaning in this step.
    pub(crate) fn lost(step: Step, error: &CmdError) -> Self {
        Self::Session(VisitError::Crashed {
            step,
            message: driver_error::describe(error),
        })
    }

    /// The script failed in a way that only its author can fix.
    pub(crate) fn script(message: &'static str) -> Self {
        Self::Page(VisitError::Script {
            message: message.into(),
        })
    }

    pub(crate) fn into_error(self) -> VisitError {
        match self {
            Self::Page(error) | Self::Session(error) => error,
        }
    }
}
