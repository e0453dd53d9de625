//! Content lines: escaped, folded, ended by CRLF (RFC 5545, 3.1 and 3.3.11).

/// Longest line in octets, without the line break.
const LONGEST: usize = 75;

/// A file that is being written.
#[derive(Default)]
pub(super) struct CalendarFile(String);

impl CalendarFile {
    /// A property whose value needs no escaping: a date, a number, a keyword.
    pub(super) fn put(&mut self, name: &str, value: &str) {
        fold(&format!("{name}:{value}"), &mut self.0);
    }

    /// A property whose value is text.
    pub(super) fn put_text(&mut self, name: &str, text: &str) {
        self.put(name, &escaped(text));
    }

    /// The whole file.
    pub(super) fn into_text(self) -> String {
        self.0
    }
}

/// Adds `line` to `file`, folded between characters: a fold inside a character is not valid UTF-8.
fn fold(line: &str, file: &mut String) {
    let mut used = 0;
    for c in line.chars() {
        if used + c.len_utf8() > LONGEST {
            file.push_str("\r\n ");
            used = 1;
        }
        file.push(c);
        used += c.len_utf8();
    }
    file.push_str("\r\n");
}

/// `text` as a TEXT value. Line breaks of any kind become `\n`; other control characters are dropped,
/// because the standard cannot write them.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => escaped.push_str("\\n"),
            '\t' => escaped.push(c),
            _ if c.is_control() => {}
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn property(text: &str) -> String {
        let mut file = CalendarFile::default();
        file.put_text("SUMMARY", text);
        file.into_text()
    }

    /// The steps of a reader by the standard: unfold, cut at the colon, unescape.
    fn read(property: &str) -> String {
        let unfolded = property.replace("\r\n ", "");
        let value = unfolded
            .strip_prefix("SUMMARY:")
            .unwrap()
            .strip_suffix("\r\n")
            .unwrap();
        let mut text = String::new();
        let mut chars = value.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => text.push(match chars.next().unwrap() {
                    'n' | 'N' => '\n',
                    escaped => escaped,
                }),
                ';' | ',' => panic!("unescaped {c} in {value}"),
                _ => text.push(c),
            }
        }
        text
    }

    #[test]
    fn the_standards_own_example_is_escaped_as_it_says() {
        let text = "Project XYZ Final Review\nConference Room - 3B\nCome Prepared.";
        let line = r"SUMMARY:Project XYZ Final Review\nConference Room - 3B\nCome Prepared.";
        assert_eq!(property(text), format!("{line}\r\n"));
        assert_eq!(property(r"a\n;b,c:d"), "SUMMARY:a\\\\n\\;b\\,c:d\r\n");
    }

    #[test]
    fn line_breaks_of_every_kind_become_one() {
        assert_eq!(
            read(&property("1\r\n2\r3\u{2028}4\u{85}5")),
            "1\n2\n3\n4\n5"
        );
    }

    #[test]
    fn a_line_of_exactly_the_longest_length_is_not_folded() {
        let fits = "가".repeat(22) + "a";
        assert_eq!("SUMMARY:".len() + fits.len(), LONGEST);
        assert_eq!(property(&fits), format!("SUMMARY:{fits}\r\n"));
        assert_eq!(
            property(&format!("{fits}가")),
            format!("SUMMARY:{fits}\r\n 가\r\n")
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_back_from_lines_of_at_most_75_octets(
            text in "[가-힣a-z \\\\;,:\"\n\t🧪👩\u{200d}🏫<>&]{0,200}",
        ) {
            let property = property(&text);
            prop_assert!(property.split("\r\n").all(|line| line.len() <= LONGEST));
            prop_assert_eq!(read(&property), text);
        }

        #[test]
        fn no_text_whatever_can_begin_a_line_of_its_own(text in any::<String>()) {
            let property = property(&text);
            let unfolded = property.replace("\r\n ", "");
            prop_assert!(property.split("\r\n").all(|line| line.len() <= LONGEST));
            prop_assert!(!unfolded.trim_end_matches("\r\n").contains(['\r', '\n']));
        }
    }
}
