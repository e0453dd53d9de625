//! What a failed WebDriver command means, and a description of it that quotes no page.

use fantoccini::error::{CmdError, ErrorStatus};

use crate::{chromium::net_error, excerpt::Excerpt};

/// The W3C status of a failed command, if the end gave one.
pub(crate) fn status(error: &CmdError) -> Option<&ErrorStatus> {
    match error {
        CmdError::Standard(error) => Some(&error.error),
        _ => None,
    }
}

/// Whether an open prompt prevented the command.
pub(crate) fn is_prompt(error: &CmdError) -> bool {
    matches!(status(error), Some(ErrorStatus::UnexpectedAlertOpen))
}

/// Whether the document went away while a script ran in it. Drivers report that as a JavaScript
/// error, a timeout or an error of the browser. geckodriver reports "out of memory" if it happens
/// before the script's first line.
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

/// Whether the error's message contains one of these words, written in lower case.
pub(crate) fn mentions(error: &CmdError, words: &[&str]) -> bool {
    let CmdError::Standard(error) = error else {
        return false;
    };
    let said = error.message.to_lowercase();
    words.iter().any(|word| said.contains(word))
}

/// Describes an error in fixed words. Its own message may quote the page: exceptions, prompts, the
/// address.
pub(crate) fn describe(error: &CmdError) -> Excerpt {
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
    let code = || net_error::find(said).map(|(code, _)| code);
    let cause = causes.next().copied().or_else(code);
    cause.map_or(status.into(), |cause| {
        Excerpt::of(&format!("{status}: {cause}"))
    })
}

/// Messages of drivers about a lost browser.
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
    fn only_known_words_of_a_driver_are_repeated() {
        let described = |words| describe(&said(words)).to_string();
        assert_eq!(
            described("tab crashed\n  (Session info)"),
            "unknown error: tab crashed"
        );
        assert_eq!(
            described("unknown error: net::ERR_CONNECTION_REFUSED"),
            "unknown error: net::ERR_CONNECTION_REFUSED"
        );
        assert_eq!(
            described("Error: http://a/@weekday0000000000000"),
            "unknown error"
        );
        assert_eq!(described("net::ERR_WEEKDAY"), "unknown error");
    }

    /// chromedriver has error codes of its own.
    #[test]
    fn a_code_outside_the_w3c_statuses_is_repeated_if_it_is_known() {
        let described = |code: &str| describe(&CmdError::NotW3C(code.into())).to_string();
        assert_eq!(described("tab crashed"), format!("{NO_ERROR}: tab crashed"));
        assert_eq!(described("http://a/@weekday0000000000000"), NO_ERROR);
    }
}
