//! Every suite with Firefox. `make test` leaves `suites` out.

#[path = "bounds.rs"]
mod bounds;
#[path = "../common/mod.rs"]
mod common;
#[path = "egress.rs"]
mod egress;
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
#[path = "tab.rs"]
mod tab;

const KIND: webdriver_fleet::Browser = webdriver_fleet::Browser::Firefox;
