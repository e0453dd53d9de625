//! Output of commands. A full disk or a closed pipe is an error, not a panic.

use std::fmt::Display;
use std::io::{self, Write};

use crate::cli::CommandError;

/// Writes all of `text` to standard output.
///
/// # Errors
/// [`CommandError::Write`] if it is full or closed.
pub(super) fn print(text: impl AsRef<[u8]>) -> Result<(), CommandError> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_ref())
        .and_then(|()| out.flush())
        .map_err(CommandError::Write)
}

/// Writes a line to standard error. If that fails, there is no place left to report it.
pub(super) fn complain(line: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
