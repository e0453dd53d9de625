//! What went wrong inside a session, judged by who is to blame: the page, or the session.

use std::time::Duration;

use fantoccini::error::{CmdError, ErrorStatus};

use crate::{
    error::{Step, VisitError},
    excerpt::Excerpt,
    site_fault,
};

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

/// Drivers report a document that went away under a script as a JavaScript error, a timeout, or an error of
/// the browser; geckodriver calls it out of memory if that happens before the script's first line.
pub(crate) fn is_document_gone(error: &CmdError) -> bool {
    let words = [
        "unload",
        "navigation",
        "navigated",
        "execution context",
        "find context",
        "frame for given id",
        "utils.evalinsandbox",
    ];
    mentions(error, &words)
}

/// Whether the error's own words hold one of these, which are in lower case.
pub(crate) fn mentions(error: &CmdError, words: &[&str]) -> bool {
    let CmdError::Standard(error) = error else {
        return false;
    };
    let said = error.message.to_lowercase();
    words.iter().any(|word| said.contains(word))
}

/// What a command's error says in words that are known beforehand. Its own quote the page: its
/// exceptions, its prompts, its address.
pub(crate) fn message(error: &CmdError) -> Excerpt {
    match error {
        CmdError::Standard(said) => known(said.error.description(), &said.message),
        CmdError::Failed(_) | CmdError::FailedC(_) | CmdError::Lost(_) => {
            "the connection to the driver is lost".into()
        }
        CmdError::NotW3C(value) => known(NO_ERROR, value.as_str().unwrap_or_default()),
        _ => NO_ERROR.into(),
    }
}

const NO_ERROR: &str = "the driver's answer is not known";

fn known(status: &'static str, said: &str) -> Excerpt {
    let mut causes = CAUSES.iter().filter(|cause| said.contains(*cause));
    let code = || site_fault::net_error(said).map(|(code, _)| code);
    let cause = causes.next().copied().or_else(code);
    cause.map_or(status.into(), |cause| {
        Excerpt::of(&format!("{status}: {cause}"))
    })
}

/// What drivers say of a browser that is lost.
const CAUSES: [&str; 9] = [
    "tab crashed",
    "chrome not reachable",
    "not connected to DevTools",
    "session deleted",
    "target frame detached",
    "target window already closed",
    "Timed out receiving message from renderer",
    "Failed to decode response from marionette",
    "disconnected",
];

#[cfg(test)]
mod tests {
    use fantoccini::error::WebDriver;

    use super::*;

    fn said(words: &'static str) -> CmdError {
        CmdError::Standard(WebDriver::new(ErrorStatus::UnknownError, words))
    }

    #[test]
    fn of_a_drivers_words_only_known_ones_are_told() {
        let told = |words| message(&said(words)).to_string();
        assert_eq!(
            told("tab crashed\n  (Session info)"),
            "unknown error: tab crashed"
        );
        assert_eq!(
            told("unknown error: net::ERR_CONNECTION_REFUSED"),
            "unknown error: net::ERR_CONNECTION_REFUSED"
        );
        assert_eq!(
            told("Error: http://a/@weekday0000000000000"),
            "unknown error"
        );
        assert_eq!(told("net::ERR_WEEKDAY"), "unknown error");
    }

    /// chromedriver has error codes of its own.
    #[test]
    fn a_code_that_is_no_w3c_status_is_told_if_it_is_known() {
        let told = |code: &str| message(&CmdError::NotW3C(code.into())).to_string();
        assert_eq!(told("tab crashed"), format!("{NO_ERROR}: tab crashed"));
        assert_eq!(told("http://a/@weekday0000000000000"), NO_ERROR);
    }
}
