//! Every symptom that docs/operating.md quotes is a text in the sources.

use std::fs;
use std::path::Path;

use crate::support::metrics::{file, text};
use gonggang::code::Code;
use strum::VariantNames;

/// All that our programs may say: the codes, whose names are made from variants, and the sources, with strings that go
/// on in the next line joined.
fn sources() -> String {
    let mut all = Code::VARIANTS.join("\n");
    for folder in ["src", "timetable/src", "webdriver/src"] {
        append(&file(folder), &mut all);
    }
    let mut lines = all.split("\\\n");
    let first = lines.next().unwrap_or_default().to_owned();
    lines.fold(first, |joined, line| joined + line.trim_start())
}

fn append(folder: &Path, all: &mut String) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            append(&path, all);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            all.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

/// What the first column of the section's tables quotes, and the second of the table of reasons.
fn quoted() -> Vec<String> {
    let document = text("docs/operating.md");
    let (_, section) = document.split_once("\n## What is wrong?\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| "));
    let cells = rows.filter_map(|row| row.split('|').nth(1));
    let spans = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    spans.map(str::to_owned).collect()
}

/// The parts of a quotation that are not figures, as the sources have them.
fn parts(quotation: &str) -> Vec<String> {
    if let Some((metric, label)) = quotation.split_once('{') {
        let value = label.trim_end_matches('}').split('"').nth(1).unwrap();
        return vec![format!("\"{metric}\""), format!("\"{value}\"")];
    }
    if let Some(reason) = quotation.strip_prefix("{reason=") {
        return vec![reason.trim_end_matches('}').to_owned()];
    }
    let words = quotation
        .split_once(" (status")
        .map_or(quotation, |(words, _)| words);
    words
        .split(": ")
        .map(|part| part.trim().to_owned())
        .collect()
}

/// Words of the browser, the library or the system; those of the driver with a figure in them.
const OF_OTHERS: [&str; 3] = [
    "No usable sandbox",
    "net::ERR_EMPTY_RESPONSE",
    "connect took longer than 20s",
];
const PATHS: [&str; 4] = ["/readyz", "/status", "/metrics", "::1"];

#[test]
fn every_symptom_that_is_quoted_is_something_that_the_service_says() {
    let (sources, quoted) = (sources(), quoted());
    assert!(quoted.len() > 60, "{}", quoted.len());
    let ours = quoted.iter().filter(|quotation| {
        !OF_OTHERS.contains(&quotation.as_str()) && !PATHS.contains(&quotation.as_str())
    });
    let unknown = |quotation: &&String| !parts(quotation).iter().all(|part| sources.contains(part));
    let unknown: Vec<_> = ours.filter(unknown).collect();
    assert!(unknown.is_empty(), "nowhere in the sources: {unknown:#?}");
}

#[test]
fn every_code_of_a_fault_that_an_operator_meets_has_a_row() {
    let quoted = quoted();
    for code in [
        "layout_changed",
        "blocked",
        "site_unavailable",
        "timeout",
        "busy",
        "draining",
        "browser_unavailable",
        "unauthorized",
        "rate_limited",
        "host_not_allowed",
        "internal",
    ] {
        assert!(quoted.iter().any(|one| one == code), "{code}");
    }
}
