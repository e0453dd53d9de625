//! Every suite with Chromium.

#[path = "../common/mod.rs"]
mod common;
#[path = "suites/endings.rs"]
mod endings;
#[path = "suites/mod.rs"]
mod suites;

const KIND: webdriver_fleet::Browser = webdriver_fleet::Browser::Chromium;
