//! One error enum per operation: starting a fleet, opening a session, one visit.
//!
//! Variants carry facts, not advice: what to install or when to call again is for the caller to word.

use std::{fmt, io, path::PathBuf, process::ExitStatus, time::Duration};

use crate::{excerpt::Excerpt, site_fault::SiteFault};

/// A step of a session's life. Each has its own deadline and names itself when it misses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Starting the driver and creating the session.
    Connect,
    /// Sending the browser to the address.
    Navigate,
    /// Running the script, answered prompts included.
    Script,
    /// Making the session a stranger to the last visit.
    Clean,
    /// Asking an idle session whether it still answers.
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

/// The two programs a local end needs.
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

/// Why a fleet, or one session of it, could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// No such program where it was looked for.
    #[error("no {which} found, looked in {}", list(.looked_in))]
    BinaryNotFound {
        /// Which of the two programs.
        which: Program,
        /// Every place that was tried, in order.
        looked_in: Vec<PathBuf>,
    },
    /// The operating system refused to start a program.
    #[error("{} cannot be started", .path.display())]
    NotStarted {
        /// The program.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// No place for the driver's temporary files.
    #[error("temporary files cannot be written: {0}")]
    TempDir(#[source] io::Error),
    /// No port of this machine is free for the driver.
    #[error("no port is free on 127.0.0.1")]
    NoPort(#[source] io::Error),
    /// The driver ended before it listened.
    #[error("the driver ended at once ({status}): {output}")]
    DriverExited {
        /// How it ended.
        status: ExitStatus,
        /// The end of what it wrote.
        output: Excerpt,
    },
    /// The driver runs but never named its port.
    #[error("the driver did not say where it listens within {after:?}")]
    DriverSilent {
        /// How long it was given.
        after: Duration,
    },
    /// The driver or the remote end refused a session.
    #[error("no session was created: {message}")]
    SessionNotCreated {
        /// An excerpt of its words.
        message: Excerpt,
    },
    /// The end could not be reached, or what answers there is not a WebDriver end.
    #[error("no WebDriver end answers: {message}")]
    NoWebDriver {
        /// What was seen instead.
        message: Excerpt,
    },
    /// The address's user or password holds a character that addresses escape, and would be sent
    /// escaped.
    #[error("the user and the password may not hold characters that an address escapes")]
    Credentials,
    /// An https end, and nothing to check its certificate with.
    #[error("no certificate authority is known here")]
    NoRoots(#[source] io::Error),
    /// There is no port for the proxy between the browsers and the proxy that leads out.
    #[error("no relay to the proxy can be started")]
    Relay(#[source] io::Error),
    /// The browsers cannot be told of the further certificate authorities.
    #[error("the browser cannot be told of a certificate authority: {message}")]
    Authorities {
        /// What was tried, and how it ended.
        message: Excerpt,
    },
    /// A session was not there in time.
    #[error("{step} took longer than {after:?}")]
    Timeout {
        /// The step that was too slow.
        step: Step,
        /// How long it was given.
        after: Duration,
    },
    /// A fleet of no slots was asked for.
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
    /// Every place in the queue is taken; nothing was done.
    #[error("{waiting} callers wait already")]
    QueueFull {
        /// How many wait.
        waiting: usize,
        /// When a place should be free, from the measured service time.
        retry_after: Duration,
    },
    /// The caller waited as long as the queue allows; nothing was done.
    #[error("no session became free within {waited:?}")]
    QueueTimeout {
        /// How long it waited.
        waited: Duration,
        /// When a session should be free, from the measured service time.
        retry_after: Duration,
    },
    /// The fleet is shutting down.
    #[error("the fleet is shutting down")]
    Draining,
    /// No session lives and the last attempt to open one failed.
    #[error("no browser session can be opened: {message}")]
    Unavailable {
        /// The last attempt's error.
        message: Excerpt,
        /// When the next attempt is due.
        retry_after: Duration,
    },
    /// A step missed its deadline.
    #[error("{step} missed its deadline after {after:?}")]
    Timeout {
        /// Which step.
        step: Step,
        /// How long it was given.
        after: Duration,
    },
    /// The browser or its driver died, and so did the one that was tried after it, or no time was
    /// left to try.
    #[error("the browser was lost during {step}: {message}")]
    Crashed {
        /// In which step.
        step: Step,
        /// What is known of it. No variant quotes a driver, which may quote the page.
        message: Excerpt,
    },
    /// The browser could not fetch the page.
    #[error("the page could not be loaded: {why} ({message})")]
    Unreachable {
        /// Why, as far as the browser tells.
        why: SiteFault,
        /// The browser's own code (`net::ERR_…`) where it tells.
        message: Excerpt,
    },
    /// The script threw, does not parse, or answered what is not JSON.
    #[error("the script failed: {message}")]
    Script {
        /// What it did; the exception's own words may be the page's.
        message: Excerpt,
    },
    /// The page opened more prompts than are answered.
    #[error("the page opened {count} prompts")]
    Prompts {
        /// How many, the last one included.
        count: usize,
    },
}

impl VisitError {
    /// Why the site gave no document, if it was the site.
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
