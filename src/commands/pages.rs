//! `gonggang completions` and `gonggang man`: documents generated from the command line.

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use super::output::print;
use crate::cli::{Cli, CommandError};

/// Prints a shell's completion script.
pub(super) fn completions(shell: Shell) -> Result<(), CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "gonggang", &mut script);
    print(script)
}

/// Prints the manual page of the program or of one of its commands.
pub(super) fn manual(name: Option<&str>) -> Result<(), CommandError> {
    let mut page = Vec::new();
    // The library omits an empty date, so that `source` would take its place.
    Man::new(command(name)?)
        .date(" ")
        .source(concat!("gonggang ", env!("CARGO_PKG_VERSION")))
        .render(&mut page)
        .map_err(|error| CommandError::Internal(error.to_string()))?;
    print(page)
}

/// The command under the name `gonggang-<name>`.
fn command(name: Option<&str>) -> Result<clap::Command, CommandError> {
    let mut program = Cli::command();
    program.build();
    let Some(name) = name else { return Ok(program) };
    let command = program.find_subcommand(name).ok_or_else(|| {
        CommandError::Usage(format!("no command {name}; gonggang --help lists them"))
    })?;
    let name = format!("gonggang-{name}");
    Ok(command.clone().display_name(name))
}
