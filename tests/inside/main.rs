//! Tests that run inside one process: fakes in place of the site, time that can be paused.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a test fails where it stands"
)]

mod auto;
mod batch;
mod cache_memory;
mod canary;
mod connections;
mod contract;
mod document;
mod errors;
mod free_time;
mod generated;
mod http;
mod incomplete;
mod journal;
mod links;
mod log;
mod picture;
mod politeness;
mod references;
mod refusals;
mod sharing;
mod staleness;
#[path = "../support/mod.rs"]
mod support;
mod terminal;
