//! Makes text of drivers and browsers safe for logs.

use std::{borrow::Cow, fmt, ops::Deref};

use serde::Serialize;

/// Longest excerpt, in characters.
const LONGEST: usize = 400;

/// How much of a text is read, in characters.
const LOOKED_AT: usize = 4 * LONGEST;

/// This many letters and digits in a row may be an identifier.
const IDENTIFIER: usize = 20;

/// Replaces a part that is left out.
const LEFT_OUT: &str = "…";

/// Text for a log line, a status or an error message: fixed words, or an excerpt of a driver's or a
/// browser's text. For any text, the excerpt has no control characters, no addresses, no run of twenty
/// letters and digits, and at most 400 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Excerpt(Cow<'static, str>);

impl Excerpt {
    /// The safe part of `text`.
    pub fn of(text: &str) -> Self {
        let looked_at: String = text.trim().chars().take(LOOKED_AT).collect();
        let words: Vec<_> = looked_at.split(is_gap).filter_map(safe).collect();
        Self(shortened(&words.join(" ")).into())
    }
}

/// Fixed words.
impl From<&'static str> for Excerpt {
    fn from(words: &'static str) -> Self {
        Self(words.into())
    }
}

impl Deref for Excerpt {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_gap(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control()
}

/// A word without what may identify a page or a person; `None` for an empty word.
fn safe(word: &str) -> Option<String> {
    match word {
        "" => None,
        _ if word.contains("//") || word.contains('@') => Some(LEFT_OUT.into()),
        _ => Some(without_identifiers(&plain(word))),
    }
}

/// Replaces invisible characters, and those that change the look of others, by question marks.
fn plain(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_graphic() || letter.is_alphanumeric();
    word.chars()
        .map(|letter| if is_plain(letter) { letter } else { '?' })
        .collect()
}

fn without_identifiers(word: &str) -> String {
    let ends_run = |letter: char| !letter.is_alphanumeric();
    let pieces = word.split_inclusive(ends_run).flat_map(|piece| {
        let run = piece.trim_end_matches(ends_run);
        let end = &piece[run.len()..];
        let is_short = run.chars().count() < IDENTIFIER;
        [if is_short { run } else { LEFT_OUT }, end]
    });
    pieces.collect()
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let kept = text.chars().take(LONGEST - 1);
    kept.chain(LEFT_OUT.chars()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn messages_that_an_operator_needs_stay_unchanged() {
        for said in [
            "session not created: This version of ChromeDriver only supports Chrome version 155",
            "Chrome failed to start: crashed. (DevToolsActivePort file doesn't exist)",
            "/usr/lib/chromium/chromium: error while loading shared libraries: libnss3.so",
            "tcp connect error: Connection refused (os error 111)",
        ] {
            assert_eq!(&*Excerpt::of(said), said);
        }
    }

    #[test]
    fn addresses_and_identifiers_are_left_out() {
        let said = "unknown error: \x1b[31mhttp://a.example/@weekday0000000000000\r\nand \
                    a.example/@x (weekday0000000000000)";
        assert_eq!(&*Excerpt::of(said), "unknown error: … and … (…)");
    }

    fn longest_run(text: &str) -> usize {
        let runs = text.split(|letter: char| !letter.is_alphanumeric());
        runs.map(|run| run.chars().count()).max().unwrap_or(0)
    }

    proptest! {
        #[test]
        fn no_text_gets_an_address_an_identifier_or_a_control_character_through(
            text in "(\\PC|\\pC|http://|https:|//|/@|[a-zA-Z0-9]{15,30}|\x1b|\r|\n| ){0,300}"
        ) {
            let excerpt = Excerpt::of(&text);
            prop_assert!(excerpt.chars().count() <= LONGEST);
            prop_assert!(!excerpt.chars().any(char::is_control));
            prop_assert!(!excerpt.contains("//") && !excerpt.contains('@'));
            prop_assert!(longest_run(&excerpt) < IDENTIFIER, "{}", excerpt);
        }
    }
}
