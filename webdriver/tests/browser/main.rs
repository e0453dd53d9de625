//! Every suite with each browser.

#![allow(unreachable_pub, clippy::unwrap_used)]
#![allow(
    clippy::duplicate_mod,
    reason = "the same suites, once for each browser"
)]

mod chromium;
mod firefox;
