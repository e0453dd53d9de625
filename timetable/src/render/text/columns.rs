//! The width of a text in terminal columns.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::super::wrap::{ELLIPSIS, wrap};

/// Columns of `text`: two for a Hangul syllable, none for a combining mark.
pub(super) fn columns(text: &str) -> u32 {
    text.width() as u32
}

/// `text` with blanks after it, `width` columns in all.
pub(super) fn padded(text: &str, width: usize) -> String {
    let blanks = width.saturating_sub(text.width());
    text.to_owned() + &" ".repeat(blanks)
}

/// `text` in at most `lines` lines, none wider than `room` columns.
///
/// An ellipsis replaces a character that is wider than that, such as a consonant with many vowel signs.
pub(super) fn wrapped(text: &str, room: usize, lines: usize) -> Vec<String> {
    let mut wrapped = wrap(&for_terminal(text), room as u32, lines, columns);
    for line in &mut wrapped {
        if line.is_empty() || line.width() > room {
            ELLIPSIS.clone_into(line);
        }
    }
    wrapped
}

/// `text` with each joined or modified emoji reduced to the first of its characters.
///
/// Terminals disagree about the width of such sequences, and one wrong column breaks every border to its
/// right. They agree about single characters.
fn for_terminal(text: &str) -> String {
    let is_disputed = |c: char| matches!(c, '\u{200d}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}');
    text.graphemes(true)
        .map(|grapheme| match grapheme.chars().next() {
            Some(first) if grapheme.contains(is_disputed) => &grapheme[..first.len_utf8()],
            _ => grapheme,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hangul_is_two_columns_wide_composed_or_not() {
        assert_eq!(columns("가a"), 3);
        assert_eq!(columns("\u{1100}\u{1161}a"), 3);
        assert_eq!(padded("가", 5), "가   ");
    }

    #[test]
    fn an_ellipsis_replaces_a_character_that_is_wider_than_the_room() {
        let wide = "\u{915}\u{940}\u{940}\u{940}";
        assert_eq!(wrapped(&format!("{wide}가나"), 3, 3), ["…", "가", "나"]);
        assert_eq!(wrapped(wide, 3, 1), ["…"]);
        assert_eq!(wrapped(wide, 4, 1), [wide]);
    }

    #[test]
    fn emoji_that_terminals_disagree_about_become_single_ones() {
        assert_eq!(for_terminal("👩‍🏫 수업 👍🏽❤️"), "👩 수업 👍❤");
        assert_eq!(for_terminal("🧪 \u{1100}\u{1161}"), "🧪 \u{1100}\u{1161}");
    }
}
