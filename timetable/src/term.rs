//! Terms as the page words them: `2026년 2학기`, `2026년 여름학기`.

/// Year and semester of a label; the semester is `1`, `2`, `여름` or `겨울`.
///
/// `None` for any other wording: there is no partial term.
pub fn parse(label: &str) -> Option<(u16, &str)> {
    let (year, semester) = label.trim().split_once("년 ")?;
    let semester = semester.strip_suffix("학기")?;
    let known = ["1", "2", "여름", "겨울"].contains(&semester);
    let digits = year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
    if known && digits {
        Some((year.parse().ok()?, semester))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_semesters_are_known_and_nothing_else() {
        assert_eq!(parse("2026년 2학기"), Some((2026, "2")));
        assert_eq!(parse(" 2025년 1학기\n"), Some((2025, "1")));
        assert_eq!(parse("2026년 여름학기"), Some((2026, "여름")));
        assert_eq!(parse("2026년 겨울학기"), Some((2026, "겨울")));
        for label in [
            "",
            "2026",
            "2026년",
            "2026년 3학기",
            "26년 1학기",
            "20a6년 1학기",
            "1학기",
        ] {
            assert_eq!(parse(label), None, "{label}");
        }
    }
}
