//! The links of a file as items. Only the current line or record is in memory.

mod item;
mod lines;
mod table;

use std::collections::VecDeque;
use std::io::{self, BufRead};

pub use item::Item;
use item::Unnumbered;
use lines::LineReader;
use table::TableReader;
pub use table::{Column, Separator};

enum InputReader<R> {
    Lines(LineReader<R>),
    Table(TableReader<R>),
}

/// The items of an input.
pub struct Items<R> {
    reader: InputReader<R>,
    number: u64,
    found: VecDeque<Unnumbered>,
    has_ended: bool,
}

impl<R: BufRead> Items<R> {
    /// The items of a text; invalid UTF-8 is replaced.
    pub fn of(input: R) -> Self {
        Self::from(InputReader::Lines(LineReader::of(input)))
    }

    /// The items of a table, each with its `label` column.
    ///
    /// # Errors
    /// Those of the input, whose first line is read.
    pub fn of_table(input: R, separator: Separator, label: Option<Column>) -> io::Result<Self> {
        Ok(Self::from(InputReader::Table(TableReader::of(
            input, separator, label,
        )?)))
    }

    fn from(reader: InputReader<R>) -> Self {
        Self {
            reader,
            number: 0,
            found: VecDeque::new(),
            has_ended: false,
        }
    }

    fn read(&mut self) -> io::Result<bool> {
        match &mut self.reader {
            InputReader::Lines(lines) => lines.read(&mut self.found),
            InputReader::Table(table) => table.read(&mut self.found),
        }
    }
}

impl<R: BufRead> Iterator for Items<R> {
    type Item = io::Result<Item>;

    fn next(&mut self) -> Option<io::Result<Item>> {
        while self.found.is_empty() && !self.has_ended {
            match self.read() {
                Ok(goes_on) => self.has_ended = !goes_on,
                Err(unreadable) => {
                    self.has_ended = true;
                    return Some(Err(unreadable));
                }
            }
        }
        let Unnumbered { line, label, link } = self.found.pop_front()?;
        self.number += 1;
        Some(Ok(Item {
            number: self.number,
            line,
            label,
            link,
        }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use std::io::Read;

    use timetable::share_link::{Identifier, InvalidLink};

    use super::lines::LONGEST_LINE;
    use super::*;

    const A: &str = "AbCdEfGhIjKlMnOpQr12";
    const B: &str = "abcdefghijklmnopqr34";

    /// Each item as `line:identifier`, or `line:-` for an invalid link.
    fn items(text: &str) -> Vec<String> {
        let items = Items::of(text.as_bytes()).map(Result::unwrap);
        let numbered: Vec<_> = (1..).zip(items).collect();
        assert!(numbered.iter().all(|(number, item)| item.number == *number));
        let named = numbered.into_iter().map(|(_, item)| {
            let name = item.link.map(|link| link.identifier().as_str().to_owned());
            format!("{}:{}", item.line, name.unwrap_or("-".to_owned()))
        });
        named.collect()
    }

    #[test]
    fn links_in_every_shape_are_items_in_their_order() {
        let text = format!("\u{feff}{A}\r\n\n@{B}\nhttps://everytime.kr/@{A} everytime.kr/@{B}");
        let expected = [
            format!("1:{A}"),
            format!("3:{B}"),
            format!("4:{A}"),
            format!("4:{B}"),
        ];
        assert_eq!(items(&text), expected);
    }

    #[test]
    fn the_text_of_a_share_message_is_not_an_item() {
        let message = "에브리타임에서 친구의 2026년 2학기 시간표를 확인해보세요!\n";
        let text =
            format!("{message}https://everytime.kr/app/@{A}\n{message}\neverytime.kr/@{B}\n");
        assert_eq!(items(&text), [format!("2:{A}"), format!("5:{B}")]);
    }

    #[test]
    fn garbage_is_an_invalid_link() {
        let text = format!(
            "hello\ntwo words\nand two more\n{A}\nhttps://evil.com/@{A} 메모\n\
             everytime.kr/@short everytime.kr/@{B}\nthe last words"
        );
        let expected = ["1:-", "2:-", "4:A", "5:-", "6:-", "6:B", "7:-"];
        let expected = expected.map(|item| item.replace('A', A).replace('B', B));
        assert_eq!(items(&text), expected);
    }

    #[test]
    fn an_owners_own_address_is_an_item_with_its_own_reason() {
        let text = format!("everytime.kr/timetable/2026/2/1\neverytime.kr/@{A}\n");
        let links = Items::of(text.as_bytes()).map(|item| item.unwrap().link);
        let found: Vec<_> = links.map(Result::err).collect();
        assert_eq!(found, [Some(InvalidLink::OwnAddress), None]);
    }

    #[test]
    fn an_overlong_line_is_one_invalid_link_and_the_next_line_is_read() {
        let text = format!("{}\n{A}\n", "x ".repeat(LONGEST_LINE));
        assert_eq!(items(&text), ["1:-".to_owned(), format!("2:{A}")]);
    }

    /// Each item of a table as `line:label:identifier`, or what is wrong with the input.
    fn table(text: &[u8], label: Option<&str>) -> Result<Vec<String>, String> {
        let label = label.map(|column| column.parse().unwrap());
        let items = Items::of_table(text, Separator::Found, label).unwrap();
        let shown = items.map(|item| {
            let item = item.map_err(|error| error.to_string())?;
            let name = item.identifier().map_or("-", Identifier::as_str);
            let label = item.label.as_deref().unwrap_or("none");
            Ok(format!("{}:{label}:{name}", item.line))
        });
        shown.collect()
    }

    fn named(items: &[&str]) -> Vec<String> {
        let items = items.iter();
        items
            .map(|item| item.replace('A', A).replace('B', B))
            .collect()
    }

    #[test]
    fn a_table_gives_its_links_with_the_name_beside_each() {
        let rows = format!("홍길동,https://everytime.kr/@{A}\n\"Kim, Lee\",{B}\r\n");
        let expected = named(&["1:홍길동:A", "2:Kim, Lee:B"]);
        assert_eq!(table(rows.as_bytes(), Some("1")).unwrap(), expected);
        let headed = format!("\u{feff}이름,링크\n{rows}");
        let expected = named(&["2:홍길동:A", "3:Kim, Lee:B"]);
        for label in ["이름", "1"] {
            assert_eq!(
                table(headed.as_bytes(), Some(label)).unwrap(),
                expected,
                "{label}"
            );
        }
        let tabs = headed
            .replace(",링크", "\t링크")
            .replace(",h", "\th")
            .replace(&format!(",{B}"), &format!("\t{B}"));
        assert_eq!(table(tabs.as_bytes(), Some("이름")).unwrap(), expected);
        let unlabelled = named(&["2:none:A", "3:none:B"]);
        assert_eq!(table(headed.as_bytes(), None).unwrap(), unlabelled);
    }

    #[test]
    fn a_table_may_hold_quotes_share_messages_and_several_links_to_a_record() {
        let text = format!(
            "link,name\n\"확인해보세요!\nhttps://everytime.kr/app/@{A}\",\"a \"\"b\"\"\"\n\
             {A} everytime.kr/@{B},c\neverytime.kr/@{A},d,{B}\n"
        );
        let expected = named(&["2:a \"b\":A", "4:c:B", "5:d:A", "5:d:B"]);
        assert_eq!(table(text.as_bytes(), Some("name")).unwrap(), expected);
    }

    #[test]
    fn a_record_without_a_link_is_an_item_and_a_blank_record_is_none() {
        let text = format!("a,{A}\nb,\nc\n,\n\n,garbage\n{B},{B}\n");
        let items = Items::of_table(
            text.as_bytes(),
            Separator::Comma,
            Some(Column::Number(1.try_into().unwrap())),
        );
        let shown: Vec<_> = items
            .unwrap()
            .map(|item| item.unwrap())
            .map(|item| (item.line, item.label.unwrap(), item.link.err()))
            .collect();
        let missing = Some(InvalidLink::Missing);
        let garbage = Some(InvalidLink::NotATimetable);
        assert_eq!(
            shown,
            [
                (1, "a".to_owned(), None),
                (2, "b".to_owned(), missing),
                (3, "c".to_owned(), missing),
                (6, String::new(), garbage),
                // The label column holds a name, even if it looks like a link.
                (7, B.to_owned(), None),
            ]
        );
    }

    #[test]
    fn a_table_that_is_not_utf_8_is_refused_with_a_hint_how_to_convert_it() {
        // 이름 and 홍길동 in CP949.
        let header = format!("\u{c774}\u{b984},link\n{A},{A}\n");
        let cp949 = [b"\xc8\xab\xb1\xe6\xb5\xbf,".as_slice(), A.as_bytes(), b"\n"].concat();
        let later = [header.as_bytes(), &cp949].concat();
        for (text, line) in [(&cp949, "line 1"), (&later, "line 3")] {
            let refused = table(text, Some("1")).unwrap_err();
            assert!(
                refused.contains(line) && refused.contains("iconv -f CP949"),
                "{refused}"
            );
        }
        // Nothing but links is taken from it then.
        assert_eq!(table(&cp949, None).unwrap(), named(&["1:none:A"]));
    }

    #[test]
    fn a_missing_column_and_an_unclosed_quote_are_reported() {
        let text = format!("이름,{A}\n");
        for (label, told) in [
            ("name", "names no column name"),
            ("3", "no column 3: the first record has 2"),
        ] {
            let refused = table(text.as_bytes(), Some(label)).unwrap_err();
            assert!(refused.contains(told) && !refused.contains(A), "{refused}");
        }
        let open = format!("a,{A}\n\"b,{A}\n{}", "c,d\n".repeat(400_000));
        let refused = table(open.as_bytes(), Some("1")).unwrap_err();
        assert!(refused.contains("quotation mark"), "{refused}");
    }

    #[test]
    fn an_input_that_fails_reports_the_error_and_ends() {
        struct Failing;
        impl Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::ConnectionReset.into())
            }
        }
        let mut items = Items::of(io::BufReader::new(Failing));
        assert!(items.next().unwrap().is_err());
        assert!(items.next().is_none());
    }

    proptest! {
        #[test]
        fn any_bytes_are_items_and_every_link_among_them_is_found(
            before in prop::collection::vec(any::<u8>(), 0..200),
            after in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let link = format!("\nhttps://everytime.kr/@{A}\n");
            let input = [before, link.into_bytes(), after].concat();
            let items: Vec<_> = Items::of(input.as_slice()).map(Result::unwrap).collect();
            let is_ours = |item: &Item| item.link.as_ref().is_ok_and(|link| link.identifier().as_str() == A);
            prop_assert!(items.iter().any(is_ours));
            prop_assert!(items.is_sorted_by_key(|item| (item.line, item.number)));
        }

        #[test]
        fn any_text_before_a_record_of_a_table_hides_it_only_by_an_open_quote(
            before in "[^\"]{0,200}",
            tab in any::<bool>(),
        ) {
            let separator = if tab { Separator::Tab } else { Separator::Comma };
            let record = format!("홍길동{}{A}", if tab { '\t' } else { ',' });
            let text = format!("{before}\n{record}");
            let column = Some(Column::Number(std::num::NonZeroUsize::MIN));
            let items = Items::of_table(text.as_bytes(), separator, column).unwrap();
            let last = items.last().unwrap().unwrap();
            prop_assert_eq!(last.identifier().map(Identifier::as_str), Some(A));
            prop_assert_eq!(last.label.as_deref(), Some("홍길동"));
            prop_assert_eq!(last.line, 2 + before.matches('\n').count() as u64);
        }
    }
}
