//! The command line: what can be asked for, and how a command ends.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use crate::config::{SettingFault, Settings};
use crate::fault::Fault;

/// Turns a shared Everytime timetable link into the hours it blocks.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the HTTP service
    Serve {
        /// Read a stand-in site with the cases under DIR, offline, instead of the real one
        #[arg(long, value_name = "DIR")]
        replay: Option<PathBuf>,
        #[command(flatten)]
        #[expect(missing_docs, reason = "its own type says it")]
        settings: Box<Settings>,
    },
    /// Read timetables and print them
    Extract {
        /// Share links, share messages or identifiers
        #[arg(required = true, value_name = "LINK")]
        links: Vec<String>,
        /// How a timetable is printed
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
        #[command(flatten)]
        #[expect(missing_docs, reason = "its own type says it")]
        settings: Box<Settings>,
    },
    /// Run the stand-in site alone, for other tools
    Replay {
        /// Address to listen on
        #[arg(long, default_value = "127.0.0.1:5002", value_name = "ADDR")]
        listen: SocketAddr,
        /// Folder with a folder for each case
        #[arg(long, value_name = "DIR")]
        fixtures: PathBuf,
    },
}

/// How a timetable is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Everything that was read
    Json,
    /// The busy half hours, as OneTime takes them
    Slots,
}

/// Why a command did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// Settings that cannot be used.
    #[error("{}", lines(.0))]
    Settings(Vec<SettingFault>),
    /// Something the command was given cannot be used.
    #[error("{0}")]
    Usage(String),
    /// No browser, no driver, no site.
    #[error("{0}")]
    Unavailable(String),
    /// Faults that have been told one by one; the first decides how the process ends.
    #[error("not every link gave a timetable with classes")]
    Links(Exit),
    /// Our own fault.
    #[error("{0}")]
    Internal(String),
}

fn lines(faults: &[SettingFault]) -> String {
    faults
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Exit codes, after BSD's `sysexits.h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Exit {
    Usage = 64,
    BadLink = 65,
    NotFound = 66,
    Empty = 67,
    Unavailable = 69,
    Internal = 70,
    TryLater = 75,
    NotPublic = 77,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

impl CommandError {
    /// How the process ends.
    pub fn exit(&self) -> Exit {
        match self {
            CommandError::Settings(_) | CommandError::Usage(_) => Exit::Usage,
            CommandError::Unavailable(_) => Exit::Unavailable,
            CommandError::Links(exit) => *exit,
            CommandError::Internal(_) => Exit::Internal,
        }
    }
}

impl From<&Fault> for Exit {
    fn from(fault: &Fault) -> Self {
        match fault {
            Fault::MissingLink | Fault::InvalidLink(_) | Fault::BadRequest(_) => Self::BadLink,
            Fault::NotFound => Self::NotFound,
            Fault::NoTimetable => Self::Empty,
            Fault::NotPublic | Fault::Unauthorized => Self::NotPublic,
            Fault::SiteUnavailable { .. }
            | Fault::BrowserUnavailable { .. }
            | Fault::Timeout { .. } => Self::Unavailable,
            Fault::Blocked { .. }
            | Fault::Busy { .. }
            | Fault::RateLimited { .. }
            | Fault::Draining => Self::TryLater,
            Fault::LayoutChanged(_) | Fault::Internal { .. } => Self::Internal,
        }
    }
}
