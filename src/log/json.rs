//! A line as a JSON object: when, how bad, what, and the event's own fields in their order.

use std::fmt;
use std::time::SystemTime;

use humantime::format_rfc3339_micros;
use serde::ser::{SerializeMap, Serializer};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Room for the line of a request.
const USUAL_BYTES: usize = 512;

/// Writes events without the spans around them, which are for traces.
///
/// The library's own formatter hands over each comma by itself and has it checked for UTF-8, which
/// takes longer than all else about a line.
pub(super) struct Json;

impl<S, N> FormatEvent<S, N> for Json
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = Vec::with_capacity(USUAL_BYTES);
        write(event, &mut line).map_err(|_| fmt::Error)?;
        writer.write_str(str::from_utf8(&line).map_err(|_| fmt::Error)?)?;
        writer.write_char('\n')
    }
}

fn write(event: &Event<'_>, line: &mut Vec<u8>) -> serde_json::Result<()> {
    let mut json = serde_json::Serializer::new(line);
    let mut members = json.serialize_map(None)?;
    let now = format_rfc3339_micros(SystemTime::now());
    members.serialize_entry("timestamp", &format_args!("{now}"))?;
    members.serialize_entry("level", event.metadata().level().as_str())?;
    let mut fields = tracing_serde::SerdeMapVisitor::new(members);
    event.record(&mut fields);
    fields.finish()
}
