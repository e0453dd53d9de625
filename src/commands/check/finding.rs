//! The result of one check.

use std::fmt;

/// The state of one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    subject: &'static str,
    state: State,
    what: String,
    to_do: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Fine,
    Skipped,
    Warning,
    Fault,
}

impl Finding {
    pub(super) fn fine(subject: &'static str, what: String) -> Self {
        Self {
            subject,
            state: State::Fine,
            what,
            to_do: None,
        }
    }

    /// It could not be checked.
    pub(super) fn skipped(subject: &'static str, why: &str) -> Self {
        Self {
            state: State::Skipped,
            ..Self::fine(subject, why.to_owned())
        }
    }

    /// The service runs, but with a defect.
    pub(super) fn warning(subject: &'static str, what: String, to_do: &str) -> Self {
        Self {
            state: State::Warning,
            to_do: Some(to_do.to_owned()),
            ..Self::fine(subject, what)
        }
    }

    /// The service cannot run.
    pub(super) fn fault(subject: &'static str, what: String, to_do: impl Into<String>) -> Self {
        Self {
            state: State::Fault,
            to_do: Some(to_do.into()),
            ..Self::fine(subject, what)
        }
    }

    pub(super) fn is_fault(&self) -> bool {
        self.state == State::Fault
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Fine => "ok",
            State::Skipped => "not looked at",
            State::Warning => "warning",
            State::Fault => "FAULT",
        };
        write!(f, "{:<9}{state}: {}", self.subject, self.what)?;
        let to_do = self.to_do.iter().flat_map(|text| text.lines());
        for line in to_do {
            write!(f, "\n{:<9}  → {line}", "")?;
        }
        Ok(())
    }
}

/// The address without its password.
pub(super) fn shown(url: &url::Url) -> String {
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    format!(
        "{}://{}{port}",
        url.scheme(),
        url.host_str().unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_do_stands_below_what_is_wrong() {
        let finding = Finding::fault("driver", "none".to_owned(), "Install one.");
        assert_eq!(
            finding.to_string(),
            "driver   FAULT: none\n           → Install one."
        );
        assert_eq!(
            Finding::fine("fonts", "Noto".to_owned()).to_string(),
            "fonts    ok: Noto"
        );
    }
}
