//! Whether each source reads the timetable that the operator knows.

use std::time::Duration;

use super::finding::Finding;
use crate::canary::{CanaryStatus, SourceStatus};
use crate::commands::reader::Reader;
use crate::config::Config;

const TO_DO: &str = "Open the link in a browser. Where it shows a timetable, see \"GonggangCanaryFails\" in \
                     docs/operating.md.";

/// Reads it. Empty if `GONGGANG_CANARY` is not set.
pub(super) async fn look(config: &Config) -> Vec<Finding> {
    if config.canary.is_none() {
        return Vec::new();
    }
    let Ok(reader) = Reader::start(config).await else {
        return vec![Finding::skipped("canary", "there is nothing to read with")];
    };
    let mut findings = Vec::new();
    if let Some(canary) = &reader.canary {
        canary.read().await;
        findings = found(&canary.status());
    }
    reader.shut_down(Duration::ZERO).await;
    findings
}

fn found(status: &CanaryStatus) -> Vec<Finding> {
    let mut findings: Vec<_> = status.sources().iter().map(by_source).collect();
    if !status.differ().is_empty() {
        let what = format!("API and page differ in {}", status.differ().join(", "));
        let to_do = "GONGGANG_SOURCE=browser compares each page with the answer behind it.";
        findings.push(Finding::fault("canary", what, to_do));
    }
    findings
}

fn by_source(read: &SourceStatus) -> Finding {
    let (source, result) = (read.source.name(), read.result.unwrap_or("skipped"));
    if read.is_failing() {
        Finding::fault("canary", format!("{source}: {result}"), TO_DO)
    } else if result == "skipped" {
        Finding::skipped("canary", &format!("{source} could not be asked"))
    } else {
        Finding::fine("canary", format!("read by {source}"))
    }
}
