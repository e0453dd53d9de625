//! Where log lines go, what they look like, and what is never in them.
//!
//! Of the crates we stand on only what matters is written: their lines for developers quote
//! addresses, identifiers and passwords with them. Nor are a panic's words, which may quote a page.

mod bars;
mod config;
mod json;
mod queue;
#[cfg(feature = "otlp")]
mod traces;

use std::io::{IsTerminal, stderr};
use std::panic::{self, PanicHookInfo};

use tracing::{Level, Metadata, error};
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, registry};

pub use config::{LogConfig, LogFormat};

use json::Json;
use queue::{Farewell, Queue};

pub use bars::{above_bars, draw};
pub use queue::lost;

/// The crates whose lines were written with the log's readers in mind.
const OURS: [&str; 2] = ["gonggang", "webdriver_fleet"];

/// What has been started, until this is dropped; then the last lines and traces go out.
#[derive(Debug, Default)]
#[must_use = "what is logged after it is dropped is written nowhere"]
pub struct Log {
    _lines: Option<Farewell>,
    #[cfg(feature = "otlp")]
    _traces: Option<traces::Traces>,
}

/// Starts logging to standard error; later calls change nothing.
pub fn start(config: &LogConfig) -> Log {
    #[cfg(feature = "otlp")]
    let traces = traces::Traces::start();
    // A system that gives no thread gives no service either.
    let Ok((queue, farewell)) = queue::start() else {
        return Log::default();
    };
    let registry = registry().with(lines(config, queue));
    #[cfg(feature = "otlp")]
    let registry = registry.with(traces.as_ref().map(traces::Traces::layer));
    // Only a second start fails, and the first one's settings stay.
    if registry.try_init().is_err() {
        return Log::default();
    }
    panic::set_hook(Box::new(tell_of_panic));
    Log {
        _lines: Some(farewell),
        #[cfg(feature = "otlp")]
        _traces: traces,
    }
}

fn lines(config: &LogConfig, queue: Queue) -> impl Layer<Registry> + use<> {
    let is_terminal = stderr().is_terminal();
    let usual = || {
        if is_terminal {
            LogFormat::Text
        } else {
            LogFormat::Json
        }
    };
    let lines = match config.format.unwrap_or_else(usual) {
        LogFormat::Text => fmt::layer()
            .with_target(false)
            .with_ansi(is_terminal)
            .with_writer(move || queue.clone())
            .boxed(),
        LogFormat::Json => Json(queue).boxed(),
    };
    lines.with_filter(EnvFilter::new(&config.filter).and(filter_fn(may_be_written)))
}

fn may_be_written(metadata: &Metadata<'_>) -> bool {
    let krate = metadata.target().split("::").next().unwrap_or_default();
    metadata.is_event() && (OURS.contains(&krate) || *metadata.level() <= Level::INFO)
}

fn tell_of_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    error!(place, "panic");
}
