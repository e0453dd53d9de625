//! One file for each command.

mod batch;
mod check;
mod extract;
mod healthcheck;
mod open_files;
mod output;
mod pages;
mod progress;
mod reader;
mod record;
mod replay;
mod serve;
mod signals;

use crate::cli::{Command, CommandError};

/// Runs a command to its end.
///
/// # Errors
/// [`CommandError`], which has the exit code.
pub async fn run(command: Command) -> Result<(), CommandError> {
    signals::ignore_those_without_a_meaning();
    match command {
        Command::Serve { replay, settings } => serve::run(replay.as_deref(), &settings).await,
        Command::Extract {
            links,
            format,
            out,
            calendar,
            settings,
        } => {
            let form = extract::form(format, &calendar)?;
            let to = extract::destination(form, out, links.len())?;
            extract::run(&links, form, &to, &settings).await
        }
        Command::Batch { options, settings } => batch::run(&options, &settings).await,
        Command::Record {
            link,
            options,
            settings,
        } => record::run(&link, &options, &settings).await,
        Command::Replay { listen, fixtures } => replay::run(listen, &fixtures).await,
        Command::Check { settings } => check::run(&settings).await,
        Command::Healthcheck { listen } => healthcheck::run(listen).await,
        Command::Completions { shell } => pages::completions(shell),
        Command::Man { command } => pages::manual(command.as_deref()),
    }
}
