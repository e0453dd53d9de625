//! Start-up: read the command line, run the command, say how it ended.

mod init;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::error::ErrorKind;
use gonggang::cli::{Cli, CommandError, Exit};
use gonggang::commands;

fn main() -> ExitCode {
    init::run().unwrap_or_else(command)
}

fn command() -> ExitCode {
    let cli = match Cli::from_variables_and_arguments() {
        Ok(cli) => cli,
        Err(refused) => return usage(&refused),
    };
    let ended = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CommandError::Internal(format!("no runtime: {error}")))
        .and_then(|runtime| runtime.block_on(commands::run(cli.command)));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            error.exit().into()
        }
    }
}

/// Prints clap's own words: help and version are no fault, everything else is.
fn usage(refused: &clap::Error) -> ExitCode {
    let printed = refused.print();
    match refused.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion if printed.is_err() => {
            Exit::Internal.into()
        }
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
        _ => Exit::Usage.into(),
    }
}

/// The exit code says it too, should standard error be full or closed.
fn complain(error: &CommandError) {
    for line in error.to_string().lines() {
        let _ = writeln!(io::stderr(), "gonggang: {line}");
    }
}
