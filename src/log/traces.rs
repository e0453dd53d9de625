//! Traces over OTLP: a span for each request and one for each of its steps, without identifiers or page
//! text.

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

/// The standard variables. Without either nothing is traced and no connection is made.
const ENDPOINTS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
];

/// Longest wait for the last spans to be sent.
const FLUSH_TIME: Duration = Duration::from_secs(3);

/// The sender of the spans.
#[derive(Debug)]
pub(super) struct Traces(SdkTracerProvider);

impl Traces {
    /// `None` if no usable endpoint is set.
    pub(super) fn start() -> Option<Self> {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if !ENDPOINTS.into_iter().any(is_set) {
            return None;
        }
        // An https endpoint uses the same TLS library as everything else here.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let exporter = SpanExporter::builder().with_http().build().ok()?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource())
            .build();
        Some(Self(provider))
    }

    /// Takes the spans only.
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
        // The end does not wait for a collector that does not answer.
        let _ = self.0.shutdown_with_timeout(FLUSH_TIME);
    }
}

/// Uses `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`.
fn resource() -> Resource {
    let name = std::env::var("OTEL_SERVICE_NAME");
    Resource::builder_empty()
        .with_service_name(name.unwrap_or_else(|_| "gonggang".to_owned()))
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_detector(Box::new(EnvResourceDetector::new()))
        .build()
}
