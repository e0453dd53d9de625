//! The errors of starting a fleet or a session, and of a visit.
//!
//! Variants say what happened. The caller words the advice, such as what to install.

use std::{fmt, io, path::PathBuf, process::ExitStatus, time::Duration};

use crate::{excerpt::Excerpt, site_fault::SiteFault};

/// A step of a session's life. Each has its own deadline, and errors name the step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Starting the driver and creating the session.
    Connect,
    /// Sending the browser to the address.
    Navigate,
    /// Running the script, answered prompts included.
    Script,
    /// Removing what the last visit left.
    Clean,
    /// Checking that an idle session answers.
    Probe,
    /// Ending the session.
    Close,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connect",
            Self::Navigate => "navigate",
            Self::Script => "script",
            Self::Clean => "clean",
            Self::Probe => "probe",
            Self::Close => "close",
        })
    }
}

/// The two programs that a local endpoint needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Program {
    /// The WebDriver server: chromedriver, geckodriver.
    Driver,
    /// The browser it drives.
    Browser,
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Driver => "driver",
            Self::Browser => "browser",
        })
    }
}

/// Why a fleet or one of its sessions could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A program was not found.
    #[error("no {which} found, looked in {}", list(.looked_in))]
    BinaryNotFound {
        /// Which of the two programs.
        which: Program,
        /// Every path tried, in order.
        looked_in: Vec<PathBuf>,
    },
    /// The operating system refused to start a program.
    #[error("{} cannot be started", .path.display())]
    NotStarted {
        /// The program.
        path: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// The temporary files cannot be written.
    #[error("temporary files cannot be written: {0}")]
    TempDir(#[source] io::Error),
    /// No port is free for the driver.
    #[error("no port is free on 127.0.0.1")]
    NoPort(#[source] io::Error),
    /// The driver ended before it listened.
    #[error("the driver ended at once ({status}): {output}")]
    DriverExited {
        /// How it ended.
        status: ExitStatus,
        /// The end of its output.
        output: Excerpt,
    },
    /// The driver runs but did not print its port in time.
    #[error("the driver did not say where it listens within {after:?}")]
    DriverSilent {
        /// Its deadline.
        after: Duration,
    },
    /// The driver or the remote end refused a session.
    #[error("no session was created: {message}")]
    SessionNotCreated {
        /// An excerpt of its message.
        message: Excerpt,
    },
    /// No server, or no WebDriver server, answers at the address.
    #[error("no WebDriver end answers: {message}")]
    NoWebDriver {
        /// What happened instead.
        message: Excerpt,
    },
    /// User or password in the address contain a character that URLs escape. It would be sent escaped.
    #[error("the user and the password may not hold characters that an address escapes")]
    Credentials,
    /// The endpoint is https, and there is no authority to check its certificate with.
    #[error("no certificate authority is known here")]
    NoRoots(#[source] io::Error),
    /// The relay between the browsers and the proxy cannot listen.
    #[error("no relay to the proxy can be started")]
    Relay(#[source] io::Error),
    /// The browser cannot get the further certificate authorities.
    #[error("the browser cannot be given a certificate authority: {message}")]
    Authorities {
        /// What failed.
        message: Excerpt,
    },
    /// A session was not ready in time.
    #[error("{step} took longer than {after:?}")]
    Timeout {
        /// The step that was too slow.
        step: Step,
        /// Its deadline.
        after: Duration,
    },
    /// The configuration has no slots.
    #[error("a fleet needs at least one slot")]
    NoSlots,
}

fn list(paths: &[PathBuf]) -> String {
    let paths: Vec<_> = paths.iter().map(|p| p.display().to_string()).collect();
    paths.join(", ")
}

/// Why a visit has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VisitError {
    /// The queue is full. The visit was not started.
    #[error("{waiting} callers wait already")]
    QueueFull {
        /// How many wait.
        waiting: usize,
        /// When a place should be free, estimated from the mean service time.
        retry_after: Duration,
    },
    /// The caller waited as long as the queue allows. The visit was not started.
    #[error("no session became free within {waited:?}")]
    QueueTimeout {
        /// How long it waited.
        waited: Duration,
        /// When a session should be free, estimated from the mean service time.
        retry_after: Duration,
    },
    /// The fleet is shutting down.
    #[error("the fleet is shutting down")]
    Draining,
    /// No session is open and the last attempt to open one failed.
    #[error("no browser session can be opened: {message}")]
    Unavailable {
        /// The error of that attempt.
        message: Excerpt,
        /// When the next attempt is due.
        retry_after: Duration,
    },
    /// A step missed its deadline.
    #[error("{step} missed its deadline after {after:?}")]
    Timeout {
        /// Which step.
        step: Step,
        /// Its deadline.
        after: Duration,
    },
    /// The browser or its driver died. The second try failed too, or there was no time for one.
    #[error("the browser was lost during {step}: {message}")]
    Crashed {
        /// In which step.
        step: Step,
        /// A description in fixed words. A driver's own message may quote the page.
        message: Excerpt,
    },
    /// The browser could not load the page.
    #[error("the page could not be loaded: {why} ({message})")]
    Unreachable {
        /// The reason, as far as the browser gives one.
        why: SiteFault,
        /// The browser's code (`net::ERR_…`), if it gives one.
        message: Excerpt,
    },
    /// The script threw, did not parse, or gave no JSON.
    #[error("the script failed: {message}")]
    Script {
        /// What it did, without the exception's message, which may be the page's.
        message: Excerpt,
    },
    /// The page opened more prompts than [`crate::Limits::prompts`].
    #[error("the page opened {count} prompts")]
    Prompts {
        /// How many, the last one included.
        count: usize,
    },
}

impl VisitError {
    /// Why the site gave no document, if the site caused the error.
    pub fn site_fault(&self) -> Option<SiteFault> {
        match self {
            Self::Unreachable { why, .. } => Some(*why),
            Self::Timeout {
                step: Step::Navigate,
                ..
            } => Some(SiteFault::TimedOut),
            _ => None,
        }
    }
}
