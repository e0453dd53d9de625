//! Every suite with Firefox.

#![allow(missing_docs, clippy::unwrap_used)]

mod common;
mod suites;
#[path = "suites/tab.rs"]
mod tab;
