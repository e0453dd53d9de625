//! Metrics of the whole process; those of a source or of the cache stand beside it. Labels never hold
//! anything of a caller or a page. docs/operating.md lists all metrics.

use std::collections::HashMap;
use std::sync::LazyLock;
use std::time::Duration;

use metrics::{
    Counter, Histogram, counter, describe_counter, describe_gauge, describe_histogram, gauge,
    histogram,
};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_process::Collector;
use parking_lot::RwLock;
use tokio::time::{MissedTickBehavior, interval};

use crate::source::{sessions, upstream};
use crate::{cache, canary};

const BUILD: &str = "gonggang_build_info";
const READY: &str = "gonggang_ready";
const LOG_LINES_DROPPED: &str = "gonggang_log_lines_dropped_total";
const REQUESTS: &str = "gonggang_http_requests_total";
const REQUEST_SECONDS: &str = "gonggang_http_request_seconds";

/// Upper bounds of every histogram, in seconds: from a cached answer to beyond the request timeout.
const SECONDS: [f64; 14] = [
    0.001, 0.0025, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0,
];

/// Upper bounds of the shared cache's histogram, in seconds: from a server nearby to the longest wait.
const SHARED_SECONDS: [f64; 7] = [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05];

/// How often durations are sorted into their histograms if no one reads the metrics. Until then each
/// duration takes memory.
const UPKEEP: Duration = Duration::from_secs(10);

/// All metrics, ready to be written.
#[derive(Clone)]
pub struct Metrics {
    counted: PrometheusHandle,
    process: Collector,
    /// Log lines dropped so far.
    lines_dropped: fn() -> u64,
}

/// Starts counting. `lines_dropped` returns the number of log lines dropped so far. Only the first
/// call in a process has an effect.
///
/// # Errors
/// Those of the exporter, for buckets that it rejects.
pub fn start(lines_dropped: fn() -> u64) -> Result<Metrics, BuildError> {
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .set_buckets_for_metric(
            Matcher::Full(cache::SHARED_SECONDS.to_owned()),
            &SHARED_SECONDS,
        )?
        .build_recorder();
    let counted = recorder.handle();
    // Fails only in a test that starts two services.
    let _ = metrics::set_global_recorder(recorder);
    let process = Collector::new("gonggang_");
    process.describe();
    describe();
    Ok(Metrics {
        counted,
        process,
        lines_dropped,
    })
}

impl Metrics {
    /// All metrics as Prometheus text. Reads `/proc`.
    pub fn render(&self) -> String {
        self.process.collect();
        counter!(LOG_LINES_DROPPED).absolute((self.lines_dropped)());
        self.counted.render()
    }

    /// Keeps the histograms' memory small, as long as it is polled.
    pub async fn keep_up(self) {
        let mut due = interval(UPKEEP);
        due.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            due.tick().await;
            self.counted.run_upkeep();
        }
    }
}

fn describe() {
    describe_gauge!(BUILD, "1, with the version as a label.");
    describe_gauge!(READY, "1 while questions are taken and can be answered.");
    cache::describe();
    describe_counter!(REQUESTS, "HTTP requests answered, by route and status.");
    describe_histogram!(
        REQUEST_SECONDS,
        "Seconds that HTTP requests took, by route."
    );
    describe_counter!(
        LOG_LINES_DROPPED,
        "Log lines dropped because the queue was full."
    );
    upstream::describe();
    canary::describe();
    sessions::describe();
    gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}

/// Shows whether the service is ready.
pub fn show_ready(is_ready: bool) {
    gauge!(READY).set(f64::from(u8::from(is_ready)));
}

/// The metrics of one status on one route.
struct RouteMetrics {
    requests: Counter,
    seconds: Histogram,
}

impl RouteMetrics {
    fn on(route: &str, status: u16) -> Self {
        let (route, status) = (route.to_owned(), status.to_string());
        Self {
            requests: counter!(REQUESTS, "route" => route.clone(), "status" => status),
            seconds: histogram!(REQUEST_SECONDS, "route" => route),
        }
    }

    fn count(&self, took: Duration) {
        self.requests.increment(1);
        self.seconds.record(took);
    }
}

/// Counts an answered request and its duration.
pub fn count_request(route: &str, status: u16, took: Duration) {
    // Each metric is looked up once for each route and status, of which there are few.
    static ALL: LazyLock<RwLock<HashMap<String, HashMap<u16, RouteMetrics>>>> =
        LazyLock::new(RwLock::default);
    let known = ALL.read();
    if let Some(answered) = known.get(route).and_then(|route| route.get(&status)) {
        return answered.count(took);
    }
    drop(known);
    let mut all = ALL.write();
    let of_route = all.entry(route.to_owned()).or_default();
    let answered = of_route.entry(status);
    let answered = answered.or_insert_with(|| RouteMetrics::on(route, status));
    answered.count(took);
}
