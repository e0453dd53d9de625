//! Tests of the fleet without a browser.

#![allow(unreachable_pub, clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;
mod faults;
mod words;

const KIND: webdriver_fleet::Browser = webdriver_fleet::Browser::Chromium;
