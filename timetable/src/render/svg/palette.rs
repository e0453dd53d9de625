//! Colours and fonts of the picture, for light and dark themes.

use std::fmt::Write as _;

/// One theme.
struct Theme {
    /// Background.
    paper: &'static str,
    /// The grid.
    lines: &'static str,
    /// Hours and days.
    faint: &'static str,
    /// Names.
    ink: &'static str,
    /// Places.
    soft_ink: &'static str,
    /// A block without a colour number, then the ten colours that the numbers repeat.
    blocks: [&'static str; 11],
}

const LIGHT: Theme = Theme {
    paper: "#ffffff",
    lines: "#e6e6ea",
    faint: "#62626b",
    ink: "#1b1b1f",
    soft_ink: "#3f3f47",
    blocks: [
        "#e9e9ee", "#fcdcdc", "#fde2c4", "#f6ebae", "#dcf0c4", "#c6eedd", "#cbe8f9", "#d6e0fd",
        "#e5dbfc", "#f9daee", "#eae2d5",
    ],
};

const DARK: Theme = Theme {
    paper: "#17171a",
    lines: "#303036",
    faint: "#a3a3ad",
    ink: "#f4f4f6",
    soft_ink: "#d4d4db",
    blocks: [
        "#404048", "#6a2f33", "#65401d", "#57491a", "#3b5121", "#1e5343", "#1f4c65", "#304379",
        "#4d3879", "#633156", "#4e4439",
    ],
};

/// Style class of a block, by the page's colour number.
pub(super) fn class_of(color: Option<u8>) -> String {
    let colors = LIGHT.blocks.len() as u8 - 1;
    let number = color.and_then(|number| number.checked_sub(1));
    format!("gg-c{}", number.map_or(0, |number| number % colors + 1))
}

/// Fonts and positions, the same in both themes.
const SHAPES: &str = "\
.gg{max-width:100%;height:auto;font-family:'Apple SD Gothic Neo','Noto Sans KR',\
'Noto Sans CJK KR','Malgun Gothic',system-ui,sans-serif}\
.gg-lines{fill:none;stroke-width:1}\
.gg-title{font-size:16px;font-weight:700}\
.gg-day,.gg-none{font-size:12px;text-anchor:middle}\
.gg-hour{font-size:10px;text-anchor:end}\
.gg-name{font-size:11px;font-weight:600}\
.gg-place{font-size:9.5px}\
.gg-list{font-size:11px}";

/// The whole content of the picture's `style` element; the same for every timetable, so that a
/// content security policy can name its hash.
pub fn style() -> String {
    let (light, dark) = (colors(&LIGHT), colors(&DARK));
    format!("{SHAPES}{light}@media (prefers-color-scheme:dark){{{dark}}}")
}

fn colors(theme: &Theme) -> String {
    let Theme {
        paper,
        lines,
        faint,
        ink,
        soft_ink,
        blocks,
    } = theme;
    let mut rules = format!(
        ".gg-paper{{fill:{paper}}}.gg-lines{{stroke:{lines}}}\
         .gg-day,.gg-hour,.gg-none,.gg-list{{fill:{faint}}}\
         .gg-title,.gg-name{{fill:{ink}}}.gg-place{{fill:{soft_ink}}}"
    );
    for (number, color) in blocks.iter().enumerate() {
        let _ = write!(rules, ".gg-c{number}{{fill:{color}}}");
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance as WCAG 2 defines it.
    fn luminance(color: &str) -> f64 {
        let channel = |at: usize| {
            let value = u8::from_str_radix(&color[at..at + 2], 16).unwrap();
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_text_is_readable_on_what_is_behind_it_in_both_themes() {
        assert!((contrast("#ffffff", "#000000") - 21.0).abs() < 1e-9);
        for theme in [LIGHT, DARK] {
            for block in theme.blocks {
                assert!(contrast(theme.ink, block) >= 7.0, "{} {block}", theme.ink);
                assert!(
                    contrast(theme.soft_ink, block) >= 4.5,
                    "{} {block}",
                    theme.soft_ink
                );
            }
            assert!(contrast(theme.faint, theme.paper) >= 4.5);
            assert!(contrast(theme.ink, theme.paper) >= 7.0);
        }
    }

    #[test]
    fn the_pages_thirty_colours_are_ten_and_none_is_the_eleventh() {
        assert_eq!(class_of(None), "gg-c0");
        let classes = [1, 10, 11, 30, 0, 255].map(|number| class_of(Some(number)));
        assert_eq!(
            classes,
            ["gg-c1", "gg-c10", "gg-c1", "gg-c10", "gg-c0", "gg-c5"]
        );
    }
}
