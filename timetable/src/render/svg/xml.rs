//! Text as XML, and its width.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

/// `text` with the five special characters of XML as entities.
///
/// The caller must have dropped characters that XML cannot contain, as [`super::super::plain`] does.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// One line of text with its baseline at `y`.
pub(super) fn text(class: &str, x: f64, y: f64, text: &str) -> String {
    let (x, y) = (rounded(x), rounded(y));
    let mut element = String::new();
    let _ = writeln!(
        element,
        "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>",
        escaped(text)
    );
    element
}

/// A length, rounded to a hundredth of a user unit.
pub(super) fn rounded(length: f64) -> f64 {
    (length * 100.0).round() / 100.0
}

/// How much text of `size` fits into `length`, both in user units; the result is in the unit of [`width`].
pub(super) fn ems(length: f64, size: f64) -> u32 {
    (length / size * 100.0).max(0.0) as u32
}

/// Width of a character, in hundredths of its size.
///
/// A high estimate, because the viewer's font is unknown: Hangul is almost square in every font, Latin
/// letters are not.
pub(super) fn width(grapheme: &str) -> u32 {
    match grapheme.as_bytes() {
        [b'i' | b'j' | b'l' | b'.' | b',' | b':' | b';' | b'\'' | b'!' | b'|' | b' '] => 30,
        [b'(' | b')' | b'[' | b']' | b'/' | b'f' | b't' | b'r' | b'-' | b'I'] => 38,
        [b'm' | b'w' | b'M' | b'W' | b'@' | b'%' | b'&' | b'+' | b'<' | b'=' | b'>'] => 88,
        [b'A'..=b'Z'] => 68,
        [_] => 58,
        _ if grapheme.width() == 0 => 0,
        _ if grapheme.starts_with(|c| ('가'..='힣').contains(&c)) => 95,
        _ if is_emoji(grapheme) => 135,
        _ => 100,
    }
}

fn is_emoji(grapheme: &str) -> bool {
    grapheme
        .chars()
        .any(|c| c >= '\u{1f000}' || c == '\u{fe0f}')
}
