//! Every state of the page, in every size, theme and language. What it looks like is kept under
//! `target/screenshots`; [`Visitor::plays`] checks what a picture does not show.

use serde_json::json;
use webdriver_fleet::Browser;

use super::stage::{FAULTS, everything, held_back, serving};
use super::visitor::{ANY, DESKTOP, Look, PHONE, Visitor};

/// The states that any timetable can bring about, and the way there.
const SCENES: [(&str, &str); 14] = [
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
        "type('#links', 'https://everytime.kr.evil.com/@weekday0000000000000 hello @abc\\n지우는 나중에'); press('#go')",
    ),
    (
        "named",
        "await readNamed(); all('.heat td button')[10].focus()",
    ),
    ("team-asked", "await readNamed(); press('#team')"),
];

/// Further states, for which only `make test-all` has the time.
const MORE: [(&str, &str); 5] = [
    (
        "name-given",
        "await read('weekday', 'sunday'); press('[data-shown=\"1\"]'); type('#person-name', '하늘'); $('#results').scrollIntoView()",
    ),
    (
        "team-broken",
        "location.hash = '#t=1.cut-off'; await until(() => shown('#notice'))",
    ),
    (
        "meeting",
        "await readNamed(); press('.free .chip'); press('#meeting-weekly')",
    ),
    (
        "mixed",
        "paste(`민수: ${link('weekday')}`, `지우: ${link('jiwoospring')}`); await settled()",
    ),
    (
        "missed",
        "await read('minaspring'); choose('#semester', id('private')); await until(() => shown('.missed'))",
    ),
];

const HELD: &str = "paste(link('a'), link('b')); await until(() => shown('#progress'))";
const KEY: &str = "await read('weekday')";

const PHONE_LIGHT_KOREAN: Look = Look {
    name: "phone-light-ko",
    viewport: PHONE,
    ..ANY
};

async fn looks_well(look: Look, more: &[(&str, &str)]) {
    let visitor = Visitor::with(look);
    let url = serving(&everything(), &[]).await;
    for (name, scene) in SCENES.iter().chain(more) {
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

/// Every state in both languages.
async fn looks_well_in_both(name: [&'static str; 2], look: Look) {
    for (name, language) in name.into_iter().zip(["ko", "en"]) {
        let look = Look {
            name,
            language,
            ..look
        };
        looks_well(look, &MORE).await;
    }
}

/// Each size, theme and language once.
#[tokio::test]
async fn every_state_looks_well_on_a_phone_in_light_and_korean() {
    looks_well(PHONE_LIGHT_KOREAN, &[]).await;
}

#[tokio::test]
async fn every_state_looks_well_on_a_desk_in_dark_and_english() {
    let look = Look {
        name: "desk-dark-en",
        viewport: DESKTOP,
        is_dark: true,
        language: "en",
        ..PHONE_LIGHT_KOREAN
    };
    looks_well(look, &[]).await;
}

macro_rules! looks {
    ($($test:ident: $kind:ident, $viewport:ident, $is_dark:literal, $names:expr;)+) => {$(
        #[tokio::test]
        #[ignore = "make test-all"]
        async fn $test() {
            let look = Look { browser: Browser::$kind, viewport: $viewport, is_dark: $is_dark, ..PHONE_LIGHT_KOREAN };
            looks_well_in_both($names, look).await;
        }
    )+};
}

looks! {
    every_state_looks_well_on_a_light_phone: Chromium, PHONE, false, ["phone-light-ko", "phone-light-en"];
    every_state_looks_well_on_a_dark_phone: Chromium, PHONE, true, ["phone-dark-ko", "phone-dark-en"];
    every_state_looks_well_on_a_light_desk: Chromium, DESKTOP, false, ["desk-light-ko", "desk-light-en"];
    every_state_looks_well_on_a_dark_desk: Chromium, DESKTOP, true, ["desk-dark-ko", "desk-dark-en"];
    every_state_looks_well_in_firefox_on_a_light_phone: Firefox, PHONE, false, ["firefox-phone-light-ko", "firefox-phone-light-en"];
    every_state_looks_well_in_firefox_on_a_dark_phone: Firefox, PHONE, true, ["firefox-phone-dark-ko", "firefox-phone-dark-en"];
    every_state_looks_well_in_firefox_on_a_light_desk: Firefox, DESKTOP, false, ["firefox-desk-light-ko", "firefox-desk-light-en"];
    every_state_looks_well_in_firefox_on_a_dark_desk: Firefox, DESKTOP, true, ["firefox-desk-dark-ko", "firefox-desk-dark-en"];
}
