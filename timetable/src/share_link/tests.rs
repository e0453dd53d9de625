use proptest::prelude::*;
use serde::Deserialize;

use super::*;

const ID: &str = "AbCdEfGhIjKlMnOpQr12";

/// Addresses that owners copy from their own address bar.
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

/// Texts that only resemble a link.
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

/// A pasted text and its result: an identifier, or the name of an error.
#[derive(Deserialize)]
struct Shape {
    name: String,
    text: String,
    is: String,
}

/// The list that service, `batch` and web page are tested with.
fn shapes() -> Vec<Shape> {
    serde_json::from_str(include_str!("../../../tests/links/shapes.json")).unwrap()
}

#[test]
fn every_shape_of_the_list_has_the_listed_result() {
    let read = |text: &str| match identifier(text) {
        Ok(identifier) => identifier,
        Err(InvalidLink::NotATimetable) => "not_a_link".to_owned(),
        Err(InvalidLink::OwnAddress) => "own_address".to_owned(),
        Err(InvalidLink::Ambiguous) => "several".to_owned(),
        Err(other) => format!("{other:?}"),
    };
    let wrong: Vec<_> = shapes()
        .into_iter()
        .map(|shape| (read(&shape.text), shape))
        .filter(|(read, shape)| *read != shape.is)
        .map(|(read, shape)| {
            format!(
                "{}: {read} instead of {}: {}",
                shape.name, shape.is, shape.text
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_list_has_at_least_ninety_shapes_and_a_third_are_refusals() {
    let shapes = shapes();
    let refusals = shapes
        .iter()
        .filter(|shape| shape.is.len() != IDENTIFIER_LENGTH);
    assert!(shapes.len() >= 90 && refusals.count() * 3 >= shapes.len());
}

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
fn the_address_of_the_owners_own_page_has_an_error_of_its_own() {
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
fn a_share_link_wins_over_the_owners_own_address_beside_it() {
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
fn a_text_gives_all_its_links_and_an_error_for_each_broken_one() {
    let other = ID.to_lowercase();
    let text = format!(
        "둘: everytime.kr/@{ID}, https://everytime.kr/@short\thttps://everytime.kr/app/@{other}"
    );
    let found: Vec<_> = links_in(&text)
        .into_iter()
        .map(|link| link.map(|link| link.identifier().as_str().to_owned()))
        .collect();
    let none = Err(InvalidLink::NotATimetable);
    assert_eq!(found, [Ok(ID.to_owned()), none, Ok(other)]);
    assert_eq!(
        links_in(&format!("[everytime.kr/@{ID}](everytime.kr/@{ID})")).len(),
        1
    );
    assert_eq!(links_in(&format!(" @{ID} ")).len(), 1);
    assert!(links_in("친구의 시간표를 확인해보세요!").is_empty());
    assert!(links_in("").is_empty());
}

#[test]
fn an_empty_and_a_too_long_text_have_errors_of_their_own() {
    assert_eq!(identifier(" \u{feff}\n"), Err(InvalidLink::Missing));
    let long = format!("https://everytime.kr/@{ID}?{}", "x".repeat(100_000));
    assert_eq!(identifier(&long), Err(InvalidLink::TooLong));
}

#[test]
fn debug_output_hides_the_identifier() {
    let link: ShareLink = ID.parse().unwrap();
    assert!(!format!("{link:?}").contains(ID));
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
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
    fn any_identifier_survives_the_words_and_marks_around_it(
        id in "[A-Za-z0-9]{20}",
        before in "[가-힣]{0,10}[!?:~(…“]?",
        prefix in "https?://(www\\.)?everytime\\.kr/(app/)?@",
        after in "[.!~)…”,]{0,3}[가-힣]{0,10}",
        decodings in 0..3,
    ) {
        let mut text = format!("{before}{prefix}{id}{after}");
        for _ in 0..decodings {
            text = encoded(&text);
        }
        prop_assert_eq!(identifier(&text), Ok(id));
    }

    #[test]
    fn no_other_length_is_ever_an_identifier(
        id in "[A-Za-z0-9]{1,19}|[A-Za-z0-9]{21,40}",
        after in "[.!~)…”,/]?[가-힣]{0,10}",
    ) {
        let text = format!("https://everytime.kr/@{id}{after}");
        prop_assert_eq!(identifier(&text), Err(InvalidLink::NotATimetable));
    }

    #[test]
    fn no_host_that_merely_holds_the_site_is_taken_for_it(
        id in "[A-Za-z0-9]{20}",
        before in "[a-z0-9._@/\\\\-]{1,10}",
        after in "[a-z0-9.:@\\\\-][a-z0-9.]{0,10}",
    ) {
        for text in [format!("https://{before}everytime.kr/@{id}"), format!("https://everytime.kr{after}/@{id}")] {
            let is_www = before == "www.";
            prop_assert!(is_www || identifier(&text) == Err(InvalidLink::NotATimetable), "{}", text);
        }
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
            // Invisible characters and encoded ones aside.
            let ascii: String = text.chars().filter(char::is_ascii).collect();
            prop_assert!(text.contains('%') || ascii.contains(&id));
        }
    }
}
