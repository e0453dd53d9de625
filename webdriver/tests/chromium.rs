//! Every suite with Chromium.

#![allow(missing_docs, clippy::unwrap_used)]

mod common;
mod suites;
