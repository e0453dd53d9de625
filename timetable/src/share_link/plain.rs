//! A pasted text without invisible characters, full-width marks and percent-encoding.

use std::iter;

use percent_encoding::percent_decode_str;

/// How often a text is decoded: some apps encode an encoded address again.
const DECODINGS: usize = 2;

/// The text as it is, and decoded as long as that changes it.
pub(super) fn readings(text: &str) -> impl Iterator<Item = String> {
    iter::successors(Some(plain(text)), |text| decoded(text)).take(1 + DECODINGS)
}

/// `text` without invisible characters and with ASCII in place of full-width marks.
///
/// Full-width letters and digits stay: an identifier with one is not repaired.
pub(super) fn plain(text: &str) -> String {
    let visible = text.chars().filter(|c| !is_invisible(*c));
    visible.map(narrow).collect()
}

fn decoded(text: &str) -> Option<String> {
    let decoded = plain(&percent_decode_str(text).decode_utf8_lossy());
    (decoded != text).then_some(decoded)
}

/// Soft hyphen, zero-width and direction marks, variation selectors, byte order mark.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Distance of full-width forms from ASCII.
const FULL_WIDTH: u32 = 0xfee0;

fn narrow(c: char) -> char {
    let ascii = u32::from(c)
        .checked_sub(FULL_WIDTH)
        .and_then(char::from_u32);
    ascii.filter(char::is_ascii_punctuation).unwrap_or(c)
}
