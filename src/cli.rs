//! The command line and the exit codes.

mod options;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::Resettable;
use clap::{Arg, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::batch::BatchError;
use crate::code::Code;
use crate::config::{SettingFault, Settings};
use crate::fault::Fault;
pub use options::{BatchOptions, CalendarOptions, RecordOptions};

/// Turns a shared Everytime timetable link into the hours it blocks.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// Reads the command line. A variable that is blank counts as unset.
    ///
    /// # Errors
    /// Errors of the command line, or the requested help.
    pub fn from_variables_and_arguments() -> Result<Self, clap::Error> {
        let matches = without_blank(Self::command()).try_get_matches()?;
        Self::from_arg_matches(&matches)
    }
}

fn without_blank(command: clap::Command) -> clap::Command {
    command
        .mut_args(|arg| {
            if is_blank(&arg) {
                arg.env(Resettable::Reset)
            } else {
                arg
            }
        })
        .mut_subcommands(without_blank)
}

fn is_blank(arg: &Arg) -> bool {
    let value = arg.get_env().and_then(std::env::var_os);
    value.is_some_and(|value| value.to_string_lossy().trim().is_empty())
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the HTTP service
    Serve {
        /// Read a stand-in site with the fixtures under DIR, offline, instead of the real one
        #[arg(long, value_name = "DIR")]
        replay: Option<PathBuf>,
        #[command(flatten)]
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
        /// Folder for one picture of each link, 1.svg, 2.svg and so on, for --format svg
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        #[command(flatten)]
        calendar: CalendarOptions,
        #[command(flatten)]
        settings: Box<Settings>,
    },
    /// Read many links and write a JSON line for each
    #[command(long_about = options::BATCH, after_long_help = options::BATCH_EXITS)]
    Batch {
        #[command(flatten)]
        options: BatchOptions,
        #[command(flatten)]
        settings: Box<Settings>,
    },
    /// Save a page as a fixture for the stand-in site, its owner's name removed
    Record {
        /// Share link, share message or identifier
        #[arg(value_name = "LINK")]
        link: String,
        #[command(flatten)]
        options: RecordOptions,
        #[command(flatten)]
        settings: Box<Settings>,
    },
    /// Run the stand-in site alone, for other tools
    Replay {
        /// Address to listen on
        #[arg(long, default_value = "127.0.0.1:5002", value_name = "ADDR")]
        listen: SocketAddr,
        /// Folder with a folder for each fixture
        #[arg(long, value_name = "DIR")]
        fixtures: PathBuf,
    },
    /// Look at driver, browser, fonts, page scale and site, and say what to do about each fault
    Check {
        #[command(flatten)]
        settings: Box<Settings>,
    },
    /// Ask the running service whether it can serve
    Healthcheck {
        /// Address that the service listens on
        #[arg(
            long,
            env = "GONGGANG_LISTEN",
            default_value = "127.0.0.1:5001",
            value_name = "ADDR"
        )]
        listen: SocketAddr,
    },
    /// Print a script that completes gonggang's commands and flags in a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print a manual page; gonggang man batch | man -l - shows one
    Man {
        /// The command whose page it is [default: gonggang itself]
        command: Option<String>,
    },
}

/// How a timetable is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Everything that was read
    Json,
    /// The busy half hours, as OneTime takes them
    Slots,
    /// One calendar file of all links; takes --from and --until
    Ics,
    /// The week as a picture; several links take --out
    Svg,
    /// The week drawn in the terminal
    Text,
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// Invalid settings.
    #[error("{}", lines(.0))]
    Settings(Vec<SettingFault>),
    /// An invalid argument.
    #[error("{0}")]
    Usage(String),
    /// Browser, driver or site is not available.
    #[error("{0}")]
    Unavailable(String),
    /// Faults that are already printed; the first decides the exit code.
    #[error("not every link gave a timetable with classes")]
    Links(Exit),
    /// The input or output of a batch run failed.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// A batch run that left links unread.
    #[error("{why}")]
    Unread {
        /// The reason, and how to continue.
        why: String,
        /// The exit code.
        exit: Exit,
    },
    /// A page that cannot become a fixture.
    #[error("there is nothing to record: {0}")]
    NothingToRecord(Fault),
    /// A page that was read, of which the API gives no answer.
    #[error(
        "the page can be read but not recorded: a fixture holds the API's answer, and the API gives none: {0}"
    )]
    NoAnswerToRecord(Fault),
    /// A check found faults and printed each.
    #[error("cannot serve here: {faults} of the above must be put right first")]
    CannotServe {
        /// Their number.
        faults: usize,
    },
    /// Standard output is full or closed.
    #[error("cannot write: {0}")]
    Write(#[source] io::Error),
    /// A bug.
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

/// Exit codes after BSD's `sysexits.h`; 1 means a failed check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    CannotServe = 1,
    Usage = 64,
    BadLink = 65,
    NotFound = 66,
    Empty = 67,
    Unavailable = 69,
    Internal = 70,
    TryLater = 75,
    NotPublic = 77,
}

impl Exit {
    /// The exit code of a batch run with unread links, by its last fault.
    pub fn of_failure(code: &str) -> Self {
        code.parse::<Code>().map_or(Self::Internal, Self::from)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

impl CommandError {
    /// The exit code.
    pub fn exit(&self) -> Exit {
        match self {
            CommandError::Settings(_) | CommandError::Usage(_) => Exit::Usage,
            CommandError::Unavailable(_) => Exit::Unavailable,
            CommandError::Batch(error) => error.into(),
            CommandError::Links(exit) | CommandError::Unread { exit, .. } => *exit,
            CommandError::NothingToRecord(fault) | CommandError::NoAnswerToRecord(fault) => {
                fault.into()
            }
            CommandError::CannotServe { .. } => Exit::CannotServe,
            CommandError::Write(_) | CommandError::Internal(_) => Exit::Internal,
        }
    }
}

impl From<&BatchError> for Exit {
    fn from(error: &BatchError) -> Self {
        match error {
            BatchError::Input(_) | BatchError::Output(_) => Self::Usage,
            BatchError::Write(_) | BatchError::Json(_) => Self::Internal,
        }
    }
}

impl From<&Fault> for Exit {
    fn from(fault: &Fault) -> Self {
        fault.code().into()
    }
}

impl From<Code> for Exit {
    fn from(code: Code) -> Self {
        match code {
            Code::MissingLink
            | Code::InvalidLink
            | Code::InvalidParameter
            | Code::InvalidBody
            | Code::UnsupportedMediaType
            | Code::PayloadTooLarge
            | Code::RequestTimeout
            | Code::TooManyHeaders
            | Code::NoSuchPath
            | Code::MethodNotAllowed
            | Code::HostNotAllowed => Self::BadLink,
            Code::NotFound => Self::NotFound,
            Code::NoTimetable => Self::Empty,
            Code::NotPublic | Code::Unauthorized => Self::NotPublic,
            Code::SiteUnavailable | Code::BrowserUnavailable | Code::Timeout => Self::Unavailable,
            Code::Blocked | Code::Busy | Code::RateLimited | Code::Draining => Self::TryLater,
            Code::LayoutChanged | Code::Internal => Self::Internal,
        }
    }
}
