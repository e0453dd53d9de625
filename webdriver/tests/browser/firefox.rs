//! Every suite with Firefox.

#[path = "../common/mod.rs"]
mod common;
#[path = "suites/mod.rs"]
mod suites;
#[path = "suites/tab.rs"]
mod tab;

const KIND: webdriver_fleet::Browser = webdriver_fleet::Browser::Firefox;
