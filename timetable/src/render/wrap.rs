//! Text broken into the few short lines that a block has room for.

use unicode_segmentation::UnicodeSegmentation;

/// Marks that something is left out.
pub(super) const ELLIPSIS: &str = "…";

/// `text` in at most `lines` lines no wider than `room`; what does not fit ends in an ellipsis.
///
/// `width` measures one character as a reader sees it (a grapheme cluster), in the unit of `room`.
/// Lines break at spaces that are two fifths of a line along or more, else between any two characters, as
/// Korean is set in narrow columns; Latin words and numbers stay whole where they can.
pub(super) fn wrap(
    text: &str,
    room: u32,
    lines: usize,
    width: impl Fn(&str) -> u32,
) -> Vec<String> {
    let mut rest = text;
    let mut wrapped = Vec::new();
    while !rest.is_empty() && wrapped.len() < lines {
        let is_last = wrapped.len() + 1 == lines;
        let fits = fitting(rest, room, &width);
        if fits == rest.len() || !is_last {
            let end = line_end(rest, fits, room, &width);
            wrapped.push(rest[..end].trim_end().to_owned());
            rest = rest[end..].trim_start();
        } else {
            wrapped.push(clipped(rest, room, &width));
            break;
        }
    }
    wrapped
}

/// Bytes of the longest beginning no wider than `room`.
fn fitting(text: &str, room: u32, width: impl Fn(&str) -> u32) -> usize {
    let mut used = 0;
    text.grapheme_indices(true)
        .find(|(_, grapheme)| {
            used += width(grapheme);
            used > room
        })
        .map_or(text.len(), |(start, _)| start)
}

/// Where a line ends that could go on to `fits`: at its last space, if that is far enough along.
fn line_end(text: &str, fits: usize, room: u32, width: impl Fn(&str) -> u32) -> usize {
    if fits == text.len() || text[fits..].starts_with(' ') {
        return fits;
    }
    match text[..fits].rfind(' ') {
        Some(space) if is_inside_word(text, fits) => space,
        Some(space) if 5 * measured(&text[..space], width) >= 2 * room => space,
        // A character wider than the room has a line of its own: the drawing clips or replaces it.
        _ if fits == 0 => text.graphemes(true).next().map_or(0, str::len),
        _ => fits,
    }
}

fn is_inside_word(text: &str, at: usize) -> bool {
    let is_latin = |c: char| c.is_ascii_alphanumeric();
    text[..at].ends_with(is_latin) && text[at..].starts_with(is_latin)
}

/// The beginning of `text` and an ellipsis; no ellipsis where there is room for nothing else.
fn clipped(text: &str, room: u32, width: impl Fn(&str) -> u32) -> String {
    match fitting(text, room.saturating_sub(width(ELLIPSIS)), &width) {
        0 => text[..fitting(text, room, width)].to_owned(),
        fits => format!("{}{ELLIPSIS}", text[..fits].trim_end()),
    }
}

/// How wide `text` is.
pub(super) fn measured(text: &str, width: impl Fn(&str) -> u32) -> u32 {
    text.graphemes(true).map(width).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthStr;

    use super::*;

    fn columns(text: &str) -> u32 {
        text.width() as u32
    }

    fn in_columns(text: &str, room: u32, lines: usize) -> Vec<String> {
        wrap(text, room, lines, columns)
    }

    #[test]
    fn lines_break_at_spaces_unless_that_wastes_most_of_a_line() {
        assert_eq!(in_columns("한국사의 이해", 10, 2), ["한국사의", "이해"]);
        assert_eq!(in_columns("철학 집중", 8, 2), ["철학", "집중"]);
        assert_eq!(in_columns("A 데이터베이스", 10, 2), ["A 데이터베", "이스"]);
        assert_eq!(in_columns("한국사의 이해", 8, 2), ["한국사의", "이해"]);
    }

    #[test]
    fn latin_words_and_numbers_stay_whole_where_they_can() {
        assert_eq!(
            in_columns("A Electromagnetism", 8, 3),
            ["A", "Electrom", "agnetism"]
        );
        assert_eq!(in_columns("관 301", 5, 2), ["관", "301"]);
    }

    #[test]
    fn what_does_not_fit_ends_in_an_ellipsis() {
        assert_eq!(in_columns("데이터베이스", 8, 1), ["데이터…"]);
        assert_eq!(
            in_columns("한국사의 이해와 오늘", 8, 2),
            ["한국사의", "이해와…"]
        );
        assert_eq!(in_columns("데이터", 2, 1), ["데"]);
        assert_eq!(in_columns("데이터", 0, 3), ["데", "이", ""]);
    }

    #[test]
    fn an_emoji_of_several_characters_is_never_cut() {
        let family = "👨‍👩‍👧‍👦";
        assert_eq!(in_columns(&family.repeat(3), 4, 1), [format!("{family}…")]);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_room_and_no_more_than_asked(
            text in "[가-힣a-z 🧪👩\u{200d}🏫]{0,40}", room in 2..30_u32, lines in 0..5_usize,
        ) {
            let wrapped = in_columns(&text, room, lines);
            prop_assert!(wrapped.len() <= lines);
            for line in wrapped {
                prop_assert!(measured(&line, columns) <= room, "{line:?}");
            }
        }

        #[test]
        fn with_room_enough_nothing_but_spaces_at_breaks_is_lost(
            text in "[가-힣a-z]{1,8}( [가-힣a-z]{1,8}){0,5}", room in 2..30_u32,
        ) {
            let wrapped = in_columns(&text, room, 1000).concat();
            prop_assert_eq!(wrapped.replace(' ', ""), text.replace(' ', ""));
        }
    }
}
