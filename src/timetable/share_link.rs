//! The link people share, in every shape they paste it, and the identifier inside.
//!
//! The text is only searched, never repaired: one that merely resembles a timetable link is
//! refused, because the identifier is all that is ever sent on.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Letters and digits in an identifier; every one seen in public has exactly so many.
pub const IDENTIFIER_LENGTH: usize = 20;

/// Longest text worth searching, in bytes: the app's whole share message is a tenth of it.
pub const MAX_TEXT_BYTES: usize = 2_000;

/// The site's host, without `www.`.
const HOST: &str = "everytime.kr";

/// Names one timetable: exactly 20 ASCII letters and digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Identifier(Box<str>);

impl Identifier {
    /// The letters and digits themselves.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An identifier leads to a person's timetable, so debug output never shows it.
impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identifier(…)")
    }
}

impl FromStr for Identifier {
    type Err = InvalidLink;

    fn from_str(text: &str) -> Result<Self, InvalidLink> {
        let fits =
            text.len() == IDENTIFIER_LENGTH && text.bytes().all(|b| b.is_ascii_alphanumeric());
        if fits {
            Ok(Self(text.into()))
        } else {
            Err(why_not(text))
        }
    }
}

impl TryFrom<String> for Identifier {
    type Error = InvalidLink;

    fn try_from(text: String) -> Result<Self, InvalidLink> {
        text.parse()
    }
}

impl From<Identifier> for String {
    fn from(identifier: Identifier) -> Self {
        identifier.0.into()
    }
}

/// Why a text is no share link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLink {
    /// Nothing but blanks.
    #[error("no link was given")]
    Missing,
    /// Longer than [`MAX_TEXT_BYTES`].
    #[error("the text is too long to be a share message")]
    TooLong,
    /// No part of it is a link to a timetable.
    #[error("not a timetable link: it looks like https://everytime.kr/@ and 20 letters or digits")]
    NotATimetable,
    /// The address of an owner's own timetable page, which only its owner can open.
    #[error(
        "the address of one's own timetable page, which only its owner can open; share the timetable instead"
    )]
    OwnAddress,
    /// Links to different timetables in one text.
    #[error("the text links several timetables; send one at a time")]
    Ambiguous,
}

/// A share link, known to name one timetable.
///
/// Accepted: the app's whole share message, `http`, `https` or no scheme, `www.`, `/app/@…`, a
/// trailing slash, query or fragment, `@…` alone and the bare identifier. Refused: other hosts,
/// paths, ports, credentials and lengths.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ShareLink {
    identifier: Identifier,
}

impl ShareLink {
    /// The timetable it names.
    pub fn identifier(&self) -> &Identifier {
        &self.identifier
    }
}

impl From<Identifier> for ShareLink {
    fn from(identifier: Identifier) -> Self {
        Self { identifier }
    }
}

impl FromStr for ShareLink {
    type Err = InvalidLink;

    fn from_str(text: &str) -> Result<Self, InvalidLink> {
        let text = text.trim_matches(is_blank);
        if text.is_empty() {
            return Err(InvalidLink::Missing);
        }
        if text.len() > MAX_TEXT_BYTES {
            return Err(InvalidLink::TooLong);
        }
        let alone = text.strip_prefix('@').unwrap_or(text);
        alone
            .parse()
            .or_else(|_| only_link_in(text))
            .map(|identifier| Self { identifier })
    }
}

/// Every timetable that a text links to, in the order of its words, and an error for each word that
/// was meant as a link and is none. Empty for words alone.
pub fn links_in(text: &str) -> Vec<Result<ShareLink, InvalidLink>> {
    let text = text.trim_matches(is_blank);
    if let Ok(identifier) = text.strip_prefix('@').unwrap_or(text).parse() {
        return vec![Ok(ShareLink { identifier })];
    }
    text.split(is_blank).filter_map(link_in_word).collect()
}

fn link_in_word(word: &str) -> Option<Result<ShareLink, InvalidLink>> {
    match identifier_in_word(word) {
        Some(identifier) => Some(Ok(ShareLink { identifier })),
        None if is_meant_as_link(word) => Some(Err(why_not(word))),
        None => None,
    }
}

fn is_meant_as_link(word: &str) -> bool {
    word.contains("://") || word.to_ascii_lowercase().contains(HOST)
}

/// Blanks at the ends of a pasted text, with the invisible marks some apps add.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}')
}

/// The one timetable linked by the words of a message.
fn only_link_in(text: &str) -> Result<Identifier, InvalidLink> {
    let mut links = text.split(is_blank).filter_map(identifier_in_word);
    let first = links.next().ok_or_else(|| why_not(text))?;
    if links.all(|other| other == first) {
        Ok(first)
    } else {
        Err(InvalidLink::Ambiguous)
    }
}

/// Why a text without a share link is none.
fn why_not(text: &str) -> InvalidLink {
    if text.split(is_blank).any(is_own_address) {
        InvalidLink::OwnAddress
    } else {
        InvalidLink::NotATimetable
    }
}

/// Whether a word is the address of an owner's own timetable page: `/timetable`, then the year, the
/// semester and the number of the timetable, as far as it goes.
fn is_own_address(word: &str) -> bool {
    let Some(rest) = path_in_word(word).and_then(|path| path.strip_prefix("timetable")) else {
        return false;
    };
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let mut parts = path.strip_suffix('/').unwrap_or(path).split('/');
    // What stands before the first slash belongs to `timetable` itself.
    parts.next() == Some("")
        && parts
            .next()
            .is_none_or(|year| year.len() == 4 && is_number(year))
        && parts.next().is_none_or(|name| SEMESTERS.contains(&name))
        && parts.next().is_none_or(is_number)
        && parts.next().is_none()
}

/// Semesters as they stand in an address: as typed, or as a browser copies them.
const SEMESTERS: [&str; 6] = [
    "1",
    "2",
    "여름",
    "겨울",
    "%EC%97%AC%EB%A6%84",
    "%EA%B2%A8%EC%9A%B8",
];

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The identifier of a word that is a link to a timetable.
fn identifier_in_word(word: &str) -> Option<Identifier> {
    let path = path_in_word(word)?;
    let name = path
        .strip_prefix('@')
        .or_else(|| path.strip_prefix("%40"))?;
    let (identifier, after) = name.split_at_checked(IDENTIFIER_LENGTH)?;
    let ends = ["", "/"].contains(&after)
        || ["?", "#", "/?", "/#"]
            .iter()
            .any(|start| after.starts_with(start));
    if ends { identifier.parse().ok() } else { None }
}

/// What follows the site's host, and `app/`, in a word that is an address there, brackets and
/// quotes around it aside.
fn path_in_word(word: &str) -> Option<&str> {
    let link = word.trim_matches(['<', '>', '(', ')', '[', ']', '"', '\'', '“', '”', '‘', '’']);
    let rest = strip_prefix_ignoring_case(link, "https://")
        .or_else(|| strip_prefix_ignoring_case(link, "http://"))
        .unwrap_or(link);
    let rest = strip_prefix_ignoring_case(rest, "www.").unwrap_or(rest);
    let path = strip_prefix_ignoring_case(rest, HOST)?.strip_prefix('/')?;
    Some(path.strip_prefix("app/").unwrap_or(path))
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(tail)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: &str = "AbCdEfGhIjKlMnOpQr12";

    /// What owners copy from their own address bar.
    const OWN_ADDRESSES: [&str; 17] = [
        "https://everytime.kr/timetable/2026/2/12345678",
        "http://everytime.kr/timetable/2026/2/12345678",
        "https://www.everytime.kr/timetable/2026/2/12345678",
        "everytime.kr/timetable/2026/2/12345678",
        "www.everytime.kr/timetable/2026/2/12345678",
        "HTTPS://Everytime.KR/timetable/2026/2/12345678",
        "https://everytime.kr/app/timetable/2026/2/12345678",
        "https://everytime.kr/timetable/2026/2/12345678/",
        "https://everytime.kr/timetable/2026/2/12345678?a=b",
        "https://everytime.kr/timetable/2026/2/12345678/#x",
        "https://everytime.kr/timetable/2026/2",
        "https://everytime.kr/timetable/2026",
        "https://everytime.kr/timetable",
        "https://everytime.kr/timetable/?x",
        "https://everytime.kr/timetable/2026/여름/1",
        "https://everytime.kr/timetable/2026/%EA%B2%A8%EC%9A%B8/1",
        "<https://everytime.kr/timetable/2026/2/12345678>",
    ];

    /// What only resembles one.
    const NO_OWN_ADDRESSES: [&str; 18] = [
        "https://everytime.kr.evil.com/timetable/2026/2/12345678",
        "https://evil.com/?u=everytime.kr/timetable/2026/2/12345678",
        "https://everytime.kr@evil.com/timetable/2026/2/12345678",
        "https://user:pass@everytime.kr/timetable/2026/2/12345678",
        "https://everytime.kr:443/timetable/2026/2/12345678",
        "https://m.everytime.kr/timetable/2026/2/12345678",
        "https://xeverytime.kr/timetable/2026/2/12345678",
        "https://еverytime.kr/timetable/2026/2/12345678",
        "ftp://everytime.kr/timetable/2026/2/12345678",
        "//everytime.kr/timetable/2026/2/12345678",
        "https://everytime.kr//timetable/2026/2/12345678",
        "https://everytime.kr/timetables/2026/2/12345678",
        "https://everytime.kr/timetable/26/2/12345678",
        "https://everytime.kr/timetable/2026/3/12345678",
        "https://everytime.kr/timetable/2026/2/x",
        "https://everytime.kr/timetable/2026/2//",
        "https://everytime.kr/timetable/2026/2/1/more",
        "/timetable/2026/2/12345678",
    ];

    fn identifier(text: &str) -> Result<String, InvalidLink> {
        text.parse::<ShareLink>()
            .map(|link| link.identifier().as_str().to_owned())
    }

    #[test]
    fn every_shape_people_paste_names_the_same_timetable() {
        for shape in [
            "https://everytime.kr/@ID",
            "http://everytime.kr/@ID",
            "https://www.everytime.kr/@ID",
            "everytime.kr/@ID",
            "www.everytime.kr/@ID",
            "HTTPS://Everytime.KR/@ID",
            "https://everytime.kr/app/@ID",
            "https://everytime.kr/@ID/",
            "https://everytime.kr/@ID?utm_source=kakao&x=1",
            "https://everytime.kr/@ID/?a=b",
            "https://everytime.kr/@ID#today",
            "https://everytime.kr/%40ID",
            "@ID",
            "ID",
            "  \n\t https://everytime.kr/@ID \r\n",
            "\u{feff}https://everytime.kr/@ID\u{200b}",
            "<https://everytime.kr/@ID>",
            "에브리타임에서 친구의 2026년 2학기 시간표를 확인해보세요!\nhttps://everytime.kr/app/@ID",
            "https://everytime.kr/@ID 내 시간표 https://everytime.kr/app/@ID",
        ] {
            assert_eq!(
                identifier(&shape.replace("ID", ID)).as_deref(),
                Ok(ID),
                "{shape}"
            );
        }
    }

    #[test]
    fn look_alikes_are_refused() {
        for shape in [
            "https://everytime.kr.evil.com/@ID",
            "https://evil.com/?u=everytime.kr/@ID",
            "https://evil.com/https://everytime.kr/@ID",
            "https://everytime.kr@evil.com/@ID",
            "https://user:pass@everytime.kr/@ID",
            "https://everytime.kr:443/@ID",
            "https://everytime.kr:8080/@ID",
            "https://everytime.kr/ID",
            "https://everytime.kr//@ID",
            "https://everytime.kr/@IDx",
            "https://everytime.kr/@ID/more",
            "https://everytime.kr/timetable/@ID",
            "https://everytime.kr/app/app/@ID",
            "https://everytime.kr\\@ID",
            "https://everytime.kr./@ID",
            "https://m.everytime.kr/@ID",
            "https://api.everytime.kr/@ID",
            "https://xeverytime.kr/@ID",
            "https://еverytime.kr/@ID",
            "https://everytime.kг/@ID",
            "https://everytime。kr/@ID",
            "ftp://everytime.kr/@ID",
            "javascript:everytime.kr/@ID",
            "//everytime.kr/@ID",
            "https:everytime.kr/@ID",
            "https://everytime.kr/@AbCdEfGhIjKlMnOpQr1",
            "https://everytime.kr/@AbCdEfGhIjKlMnOpQr1!",
            "https://everytime.kr/@AbCdEfGhIjKlMnOpQr1é",
            "https://everytime.kr/@ＡbCdEfGhIjKlMnOpQr12",
            "https://every\ntime.kr/@ID",
            "@@ID",
            "ID ID",
            "hello",
        ] {
            let refused = identifier(&shape.replace("ID", ID));
            assert_eq!(refused, Err(InvalidLink::NotATimetable), "{shape}");
        }
    }

    #[test]
    fn the_address_of_an_owners_own_page_is_told_from_other_texts() {
        for shape in OWN_ADDRESSES {
            assert_eq!(identifier(shape), Err(InvalidLink::OwnAddress), "{shape}");
            assert_eq!(links_in(shape), [Err(InvalidLink::OwnAddress)], "{shape}");
            let message = format!("내 시간표\n{shape} 이에요");
            assert_eq!(identifier(&message), Err(InvalidLink::OwnAddress));
        }
        let bare: Result<Identifier, _> = OWN_ADDRESSES[0].parse();
        assert_eq!(bare, Err(InvalidLink::OwnAddress));
        for shape in NO_OWN_ADDRESSES {
            assert_eq!(
                identifier(shape),
                Err(InvalidLink::NotATimetable),
                "{shape}"
            );
        }
    }

    #[test]
    fn a_share_link_wins_over_an_owners_own_address_beside_it() {
        let own = OWN_ADDRESSES[0];
        for text in [
            format!("{own} https://everytime.kr/@{ID}"),
            format!("everytime.kr/app/@{ID}\n{own}"),
        ] {
            assert_eq!(identifier(&text).as_deref(), Ok(ID), "{text}");
        }
    }

    #[test]
    fn two_different_timetables_in_one_text_are_ambiguous() {
        let text = format!("everytime.kr/@{ID} everytime.kr/@{}", ID.to_lowercase());
        assert_eq!(identifier(&text), Err(InvalidLink::Ambiguous));
    }

    #[test]
    fn a_text_gives_all_its_links_and_whatever_was_meant_as_one() {
        let other = ID.to_lowercase();
        let text = format!(
            "둘: everytime.kr/@{ID}, https://everytime.kr/@short\thttps://everytime.kr/app/@{other}"
        );
        // The comma makes the first no link, and nothing is guessed away.
        let found: Vec<_> = links_in(&text)
            .into_iter()
            .map(|link| link.map(|link| link.identifier().as_str().to_owned()))
            .collect();
        let none = Err(InvalidLink::NotATimetable);
        assert_eq!(found, [none.clone(), none, Ok(other)]);
        assert_eq!(links_in(&format!(" @{ID} ")).len(), 1);
        assert!(links_in("친구의 시간표를 확인해보세요!").is_empty());
        assert!(links_in("").is_empty());
    }

    #[test]
    fn nothing_and_too_much_have_their_own_words() {
        assert_eq!(identifier(" \u{feff}\n"), Err(InvalidLink::Missing));
        let long = format!("https://everytime.kr/@{ID}?{}", "x".repeat(100_000));
        assert_eq!(identifier(&long), Err(InvalidLink::TooLong));
    }

    #[test]
    fn debug_output_hides_the_identifier() {
        let link: ShareLink = ID.parse().unwrap();
        assert!(!format!("{link:?}").contains(ID));
    }

    proptest! {
        #[test]
        fn any_identifier_survives_any_accepted_wrapping(
            id in "[A-Za-z0-9]{20}",
            prefix in "(https?://)?(www\\.)?everytime\\.kr/(app/)?@",
            suffix in "/?([?#][!-~]{0,40})?",
            before in "[가-힣 \n]{0,20}[ \n]",
        ) {
            prop_assert_eq!(identifier(&format!("{before}{prefix}{id}{suffix}")), Ok(id));
        }

        #[test]
        fn any_own_address_is_one_and_none_beside_a_share_link(
            id in "[A-Za-z0-9]{20}",
            prefix in "(https?://)?(www\\.)?everytime\\.kr/(app/)?timetable",
            path in "(/20[0-9]{2}(/[12](/[0-9]{1,12})?)?)?",
            suffix in "/?([?#][!-~]{0,40})?",
        ) {
            let own = format!("{prefix}{path}{suffix}");
            prop_assert_eq!(identifier(&own), Err(InvalidLink::OwnAddress));
            prop_assert_eq!(identifier(&format!("{own} everytime.kr/@{id}")), Ok(id));
        }

        #[test]
        fn no_text_panics_and_what_is_accepted_contains_its_identifier(text in "\\PC{0,200}") {
            if let Ok(id) = identifier(&text) {
                prop_assert!(text.contains(&id));
            }
        }
    }
}
