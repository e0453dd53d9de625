//! What the fuzz targets share: the pure floor of the service, and pages made up from a fuzzer's
//! bytes.
//!
//! The floor is compiled from its files and not through the service's crate, whose web server,
//! runtime and driver would take minutes to build with a fuzzer's instrumentation. It also shows
//! that the floor is pure: there is nothing else here it could use.
#![forbid(unsafe_code)]

pub mod page;
#[path = "../../src/timetable/mod.rs"]
pub mod timetable;

use timetable::share_link::Identifier;

/// The timetable that every made-up page claims to be.
pub fn identifier() -> Identifier {
    "AbCdEfGhIjKlMnOpQr12"
        .parse()
        .expect("20 letters and digits")
}
