//! Metrics of reads, by source.

use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

use super::SourceError;
use super::breaker::Stage;
use crate::code::Code;
use crate::reading::{Reading, SourceKind};
use timetable::NotAvailable;
use timetable::mismatch::Check;

const READ_SECONDS: &str = "gonggang_read_seconds";
const MISMATCHES: &str = "gonggang_layout_mismatch_total";

const ERRORS: &str = "gonggang_upstream_errors_total";
const BREAKER: &str = "gonggang_breaker_state";
const CROSS_CHECKS: &str = "gonggang_cross_checks_total";

/// Describes each metric.
pub(crate) fn describe() {
    describe_histogram!(
        READ_SECONDS,
        "Seconds that reads took, including the wait for a session, by source and outcome."
    );
    describe_counter!(
        MISMATCHES,
        "Readings refused because two parts disagreed, by check."
    );
    describe_counter!(
        ERRORS,
        "Reads that failed because of the site, by source and kind."
    );
    describe_counter!(
        CROSS_CHECKS,
        "API answers cross-checked with the page, by result."
    );
    describe_gauge!(
        BREAKER,
        "State of the circuit breaker, by source: 0 closed, 1 probing, 2 open."
    );
    // A counter that has never moved is zero, not absent.
    for check in Check::ALL {
        counter!(MISMATCHES, "check" => check.name()).absolute(0);
    }
    for result in CrossChecked::ALL {
        counter!(CROSS_CHECKS, "result" => result.name()).absolute(0);
    }
}

/// Sets one source's metrics to zero, so that they are not absent.
pub(super) fn introduce(source: SourceKind) {
    for code in ERROR_CODES {
        counter!(ERRORS, "source" => source.name(), "kind" => code.as_str()).absolute(0);
    }
    show_breaker(source, Stage::Closed);
}

/// How a cross-check ended.
#[derive(Debug, Clone, Copy)]
pub(super) enum CrossChecked {
    Same,
    Different,
    /// The page could not be read.
    Unread,
    /// Another check was under way.
    Skipped,
}

impl CrossChecked {
    const ALL: [Self; 4] = [Self::Same, Self::Different, Self::Unread, Self::Skipped];

    fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Different => "different",
            Self::Unread => "unread",
            Self::Skipped => "skipped",
        }
    }
}

/// Counts a cross-check.
pub(super) fn count_cross_check(result: CrossChecked) {
    counter!(CROSS_CHECKS, "result" => result.name()).increment(1);
}

/// Counts a read that has ended.
pub(super) fn count_read(source: SourceKind, read: &Result<Reading, SourceError>, took: Duration) {
    let source = source.name();
    histogram!(READ_SECONDS, "source" => source, "outcome" => outcome(read)).record(took);
    let Err(error) = read else { return };
    if ERROR_CODES.contains(&error.code()) {
        counter!(ERRORS, "source" => source, "kind" => error.code().as_str()).increment(1);
    }
    if let SourceError::NotAvailable(NotAvailable::LayoutChanged(mismatch)) = error {
        counter!(MISMATCHES, "check" => mismatch.check.name()).increment(1);
    }
}

/// Codes of reads that failed because of the site.
const ERROR_CODES: [Code; 4] = [
    Code::Blocked,
    Code::SiteUnavailable,
    Code::LayoutChanged,
    Code::Timeout,
];

/// How a read ended: `timetable`, `abandoned` or a fault's code.
pub(crate) fn outcome(read: &Result<Reading, SourceError>) -> &'static str {
    match read {
        Ok(_) => "timetable",
        Err(SourceError::Abandoned) => "abandoned",
        Err(error) => error.code().as_str(),
    }
}

/// Shows a breaker's state.
pub(super) fn show_breaker(source: SourceKind, stage: Stage) {
    let number = match stage {
        Stage::Closed => 0.0,
        Stage::Probing => 1.0,
        Stage::Open => 2.0,
    };
    gauge!(BREAKER, "source" => source.name()).set(number);
}
