//! Any text as a share link: refused, or one timetable whose identifier stands in the text, invisible
//! and encoded characters aside.
#![no_main]

use libfuzzer_sys::fuzz_target;
use timetable::share_link::{IDENTIFIER_LENGTH, MAX_TEXT_BYTES, ShareLink, links_in};

fuzz_target!(|text: &str| {
    if let Ok(link) = text.parse::<ShareLink>() {
        check(text, &link);
    }
});

fn check(text: &str, link: &ShareLink) {
    let identifier = link.identifier().as_str();
    assert!(text.trim().len() <= MAX_TEXT_BYTES + INVISIBLE_ENDS);
    assert_eq!(identifier.len(), IDENTIFIER_LENGTH);
    assert!(identifier.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let ascii: String = text.chars().filter(char::is_ascii).collect();
    assert!(text.contains('%') || ascii.contains(identifier));
    assert_eq!(
        links_in(text).into_iter().flatten().collect::<Vec<_>>(),
        [link.clone()]
    );
    for canonical in [
        identifier.to_owned(),
        format!("@{identifier}"),
        format!("https://everytime.kr/@{identifier}"),
    ] {
        assert_eq!(canonical.parse().as_ref(), Ok(link));
    }
}

/// Invisible marks at the ends do not count against a text's length; libFuzzer adds few.
const INVISIBLE_ENDS: usize = 4_096;
