//! What is counted of the sites that are read, under which names.

use metrics::{counter, describe_counter, describe_gauge, gauge};

use super::breaker::Stage;
use super::{SourceError, SourceKind};
use crate::timetable::reading::Unread;

const ERRORS: &str = "gonggang_upstream_errors_total";
const BREAKER: &str = "gonggang_breaker_state";
const CROSS_CHECKS: &str = "gonggang_cross_checks_total";

/// Says what the numbers mean.
pub(crate) fn describe() {
    describe_counter!(
        ERRORS,
        "Reads that the site refused, failed, delayed or answered strangely, by source and kind."
    );
    describe_counter!(
        CROSS_CHECKS,
        "Answers of the API that were to be read off the page as well, by result."
    );
    describe_gauge!(
        BREAKER,
        "Whether the site is left alone, by source: 0 closed, 1 probing, 2 open."
    );
}

/// How a second reading of an answer ended.
#[derive(Debug, Clone, Copy)]
pub(super) enum CrossChecked {
    Same,
    Different,
    /// The page gave nothing to compare with.
    Unread,
    /// Another was being checked.
    Skipped,
}

/// Counts a cross-check.
pub(super) fn count_cross_check(result: CrossChecked) {
    let result = match result {
        CrossChecked::Same => "same",
        CrossChecked::Different => "different",
        CrossChecked::Unread => "unread",
        CrossChecked::Skipped => "skipped",
    };
    counter!(CROSS_CHECKS, "result" => result).increment(1);
}

/// Counts a read that the site did not answer as it should.
pub(super) fn count_error(source: SourceKind, error: &SourceError) {
    if let Some(kind) = kind(error) {
        counter!(ERRORS, "source" => source.name(), "kind" => kind).increment(1);
    }
}

/// `None` for what is no error, or none of the site's.
fn kind(error: &SourceError) -> Option<&'static str> {
    match error {
        SourceError::Unread(Unread::Blocked { .. }) => Some("blocked"),
        SourceError::Unread(Unread::SiteUnavailable { .. }) => Some("site_unavailable"),
        SourceError::Unread(Unread::LayoutChanged(_)) => Some("layout_changed"),
        SourceError::Unread(Unread::TooSlow) | SourceError::TooSlow { .. } => Some("timeout"),
        _ => None,
    }
}

/// Shows how a breaker stands.
pub(super) fn show_breaker(source: SourceKind, stage: Stage) {
    let number = match stage {
        Stage::Closed => 0.0,
        Stage::Probing => 1.0,
        Stage::Open => 2.0,
    };
    gauge!(BREAKER, "source" => source.name()).set(number);
}
