//! Finds links in a text. `links.js` of the web page does the same, rule by rule.

use super::identifier::{IDENTIFIER_LENGTH, Identifier};
use super::plain::{plain, readings};

/// The site's host, without `www.`.
const HOST: &str = "everytime.kr";

/// Marks around a text that is alone on its line: quotes, brackets, Markdown.
const AROUND: &str = "<>()[]{}\"'`“”‘’*_";
/// Marks after a text that is alone on its line.
const AFTER: &str = ".,;:!?~…";

/// A part of a text that is, or was meant as, a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mention {
    Timetable(Identifier),
    /// The address of the owner's own timetable page.
    OwnPage,
    /// Another address.
    Stranger,
}

/// The links of a text in their order. A link that its line or word repeats is listed once.
pub(super) fn parts(text: &str) -> Vec<Mention> {
    text.split(['\n', '\r']).flat_map(in_line).collect()
}

/// An identifier may be a word of a sentence, so it counts only if it is alone on its line.
fn in_line(line: &str) -> Vec<Mention> {
    match alone(line) {
        Some(identifier) => vec![Mention::Timetable(identifier)],
        None => plain(line).split(is_separator).flat_map(in_word).collect(),
    }
}

fn alone(line: &str) -> Option<Identifier> {
    readings(line).find_map(|text| {
        let is_around = |c: char| c.is_whitespace() || AROUND.contains(c);
        let text = text.trim_start_matches(is_around);
        let text = text.trim_end_matches(|c| is_around(c) || AFTER.contains(c));
        Identifier::of(text.strip_prefix('@').unwrap_or(text))
    })
}

/// Blanks, and marks that no address contains or that separate addresses.
fn is_separator(c: char) -> bool {
    c.is_whitespace() || ",、<>\"`|[]{}".contains(c)
}

/// The links of a word in any encoding.
fn in_word(word: &str) -> Vec<Mention> {
    let mut found = Vec::new();
    for link in readings(word).flat_map(|reading| in_reading(&reading)) {
        if !found.contains(&link) {
            found.push(link);
        }
    }
    if found.is_empty() && readings(word).any(|reading| is_meant_as_link(&reading)) {
        found.push(Mention::Stranger);
    }
    found
}

/// The name of the site alone is an ordinary word.
fn is_meant_as_link(word: &str) -> bool {
    word.contains("://") || at_host(word).is_some_and(|(_, after)| !after.is_empty())
}

/// The links of a word up to the first mention of the site that is not a link: the rest belongs to that
/// address.
fn in_reading(word: &str) -> Vec<Mention> {
    let (mut found, mut rest) = (Vec::new(), word);
    while let Some((link, after)) = next_link(rest) {
        found.push(link);
        rest = after;
    }
    found
}

/// The first mention of the site, if it is a link, and the text after its path.
fn next_link(word: &str) -> Option<(Mention, &str)> {
    let (before, after) = at_host(word)?;
    if !begins_after(before) {
        return None;
    }
    let path = after.strip_prefix('/')?;
    let path = path.strip_prefix("app/").unwrap_or(path);
    timetable(path).or_else(|| own_page(path))
}

/// The text before and after the first mention of the host.
fn at_host(word: &str) -> Option<(&str, &str)> {
    let start = word.to_ascii_lowercase().find(HOST)?;
    let (before, rest) = word.split_at(start);
    Some((before, &rest[HOST.len()..]))
}

/// Whether a link begins after `before`, which may end with its scheme and `www.`.
fn begins_after(before: &str) -> bool {
    let host = strip_suffix_ignoring_case(before, "www.").unwrap_or(before);
    let scheme = ["https://", "http://"]
        .iter()
        .find_map(|scheme| strip_suffix_ignoring_case(host, scheme));
    match scheme {
        Some(words) => !holds_address(words) && !words.ends_with(continues_scheme),
        None => !holds_address(host) && !continues_host(host),
    }
}

/// Whether the text contains a sign of another address, which then includes a link after it.
fn holds_address(words: &str) -> bool {
    words.contains("//") || words.contains(['\\', '@', '%']) || holds_domain(words)
}

/// A full stop right before an ASCII letter or digit; in a sentence a blank is between them.
fn holds_domain(words: &str) -> bool {
    let stops = words.match_indices('.');
    stops.into_iter().any(|(at, _)| {
        words[..at].ends_with(char::is_alphanumeric)
            && words[at + 1..].starts_with(|c: char| c.is_ascii_alphanumeric())
    })
}

/// Korean text may be right before a scheme.
fn continues_scheme(c: char) -> bool {
    c == '/' || (is_letter(c) && !is_korean(c))
}

/// Korean text right before a host without a scheme is refused, because Korean domains exist. A colon
/// after an ASCII letter belongs to a scheme.
fn continues_host(words: &str) -> bool {
    match words.strip_suffix(':') {
        Some(scheme) => scheme.ends_with(|c: char| c.is_ascii_alphanumeric()),
        None => words.ends_with(|c| is_letter(c) || "/.-_+".contains(c)),
    }
}

/// `@` and an identifier.
fn timetable(path: &str) -> Option<(Mention, &str)> {
    let name = path.strip_prefix('@')?;
    let (identifier, rest) = name.split_at_checked(IDENTIFIER_LENGTH)?;
    Some((Mention::Timetable(Identifier::of(identifier)?), end(rest)?))
}

/// `timetable`, then year, semester and number of the timetable; the last ones may be missing.
fn own_page(path: &str) -> Option<(Mention, &str)> {
    let mut rest = path.strip_prefix("timetable")?;
    for part in [year, semester, number] {
        match rest.strip_prefix('/').and_then(part) {
            Some(after) => rest = after,
            None => break,
        }
    }
    Some((Mention::OwnPage, end(rest)?))
}

fn year(text: &str) -> Option<&str> {
    let (year, rest) = text.split_at_checked(4)?;
    year.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some(rest)
}

fn semester(text: &str) -> Option<&str> {
    ["1", "2", "여름", "겨울"]
        .iter()
        .find_map(|name| text.strip_prefix(name))
}

fn number(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    (rest.len() < text.len()).then_some(rest)
}

/// The text after a path that ends before `rest`, without a slash at its end; `None` if the path goes on.
///
/// A mark that paths may contain ends one only if no letter follows: `@…. 감사합니다`, but not `@….json`.
fn end(rest: &str) -> Option<&str> {
    let after = rest.strip_prefix('/').unwrap_or(rest);
    let marks = after.trim_start_matches(['.', ':', ';', '-', '_']);
    let goes_up = rest.starts_with("/..");
    (!goes_up && (marks.is_empty() || marks.starts_with(ends_path))).then_some(after)
}

fn ends_path(c: char) -> bool {
    if c.is_ascii() {
        c.is_whitespace() || "?#,!~*'\"`()[]{}<>|".contains(c)
    } else {
        !is_letter(c) || is_korean(c)
    }
}

/// A letter or digit of any script, or a combining mark.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36f}' | '\u{20d0}'..='\u{20ff}')
}

/// Hangul, in syllables or letters. Identifiers and schemes contain none.
fn is_korean(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}')
}

fn strip_suffix_ignoring_case<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let at = text.len().checked_sub(suffix.len())?;
    let (head, tail) = text.split_at_checked(at)?;
    tail.eq_ignore_ascii_case(suffix).then_some(head)
}
