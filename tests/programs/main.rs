//! Tests of the service as a process, beside other programs: Caddy, Redis, promtool, schemathesis, Python.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a test fails where it stands"
)]

mod api;
mod batch_runs;
mod calendar;
mod canary;
mod check;
mod command_line;
mod deploy;
mod deploy_limits;
mod frontend;
mod log;
mod many_callers;
mod metrics;
mod record;
mod requests;
mod schemathesis;
mod shared_cache;
#[path = "../support/mod.rs"]
mod support;
mod symptoms;
mod typescript;
