//! Where log lines go and what they look like; progress bars that they do not tear.

use std::io::{self, IsTerminal, Write, stderr};
use std::sync::LazyLock;

use indicatif::{MultiProgress, ProgressBar};
use tracing_subscriber::EnvFilter;

use crate::config::{LogConfig, LogFormat};

/// Starts logging to standard error; later calls change nothing.
pub fn start(config: &LogConfig) {
    let format = config.format.unwrap_or_else(|| {
        if stderr().is_terminal() {
            LogFormat::Text
        } else {
            LogFormat::Json
        }
    });
    let lines = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(&config.filter))
        .with_target(false)
        .with_writer(|| Above);
    let started = match format {
        LogFormat::Text => lines.with_ansi(stderr().is_terminal()).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    // Only a second start fails, and the first one's settings stay.
    drop(started);
}

/// The bars at the foot of standard error.
static BARS: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// Draws `bar` below whatever is written.
pub fn draw(bar: ProgressBar) -> ProgressBar {
    BARS.add(bar)
}

/// Writes something to the terminal while no bar is in its way.
pub fn above_bars<T>(write: impl FnOnce() -> T) -> T {
    BARS.suspend(write)
}

/// Standard error above the bars.
struct Above;

impl Write for Above {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        above_bars(|| stderr().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        stderr().flush()
    }
}
