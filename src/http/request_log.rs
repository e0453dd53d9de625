//! One log line for each request, written when its answer leaves.
//!
//! The address holds links and identifiers, so it is never logged.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use tracing::field::Empty;
use tracing::{Instrument, Span, debug, error, info, info_span, warn};

use super::request_id;
use crate::code::Code;
use crate::fault::Fault;
use crate::metrics;
use crate::pseudonym::Pseudonym;
use crate::reading::{SourceKind, Timings};
use crate::service::Answer;

/// The status in log and metrics of a request whose caller left before its answer.
const CALLER_LEFT: u16 = 499;

/// The result of a request, for the log.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    /// A timetable.
    Found {
        /// What read it.
        source: SourceKind,
        /// Whether it was in the cache.
        cache: &'static str,
        /// What this request waited for.
        timings: Timings,
    },
    /// A fault.
    Fault(Fault),
}

impl Outcome {
    pub(super) fn found(found: &Answer) -> Self {
        Self::Found {
            source: found.reading.source,
            cache: found.lookup.name(),
            timings: found.waited(),
        }
    }

    /// Attaches the outcome to the answer, where the log finds it.
    pub(super) fn attached_to(self, mut response: Response) -> Response {
        let told = Told {
            outcome: self,
            about: None,
        };
        response.extensions_mut().insert(told);
        response
    }
}

/// Travels with an answer until it is logged.
#[derive(Debug, Clone)]
pub(super) struct Told {
    outcome: Outcome,
    /// The timetable's name in the log.
    pub(super) about: Option<Pseudonym>,
}

/// A request's line. Dropping it writes the line, so a caller that leaves is logged too.
struct Entry {
    request_id: Option<HeaderValue>,
    method: &'static str,
    route: Option<MatchedPath>,
    began: Instant,
    status: u16,
    told: Option<Told>,
}

/// Names a request, logs it, counts it and puts it into a trace.
pub(super) async fn log(request: Request, next: Next) -> Response {
    let id = request_id::of(request.headers());
    let mut entry = Entry::of(&request, id.clone());
    let span = entry.span(request.headers());
    let mut response = next.run(request).instrument(span.clone()).await;
    entry.answered(&span, &mut response);
    request_id::tell(id, &mut response);
    response
}

impl Entry {
    fn of(request: &Request, request_id: Option<HeaderValue>) -> Self {
        Self {
            request_id,
            method: known(request.method()),
            route: request.extensions().get().cloned(),
            began: Instant::now(),
            status: CALLER_LEFT,
            told: None,
        }
    }

    /// Takes what the log needs of the answer.
    fn answered(&mut self, span: &Span, response: &mut Response) {
        self.status = response.status().as_u16();
        span.record("http.response.status_code", self.status);
        self.told = response.extensions_mut().remove();
    }

    /// The request's span, with OpenTelemetry's names.
    #[cfg_attr(not(feature = "otlp"), expect(unused_variables, reason = "for traces"))]
    fn span(&self, headers: &HeaderMap) -> Span {
        let (method, route) = (self.method, self.route());
        let span = info_span!(
            "request",
            otel.name = format!("{method} {route}"),
            otel.kind = "server",
            http.request.method = method,
            http.route = route,
            http.response.status_code = Empty,
        );
        #[cfg(feature = "otlp")]
        super::caller_trace::adopt(&span, headers);
        span
    }

    fn outcome(&self) -> Option<&Outcome> {
        self.told.as_ref().map(|told| &told.outcome)
    }

    fn request_id(&self) -> Option<&str> {
        self.request_id.as_ref()?.to_str().ok()
    }

    fn about(&self) -> Option<&str> {
        self.told.as_ref()?.about.as_ref().map(Pseudonym::as_str)
    }

    fn route(&self) -> &str {
        self.route.as_ref().map_or("none", MatchedPath::as_str)
    }

    fn is_probe(&self) -> bool {
        matches!(self.route(), "/livez" | "/readyz" | "/metrics")
    }

    fn code(&self) -> &'static str {
        match self.outcome() {
            Some(Outcome::Fault(fault)) => fault.code().as_str(),
            _ if self.status == CALLER_LEFT => "caller_left",
            _ => "ok",
        }
    }
}

/// The method, or `other`: a caller may send any word.
fn known(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    let mut known = known.into_iter();
    known
        .find(|known| *known == method.as_str())
        .unwrap_or("other")
}

impl Drop for Entry {
    fn drop(&mut self) {
        let took = self.began.elapsed();
        metrics::count_request(self.route(), self.status, took);
        self.write(took);
    }
}

/// One line at a level; the fields are the same at every level.
macro_rules! line {
    ($level:ident, $entry:expr, $took:expr, $message:expr) => {{
        let (source, cache, timings) = $entry.read();
        $level!(
            request_id = $entry.request_id(),
            method = $entry.method,
            route = $entry.route(),
            status = $entry.status,
            code = $entry.code(),
            timetable = $entry.about(),
            source,
            cache,
            queue_ms = timings.map(|timings| millis(timings.queue)),
            render_ms = timings.map(|timings| millis(timings.render)),
            read_ms = timings.map(|timings| millis(timings.read)),
            total_ms = millis($took),
            "{}",
            $message
        )
    }};
}

impl Entry {
    /// Our own faults are errors, those of the site and of a changed page warnings.
    fn write(&self, took: Duration) {
        match self.outcome() {
            Some(Outcome::Fault(fault)) => match fault.code() {
                Code::Internal => line!(error, self, took, fault),
                Code::LayoutChanged
                | Code::Blocked
                | Code::SiteUnavailable
                | Code::Timeout
                | Code::BrowserUnavailable => line!(warn, self, took, fault),
                _ => line!(info, self, took, fault),
            },
            // Probes come every few seconds.
            _ if self.is_probe() => line!(debug, self, took, "answered"),
            _ => line!(info, self, took, "answered"),
        }
    }

    /// Source, cache lookup and timings of a timetable; `None` for faults.
    fn read(&self) -> (Option<&'static str>, Option<&'static str>, Option<Timings>) {
        match self.outcome() {
            Some(Outcome::Found {
                source,
                cache,
                timings,
            }) => (Some(source.name()), Some(*cache), Some(*timings)),
            _ => (None, None, None),
        }
    }
}

/// Milliseconds to the tenth.
fn millis(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10_000.0).round() / 10.0
}
