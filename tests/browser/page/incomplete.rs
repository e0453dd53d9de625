//! Classes that the site's page refuses to draw, and an owner's own address.

use std::sync::Arc;

use serde_json::{Value, json};
use timetable::Timetable;
use timetable::share_link::{InvalidLink, ShareLink};

use super::stage::serving;
use super::visitor::{ANY, Look, PHONE, played_at};
use crate::support::fake::Fake;

const OWN: &str = "https://everytime.kr/timetable/2026/2/12345678";

/// Monday has 자료구조 and, where `identifier` says that its times are known, 드로잉, which the page
/// does not draw.
fn timetable(identifier: &str) -> Timetable {
    let class = |name: &str, start: &str, end: &str, not_drawn: bool| {
        json!({"name": name, "professor": "", "place": "", "color": null, "day": "mon",
               "start": start, "end": end, "not_drawn": not_drawn})
    };
    let mut classes = vec![class("자료구조", "09:00", "10:00", false)];
    if identifier.starts_with("known") {
        classes.push(class("드로잉", "09:30", "11:00", true));
    }
    serde_json::from_value(json!({
        "identifier": identifier, "year": 2026, "semester": "2", "title": "2026년 2학기",
        "days": ["mon", "tue", "wed", "thu", "fri"], "classes": classes, "untimed": [],
        "not_drawn": [{"name": "드로잉"}], "semesters": [],
    }))
    .unwrap()
}

fn source() -> Arc<Fake> {
    Fake::telling(|identifier| Ok(timetable(identifier.as_str())), None)
}

async fn played(look: Look, name: &str, scene: &str) -> Value {
    let url = serving(&source(), &[]).await;
    played_at(&url, look, name, scene).await
}

#[tokio::test]
async fn a_class_that_is_not_drawn_stands_in_the_week_and_takes_its_hours() {
    let value = played(
        ANY,
        "not-drawn",
        "await read('known');
         const boxes = all('.day:first-of-type .class').map((one) => one.getBoundingClientRect());
         return { names: texts('.class .name'), beside: boxes[0].right <= boxes[1].left + 1,
                  free: texts('.free dd')[0], breaks: texts('.break'), warned: shown('.incomplete') }",
    )
    .await;
    assert_eq!(value["names"], json!(["자료구조", "드로잉"]));
    assert_eq!(value["beside"], true);
    assert_eq!(value["free"], "11:00–22:00 11시간");
    assert_eq!(
        (&value["breaks"], &value["warned"]),
        (&json!([]), &json!(false))
    );
}

#[tokio::test]
async fn a_week_with_classes_of_unknown_times_says_that_free_hours_may_be_taken() {
    let dark_phone = Look {
        name: "phone-dark-en",
        viewport: PHONE,
        is_dark: true,
        language: "en",
        ..ANY
    };
    for (look, words) in [(ANY, "비어 보이는 시간에도"), (dark_phone, "may be taken")] {
        let value = played(
            look,
            "incomplete",
            "await read('unknown');
             const copied = [];
             const open = { writeText: async (text) => { copied.push(text); } };
             Object.defineProperty(navigator, 'clipboard', { configurable: true, value: open });
             press('#copy-text');
             await until(() => copied.length === 1);
             return { said: texts('.incomplete'), copied: copied[0] }",
        )
        .await;
        assert_eq!(value["said"].as_array().unwrap().len(), 1);
        assert!(
            value["said"][0].as_str().unwrap().contains(words),
            "{value}"
        );
        assert!(value["copied"].as_str().unwrap().contains(words), "{value}");
    }
}

#[tokio::test]
async fn common_free_time_names_the_timetables_with_unknown_times() {
    let value = played(
        ANY,
        "incomplete-together",
        "await read('known', 'unknown');
         const said = texts('.incomplete');
         press('[data-shown=\"0\"]'); const known = texts('.incomplete');
         press('[data-shown=\"1\"]'); const unknown = texts('.incomplete');
         press('[data-shown=\"common\"]');
         return { said, known: known.length, unknown: unknown.length }",
    )
    .await;
    let said = value["said"][0].as_str().unwrap();
    assert!(
        said.contains("시간표 2.") && !said.contains("시간표 1"),
        "{said}"
    );
    assert_eq!((&value["known"], &value["unknown"]), (&json!(0), &json!(1)));
}

#[tokio::test]
async fn an_owners_own_address_is_answered_with_the_way_to_share() {
    let scene = format!(
        "const own = '{OWN}';
         type('#links', own); press('#go');
         const alone = texts('#found p');
         press('.help summary');
         const help = texts('#help li');
         type('#links', `${{own}} ${{link('known')}}`);
         const beside = texts('#found p');
         press('#go'); await settled();
         return {{ alone, beside, help, people: requests.length }}"
    );
    let value = played(ANY, "own-address", &scene).await;
    assert_eq!(value["alone"].as_array().unwrap().len(), 1);
    for step in ["공개 범위 변경", "URL 공유"] {
        assert!(
            value["alone"][0].as_str().unwrap().contains(step),
            "{value}"
        );
        assert!(value["help"].to_string().contains(step), "{value}");
    }
    assert_eq!(value["beside"][0], "시간표 링크 1개를 찾았어요.");
    assert_eq!(value["beside"][1], value["alone"][0]);
    assert_eq!(value["people"], 1, "the share link is read");
}

/// Every text made of one of each: a beginning, a path and an end.
fn addresses() -> Vec<String> {
    let beginnings = [
        "https://everytime.kr/",
        "HTTP://WWW.Everytime.kr/",
        "everytime.kr/",
        "www.everytime.kr/app/",
        "everytime.kr/APP/",
        "https://everytime.kr.evil.com/",
        "https://evil.com/everytime.kr/",
        "https://m.everytime.kr/",
        "https://everytime.kr:443/",
        "https://user@everytime.kr/",
        "//everytime.kr/",
        "",
    ];
    let paths = [
        "timetable",
        "timetable/2026",
        "timetable/2026/2",
        "timetable/2026/여름",
        "timetable/2026/%EA%B2%A8%EC%9A%B8",
        "timetable/2026/2/12345678",
        "timetable/2026/겨울/1",
        "Timetable/2026/2/1",
        "timetables",
        "timetable/26/2/1",
        "timetable/2026/3/1",
        "timetable/2026/2/x",
        "timetable//2/1",
        "timetable/2026/2/1/more",
        "timetable/@AbCdEfGhIjKlMnOpQr12",
    ];
    let ends = ["", "/", "?a=b", "/?a", "#x", "/#x", "//", "x"];
    let mut all = Vec::new();
    for (beginning, path) in beginnings
        .iter()
        .flat_map(|b| paths.iter().map(move |p| (b, p)))
    {
        all.extend(ends.iter().map(|end| format!("{beginning}{path}{end}")));
    }
    all
}

#[tokio::test]
async fn the_page_and_the_service_agree_on_what_an_own_address_is() {
    let (own, others): (Vec<_>, Vec<_>) = addresses()
        .into_iter()
        .partition(|text| text.parse::<ShareLink>() == Err(InvalidLink::OwnAddress));
    assert!(own.len() > 100 && others.len() > 100, "{}", own.len());
    let scene = format!(
        "const {{ findLinks }} = await import($('script').src.replace('main.js', 'links.js'));
         const isOwn = (text) => findLinks(text).own;
         return [{}.filter((text) => !isOwn(text)), {}.filter(isOwn)]",
        json!(own),
        json!(others)
    );
    let value = played(ANY, "own-addresses", &scene).await;
    assert_eq!(value, json!([[], []]));
}
