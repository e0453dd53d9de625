//! Every state of the page, in every size, theme and language. What it looks like is kept under
//! `target/screenshots`; [`Visitor::plays`] checks what a picture does not show.

use serde_json::json;

use super::stage::{FAULTS, everything, held_back, serving};
use super::visitor::{DESKTOP, Look, PHONE, Visitor};

/// The states that any timetable can bring about, and the way there.
const SCENES: [(&str, &str); 12] = [
    ("start", "press('.help summary')"),
    ("one", "await read('weekday')"),
    ("detail", "await read('sunday'); press('.class button')"),
    (
        "untimed",
        "await read('untimed'); $('.beside').scrollIntoView()",
    ),
    ("markup", "await read('markup-and-emoji')"),
    ("empty", "await read('empty')"),
    ("calendar", "await read('weekday'); press('#calendar')"),
    (
        "copy",
        "await read('weekday'); press('#copy-text'); await until(() => $('#copy-dialog').open)",
    ),
    (
        "together",
        "await read('weekday', 'seventy-five-minutes', 'twenty-five-start')",
    ),
    (
        "conditions",
        "await read('weekday', 'sunday'); press('#question summary'); $('#free').scrollIntoView()",
    ),
    ("fault", "await read('private')"),
    (
        "garbage",
        "type('#links', 'https://everytime.kr.evil.com/@weekday0000000000000 hello @abc'); press('#go')",
    ),
];

const HELD: &str = "paste(link('a'), link('b')); await until(() => shown('#progress'))";
const KEY: &str = "await read('weekday')";

const PHONE_LIGHT_KOREAN: Look = Look {
    name: "phone-light-ko",
    viewport: PHONE,
    is_dark: false,
    language: "ko",
};

async fn looks_well(look: Look) {
    let visitor = Visitor::with(look);
    let url = serving(&everything(), &[]).await;
    for (name, scene) in SCENES {
        visitor.plays(&url, name, scene).await;
    }
    every_fault_has_its_words(&visitor, &url).await;
    let held = serving(&held_back(), &[]).await;
    visitor.plays(&held, "progress", HELD).await;
    let keyed = serving(&everything(), &["--api-keys=akey"]).await;
    visitor.plays(&keyed, "key", KEY).await;
    visitor.leaves();
}

/// Beside a timetable that was read, so that all that can be drawn is drawn.
async fn every_fault_has_its_words(visitor: &Visitor, url: &str) {
    let names: Vec<_> = FAULTS.iter().map(|(name, _)| name).collect();
    let scene = format!(
        "await read('weekday', ...{});
         return all('.fault').map((card) => [card.dataset.code, card.querySelector('h3').innerText])",
        json!(names)
    );
    let seen = visitor.plays(url, "faults", &scene).await;
    let cards = seen["value"].as_array().unwrap();
    let codes: Vec<_> = cards.iter().map(|card| card[0].clone()).collect();
    assert_eq!(json!(codes), json!(FAULTS.map(|(_, code)| code)));
    let titles: std::collections::BTreeSet<_> =
        cards.iter().map(|card| card[1].as_str().unwrap()).collect();
    assert_eq!(titles.len(), FAULTS.len(), "no two faults say the same");
}

/// Each size, theme and language once.
#[tokio::test]
async fn every_state_looks_well_on_a_phone_in_light_and_korean() {
    looks_well(PHONE_LIGHT_KOREAN).await;
}

#[tokio::test]
async fn every_state_looks_well_on_a_desk_in_dark_and_english() {
    looks_well(Look {
        name: "desk-dark-en",
        viewport: DESKTOP,
        is_dark: true,
        language: "en",
    })
    .await;
}

#[tokio::test]
#[ignore = "make test-all"]
async fn every_state_looks_well_on_a_phone_in_dark_and_english() {
    looks_well(Look {
        name: "phone-dark-en",
        is_dark: true,
        language: "en",
        ..PHONE_LIGHT_KOREAN
    })
    .await;
}

#[tokio::test]
#[ignore = "make test-all"]
async fn every_state_looks_well_on_a_desk_in_light_and_english() {
    looks_well(Look {
        name: "desk-light-en",
        viewport: DESKTOP,
        language: "en",
        ..PHONE_LIGHT_KOREAN
    })
    .await;
}

#[tokio::test]
#[ignore = "make test-all"]
async fn every_state_looks_well_on_a_desk_in_dark_and_korean() {
    looks_well(Look {
        name: "desk-dark-ko",
        viewport: DESKTOP,
        is_dark: true,
        ..PHONE_LIGHT_KOREAN
    })
    .await;
}
