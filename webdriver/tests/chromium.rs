//! Every suite with Chromium.

#![allow(missing_docs, clippy::unwrap_used)]

mod common;
#[path = "suites/endings.rs"]
mod endings;
mod suites;
