//! Text of drivers, browsers and pages, made fit for a log.

use std::{borrow::Cow, fmt, ops::Deref};

use serde::Serialize;

/// The most characters of an excerpt.
const LONGEST: usize = 400;

/// Characters that are looked at; the rest of a longer text is not read.
const LOOKED_AT: usize = 4 * LONGEST;

/// As many letters and digits in a row may be an identifier.
const IDENTIFIER: usize = 20;

/// What stands for a part that is left out.
const LEFT_OUT: &str = "…";

/// Words for a log line, a status or an error message: our own, or an excerpt of what a driver or a
/// browser wrote. An excerpt has no control characters, no addresses, no run of twenty letters and
/// digits, and at most 400 characters, whatever the text was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Excerpt(Cow<'static, str>);

impl Excerpt {
    /// The fit part of `text`.
    pub fn of(text: &str) -> Self {
        let looked_at: String = text.trim().chars().take(LOOKED_AT).collect();
        let words: Vec<_> = looked_at.split(is_gap).filter_map(fit).collect();
        Self(shortened(&words.join(" ")).into())
    }
}

/// Our own words.
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

/// A word without what may name a page or a person; `None` for an empty one.
fn fit(word: &str) -> Option<String> {
    match word {
        "" => None,
        _ if word.contains("//") || word.contains('@') => Some(LEFT_OUT.into()),
        _ => Some(without_identifiers(&plain(word))),
    }
}

/// Letters that are invisible or change how others are read become question marks.
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
    fn what_an_operator_needs_of_a_driver_stays() {
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
