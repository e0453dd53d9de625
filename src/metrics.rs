//! What is counted, under which names. Labels never hold anything of a caller or a page.

use metrics::{counter, describe_counter, describe_histogram, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use crate::cache;
use crate::source::{Read, SourceError, upstream};
use crate::timetable::reading::{Check, Unread};

const REQUESTS: &str = "gonggang_http_requests_total";
const READS: &str = "gonggang_reads_total";
const READ_SECONDS: &str = "gonggang_read_seconds";
const MISMATCHES: &str = "gonggang_layout_mismatch_total";

/// Upper bounds of the read histogram, in seconds: from a warm page to the request timeout.
const SECONDS: [f64; 11] = [0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0];

/// Upper bounds of the shared cache's histogram, in seconds: from a server beside us to the moment it is
/// given up.
const SHARED_SECONDS: [f64; 7] = [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05];

/// Starts counting; the handle writes what was counted. Only the first call in a process counts.
///
/// # Errors
/// Those of the exporter, for buckets it does not take.
pub fn start() -> Result<PrometheusHandle, BuildError> {
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(READ_SECONDS.to_owned()), &SECONDS)?
        .set_buckets_for_metric(
            Matcher::Full(cache::SHARED_SECONDS.to_owned()),
            &SHARED_SECONDS,
        )?
        .build_recorder();
    let handle = recorder.handle();
    // Refused only where one counts already, in a test that starts two services.
    let _ = metrics::set_global_recorder(recorder);
    describe();
    Ok(handle)
}

fn describe() {
    cache::describe();
    describe_counter!(REQUESTS, "HTTP requests answered, by route and status.");
    describe_counter!(READS, "Timetables read from the site, by outcome.");
    describe_histogram!(
        READ_SECONDS,
        "Seconds from taking a session until the page was read."
    );
    describe_counter!(
        MISMATCHES,
        "Pages refused because two readings disagreed, by check."
    );
    upstream::describe();
    // A counter that has never moved should be seen as zero, not as absent.
    for check in Check::ALL {
        counter!(MISMATCHES, "check" => check.name()).absolute(0);
    }
}

/// Counts an answered request.
pub fn count_request(route: &str, status: u16) {
    counter!(REQUESTS, "route" => route.to_owned(), "status" => status.to_string()).increment(1);
}

/// Counts a read that has ended.
pub fn count_read(read: &Result<Read, SourceError>) {
    counter!(READS, "outcome" => outcome(read)).increment(1);
    match read {
        Ok(read) => histogram!(READ_SECONDS).record(read.timings.render),
        Err(SourceError::Unread(Unread::LayoutChanged(mismatch))) => {
            counter!(MISMATCHES, "check" => mismatch.check.name()).increment(1);
        }
        Err(_) => {}
    }
}

fn outcome(read: &Result<Read, SourceError>) -> &'static str {
    match read {
        Ok(_) => "timetable",
        Err(SourceError::Abandoned) => "abandoned",
        Err(error) => crate::fault::Fault::from(error.clone()).code(),
    }
}
