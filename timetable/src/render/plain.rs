//! Text of the page, made safe to draw.

/// `text` on one line: blanks and line breaks become one space; the ends are trimmed.
///
/// Control characters are dropped, so that no name can steer a terminal or break a document. So are
/// direction marks, which would break the borders of a drawing.
pub(super) fn plain(text: &str) -> String {
    text.split(char::is_whitespace)
        .map(|word| word.chars().filter(|&c| is_drawable(c)).collect::<String>())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn is_drawable(c: char) -> bool {
    let turns_direction = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_no_character = matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    !c.is_control() && !turns_direction && !is_no_character
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn breaks_and_blanks_become_one_space() {
        assert_eq!(
            plain("  첫 줄\r\n\t둘째\u{3000}줄 \u{2028}"),
            "첫 줄 둘째 줄"
        );
        assert_eq!(plain(" \n "), "");
    }

    #[test]
    fn control_characters_are_dropped() {
        assert_eq!(plain("\u{1b}[31m빨강\u{7}\u{9b}"), "[31m빨강");
        assert_eq!(plain("a\u{202e}b\u{2066}c\u{0}"), "abc");
    }

    #[test]
    fn joined_emoji_stay_joined() {
        assert_eq!(plain("👩\u{200d}🏫"), "👩\u{200d}🏫");
    }
}
