//! Puts a request's span below its caller's span (W3C `traceparent`).
//!
//! `tracestate` and `baggage` are free text of the caller and would leave with every span, so they are not read.

use axum::http::HeaderMap;
use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

const TRACEPARENT: &str = "traceparent";

/// Makes `span` part of the caller's trace.
pub(super) fn adopt(span: &Span, headers: &HeaderMap) {
    // Fails only where tracing is off.
    let _ = span.set_parent(caller(headers));
}

fn caller(headers: &HeaderMap) -> Context {
    TraceContextPropagator::new().extract(&Headers(headers))
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        let value = self.0.get(TRACEPARENT).filter(|_| key == TRACEPARENT)?;
        value.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        vec![TRACEPARENT]
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use opentelemetry::trace::TraceContextExt;

    use super::*;

    #[test]
    fn only_the_ids_of_a_callers_trace_are_taken_over() {
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let mut headers = HeaderMap::new();
        for (name, value) in [
            (TRACEPARENT, parent),
            ("tracestate", "vendor=weekday0000000000000"),
            ("baggage", "link=weekday0000000000000"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let context = caller(&headers);
        let span = context.span().span_context().clone();
        assert_eq!(
            span.trace_id().to_string(),
            "4bf92f3577b34da6a3ce929d0e0e4736"
        );
        assert_eq!(span.trace_state().header(), "");
    }
}
