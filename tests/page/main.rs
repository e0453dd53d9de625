//! The web page: how it is served, how it looks and what it does, the last two in a real browser.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a test fails where it stands"
)]

mod buttons;
mod headers;
mod incomplete;
mod looks;
mod people;
mod pictures;
mod stage;
#[path = "../support/mod.rs"]
mod support;
mod visitor;
