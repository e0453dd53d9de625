//! A line as a JSON object: when, how bad, what, and the event's own fields in their order.

use std::cell::Cell;
use std::fmt;
use std::time::SystemTime;

use serde::Serialize;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use super::queue::Queue;
use crate::wall_clock::to_the_microsecond;

thread_local! {
    /// The room that a thread's last line was written into.
    static ROOM: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Writes events without the spans around them, which are for traces.
///
/// The library's own formatter copies each line three times and checks each comma of it for UTF-8,
/// which takes longer than all else about a line.
pub(super) struct Json(pub(super) Queue);

impl<S: Subscriber> Layer<S> for Json {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        // A thread that ends has none, and a value that logs while it is written gets another.
        let mut line = Line::within(ROOM.try_with(Cell::take).unwrap_or_default());
        if line.write(event).is_ok() {
            self.0.push(&line.text);
        }
        let _ = ROOM.try_with(|room| room.set(line.text));
    }
}

/// A line that is being written.
struct Line {
    text: Vec<u8>,
    /// That of the first value that could not be written.
    result: serde_json::Result<()>,
}

impl Line {
    fn within(mut room: Vec<u8>) -> Self {
        room.clear();
        Self {
            text: room,
            result: Ok(()),
        }
    }

    fn write(&mut self, event: &Event<'_>) -> serde_json::Result<()> {
        let now = to_the_microsecond(SystemTime::now());
        self.text.push(b'{');
        self.member("timestamp", &format_args!("{now}"));
        self.member("level", event.metadata().level().as_str());
        event.record(self);
        self.text.extend_from_slice(b"}\n");
        std::mem::replace(&mut self.result, Ok(()))
    }

    /// Names are those of Rust: nothing in them wants escaping.
    fn member(&mut self, name: &str, value: &(impl Serialize + ?Sized)) {
        let opening: &[u8] = if self.text == b"{" { b"\"" } else { b",\"" };
        self.text.extend_from_slice(opening);
        self.text.extend_from_slice(name.as_bytes());
        self.text.extend_from_slice(b"\":");
        let written = serde_json::to_writer(&mut self.text, value);
        if self.result.is_ok() {
            self.result = written;
        }
    }
}

impl Visit for Line {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.member(field.name(), &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.member(field.name(), &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.member(field.name(), &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.member(field.name(), &value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.member(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.member(field.name(), &format_args!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use tracing::info;
    use tracing::subscriber::with_default;
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::registry;

    use super::*;

    #[test]
    fn a_line_holds_every_value_in_the_events_order_and_escapes_it() {
        let queue = Queue::default();
        with_default(registry().with(Json(queue.clone())), || {
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
        let line = String::from_utf8(queue.written()).unwrap();
        let (time, rest) = line.split_at("{\"timestamp\":\"2026-11-21T21:12:13.123456Z\"".len());
        assert!(time.ends_with("Z\""), "{line}");
        let expected = r#","level":"INFO","message":"c \\","text":"a \"b\"\n","whole":1,"below":-1,"half":0.5,"yes":true}"#;
        assert_eq!(rest, format!("{expected}\n"));
    }
}
