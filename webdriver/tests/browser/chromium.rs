//! Every suite with Chromium.

#[path = "bounds.rs"]
mod bounds;
#[path = "../common/mod.rs"]
mod common;
#[path = "egress.rs"]
mod egress;
#[path = "endings.rs"]
mod endings;
#[path = "essentials.rs"]
mod essentials;
#[path = "files.rs"]
mod files;
#[path = "outside.rs"]
mod outside;
#[path = "proxied.rs"]
mod proxied;
#[path = "recorder.rs"]
mod recorder;
#[path = "suites/mod.rs"]
mod suites;

const KIND: webdriver_fleet::Browser = webdriver_fleet::Browser::Chromium;
