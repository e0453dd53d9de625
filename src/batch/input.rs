//! What to read, line by line: a file of links and share messages as items. Only the line at hand
//! is kept in memory.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};

use crate::timetable::share_link::{Identifier, InvalidLink, ShareLink, links_in};

/// Longest line that is searched, in bytes: some hundred links. A longer one is one invalid link.
const LONGEST_LINE: usize = 64 * 1024;

/// One link of the input, or one piece that should have been one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its place among the items, from 1.
    pub number: u64,
    /// The line it stands on, from 1.
    pub line: u64,
    /// What it names.
    pub link: Result<ShareLink, InvalidLink>,
}

impl Item {
    /// Which timetable it names, if it does.
    pub fn identifier(&self) -> Option<&Identifier> {
        self.link.as_ref().ok().map(ShareLink::identifier)
    }
}

/// The items of an input.
///
/// Every link of a line is one, and so is every word that was meant as a link. A line of several
/// words without any is taken for the words of a share message if the next line that is not blank
/// has a link; otherwise, and if it is but one word, it is an invalid link. Blank lines are nothing.
pub struct Items<R> {
    input: R,
    line: u64,
    number: u64,
    found: VecDeque<(u64, Result<ShareLink, InvalidLink>)>,
    /// A line that may turn out to be the words before a link.
    words: Option<u64>,
    has_ended: bool,
}

impl<R: BufRead> Items<R> {
    /// The items of `input`, bytes that are not UTF-8 replaced.
    pub fn of(input: R) -> Self {
        Self {
            input,
            line: 0,
            number: 0,
            found: VecDeque::new(),
            words: None,
            has_ended: false,
        }
    }

    fn take_line(&mut self) -> io::Result<()> {
        let mut bytes = Vec::new();
        let longest = LONGEST_LINE as u64;
        (&mut self.input)
            .take(longest)
            .read_until(b'\n', &mut bytes)?;
        self.line += 1;
        if bytes.is_empty() {
            self.has_ended = true;
            self.refuse_words();
        } else if bytes.len() == LONGEST_LINE && !bytes.ends_with(b"\n") {
            self.input.skip_until(b'\n')?;
            self.refuse_words();
            self.refuse(self.line, InvalidLink::TooLong);
        } else {
            self.take(&String::from_utf8_lossy(&bytes));
        }
        Ok(())
    }

    fn take(&mut self, text: &str) {
        let links = links_in(text);
        let words = text.split_whitespace().count();
        if !links.is_empty() {
            self.words = None;
            self.found
                .extend(links.into_iter().map(|link| (self.line, link)));
        } else if words > 0 {
            self.refuse_words();
            match words {
                1 => self.refuse(self.line, InvalidLink::NotATimetable),
                _ => self.words = Some(self.line),
            }
        }
    }

    /// No link came after the words.
    fn refuse_words(&mut self) {
        if let Some(line) = self.words.take() {
            self.refuse(line, InvalidLink::NotATimetable);
        }
    }

    fn refuse(&mut self, line: u64, why: InvalidLink) {
        self.found.push_back((line, Err(why)));
    }
}

impl<R: BufRead> Iterator for Items<R> {
    type Item = io::Result<Item>;

    fn next(&mut self) -> Option<io::Result<Item>> {
        while self.found.is_empty() && !self.has_ended {
            if let Err(unreadable) = self.take_line() {
                self.has_ended = true;
                return Some(Err(unreadable));
            }
        }
        let found = self.found.pop_front()?;
        self.number += 1;
        Some(Ok(Item {
            number: self.number,
            line: found.0,
            link: found.1,
        }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
    fn the_words_of_a_share_message_are_no_item() {
        let message = "에브리타임에서 친구의 2026년 2학기 시간표를 확인해보세요!\n";
        let text =
            format!("{message}https://everytime.kr/app/@{A}\n{message}\neverytime.kr/@{B}\n");
        assert_eq!(items(&text), [format!("2:{A}"), format!("5:{B}")]);
    }

    #[test]
    fn garbage_is_an_invalid_link_and_never_lost() {
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
    fn a_line_without_end_is_one_invalid_link_and_the_next_is_read() {
        let text = format!("{}\n{A}\n", "x ".repeat(LONGEST_LINE));
        assert_eq!(items(&text), ["1:-".to_owned(), format!("2:{A}")]);
    }

    #[test]
    fn an_input_that_fails_says_so_and_ends() {
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
    }
}
