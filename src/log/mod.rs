//! The log: its destination, its shape, and what is kept out of it.
//!
//! Of libraries only lines of level `info` and above are written: their debug lines contain addresses,
//! identifiers and passwords. A panic's message may quote a page, so only its location is written.

mod bars;
mod config;
mod lines;
#[cfg(feature = "otlp")]
mod traces;

use std::io::{IsTerminal, stderr};
use std::panic::{self, PanicHookInfo};

use tracing::{Level, Metadata, error};
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, registry};

pub use config::{LogConfig, LogFormat};

use lines::FlushGuard;

pub use bars::{above_bars, draw};
pub use lines::dropped;

/// The crates whose lines contain no personal data at any level.
const OURS: [&str; 2] = ["gonggang", "webdriver_fleet"];

/// A running log. Dropping it writes the last lines and sends the last traces.
#[derive(Debug, Default)]
#[must_use = "lines logged after the drop are lost"]
pub struct Log {
    _lines: Option<FlushGuard>,
    #[cfg(feature = "otlp")]
    _traces: Option<traces::Traces>,
}

/// Starts logging to standard error; later calls change nothing.
pub fn start(config: &LogConfig) -> Log {
    #[cfg(feature = "otlp")]
    let traces = traces::Traces::start();
    let (lines, guard) = lines::start();
    let registry = registry().with(layer(config, lines));
    #[cfg(feature = "otlp")]
    let registry = registry.with(traces.as_ref().map(traces::Traces::layer));
    // Only a second start fails, and the first one's settings stay.
    if registry.try_init().is_err() {
        return Log::default();
    }
    panic::set_hook(Box::new(log_panic));
    Log {
        _lines: Some(guard),
        #[cfg(feature = "otlp")]
        _traces: traces,
    }
}

fn layer<W>(config: &LogConfig, writer: W) -> impl Layer<Registry> + use<W>
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let is_terminal = stderr().is_terminal();
    let default = if is_terminal {
        LogFormat::Text
    } else {
        LogFormat::Json
    };
    let lines = fmt::layer()
        .with_target(false)
        .with_ansi(is_terminal)
        .with_writer(writer);
    let lines = match config.format.unwrap_or(default) {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .boxed(),
    };
    lines.with_filter(EnvFilter::new(&config.filter).and(filter_fn(is_permitted)))
}

fn is_permitted(metadata: &Metadata<'_>) -> bool {
    let krate = metadata.target().split("::").next().unwrap_or_default();
    metadata.is_event() && (OURS.contains(&krate) || *metadata.level() <= Level::INFO)
}

fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    error!(place, "panic");
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;

    use parking_lot::Mutex;
    use tracing::subscriber::with_default;
    use tracing::{info, info_span};

    use super::*;

    /// Keeps what is written.
    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_json_line_holds_every_value_in_the_events_order_escaped_and_nothing_of_its_span() {
        let written = Written::default();
        let writer = written.clone();
        let config = LogConfig {
            filter: "info".to_owned(),
            format: Some(LogFormat::Json),
        };
        let lines = layer(&config, move || writer.clone());
        with_default(registry().with(lines), || {
            let _span = info_span!("request", route = "none").entered();
            let absent: Option<&str> = None;
            info!(
                text = "a \"b\"\n",
                whole = 1_u64,
                below = -1,
                half = 0.5,
                yes = true,
                absent,
                "c \\"
            );
        });
        let line = String::from_utf8(written.0.lock().clone()).unwrap();
        let (time, rest) = line.split_at("{\"timestamp\":\"2026-11-21T21:12:13.123456Z\"".len());
        assert!(time.ends_with("Z\""), "{line}");
        let expected = r#","level":"INFO","message":"c \\","text":"a \"b\"\n","whole":1,"below":-1,"half":0.5,"yes":true}"#;
        assert_eq!(rest, format!("{expected}\n"));
    }
}
