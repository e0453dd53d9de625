//! Text as XML, and how wide it will be.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

/// `text` with the five characters that mean something in XML written as entities.
///
/// What XML cannot hold at all is for the caller to have dropped: [`super::super::plain`] does.
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

/// A length to a hundredth of a user unit: finer than any screen.
pub(super) fn rounded(length: f64) -> f64 {
    (length * 100.0).round() / 100.0
}

/// How much text of `size` fits in `length`, both in user units, in the unit of [`width`].
pub(super) fn ems(length: f64, size: f64) -> u32 {
    (length / size * 100.0).max(0.0) as u32
}

/// How wide one character will be, in hundredths of its size.
///
/// An estimate, on the wide side, since the viewer's font is not known here: Hangul is near enough
/// square in every font, Latin letters are not.
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
