//! What the fuzz targets share: pages made up from a fuzzer's bytes.
#![forbid(unsafe_code)]

pub mod page;

use timetable::share_link::Identifier;

/// The timetable that every made-up page claims to be.
pub fn identifier() -> Identifier {
    "AbCdEfGhIjKlMnOpQr12"
        .parse()
        .expect("20 letters and digits")
}
