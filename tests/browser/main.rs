//! Tests that need a real browser: Chromium, Firefox, and both on a Selenium Grid.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a test fails where it stands"
)]

mod auto;
mod batch_runs;
mod chaos;
mod check;
mod crowd;
mod drain;
mod drift;
mod failing_scripts;
mod firefox;
mod first_process;
mod fixtures;
mod grid;
mod log;
mod metrics;
mod other_site;
#[cfg(feature = "otlp")]
mod otlp;
mod page;
mod proxied;
mod random;
mod real_names;
mod record;
mod sharing;
mod strangers;
#[path = "../support/mod.rs"]
mod support;
mod verdicts;
mod viewports;
mod without_ipv6;
