//! Where log lines go and what they look like; progress bars that they do not tear.

use std::io::{self, IsTerminal, Write, stderr};
use std::sync::LazyLock;

use indicatif::{MultiProgress, ProgressBar};
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{FilterFn, filter_fn};
use tracing_subscriber::layer::{Layered, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

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
        LogFormat::Text => discreet(lines.with_ansi(stderr().is_terminal()).finish()).try_init(),
        LogFormat::Json => discreet(lines.json().flatten_event(true).finish()).try_init(),
    };
    // Only a second start fails, and the first one's settings stay.
    drop(started);
}

/// Whatever the filter says: hyper's pool of connections names addresses with user and password when
/// it says what it does, and that of `GONGGANG_WEBDRIVER_URL` may hold both.
fn discreet<S: Subscriber>(lines: S) -> Layered<FilterFn, S> {
    let may_be_told = |event: &Metadata<'_>| {
        *event.level() <= Level::INFO || !event.target().starts_with("hyper_util")
    };
    lines.with(filter_fn(may_be_told))
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
