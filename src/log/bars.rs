//! Progress bars at the foot of standard error, and the lines above them.

use std::io::{self, Write, stderr};
use std::sync::LazyLock;

use indicatif::{MultiProgress, ProgressBar};

static BARS: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// Draws `bar` below all other output.
pub fn draw(bar: ProgressBar) -> ProgressBar {
    BARS.add(bar)
}

/// Hides the bars while `write` writes to the terminal.
pub fn above_bars<T>(write: impl FnOnce() -> T) -> T {
    BARS.suspend(write)
}

/// Standard error above the bars. Errors are ignored: the log is closed, so they have nowhere to go.
pub(super) struct AboveProgressBars;

impl Write for AboveProgressBars {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = above_bars(|| stderr().write_all(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
