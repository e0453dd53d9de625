//! Traces over OTLP: a span for each request and one for each of its steps. What goes out holds
//! neither identifiers nor anything a page said.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::EnvResourceDetector;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

/// The standard variables; without either nothing is traced and nobody is contacted.
const ENDPOINTS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
];

/// Longest that the last spans may take to be sent.
const FAREWELL: Duration = Duration::from_secs(3);

/// What sends the spans.
#[derive(Debug)]
pub(super) struct Traces(SdkTracerProvider);

impl Traces {
    /// `None` where no endpoint is set, or one that spans cannot be sent to.
    pub(super) fn start() -> Option<Self> {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if !ENDPOINTS.into_iter().any(is_set) {
            return None;
        }
        // An https endpoint is asked with the library that everything else here is encrypted with.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let exporter = SpanExporter::builder().with_http().build().ok()?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource())
            .build();
        Some(Self(provider))
    }

    /// Takes the spans, and nothing else that is logged.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("gonggang"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_level(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(|metadata: &Metadata<'_>| {
                metadata.is_span() && metadata.target().starts_with("gonggang")
            }))
    }
}

/// Sends the last spans.
impl Drop for Traces {
    fn drop(&mut self) {
        // A collector that does not take them is nothing that the end should wait for.
        let _ = self.0.shutdown_with_timeout(FAREWELL);
    }
}

/// `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` are heard.
fn resource() -> Resource {
    let name = std::env::var("OTEL_SERVICE_NAME");
    Resource::builder_empty()
        .with_service_name(name.unwrap_or_else(|_| "gonggang".to_owned()))
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_detector(Box::new(EnvResourceDetector::new()))
        .build()
}
