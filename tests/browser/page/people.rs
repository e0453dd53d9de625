//! Several links: what is found in a text, and what their owners have in common.

use serde_json::{Value, json};

use super::stage::{everything, serving};
use super::visitor::{ANY, played_at};

async fn played(flags: &[&str], name: &str, scene: &str) -> Value {
    let url = serving(&everything(), flags).await;
    played_at(&url, ANY, name, scene).await
}

#[tokio::test]
async fn links_are_found_in_any_text_and_nothing_else_is_taken_for_one() {
    let value = played(
        &[],
        "links",
        "const { findLinks } = await import($('script').src.replace('main.js', 'links.js'));
         const ID = 'AbCdEfGhIjKlMnOpQr12';
         const found = (text) => findLinks(text.replaceAll('ID', ID)).identifiers;
         const right = [
             'https://everytime.kr/@ID', 'http://everytime.kr/@ID', 'https://www.everytime.kr/@ID', 'everytime.kr/@ID',
             'HTTPS://Everytime.KR/@ID', 'https://everytime.kr/app/@ID', 'https://everytime.kr/@ID/', 'https://everytime.kr/@ID?a=b',
             'https://everytime.kr/@ID/?a', 'https://everytime.kr/@ID#x', 'https://everytime.kr/%40ID', '@ID', 'ID', ' \\t\\n\\ufeffID\\u200b ',
             '<https://everytime.kr/@ID>', '확인해보세요!\\nhttps://everytime.kr/app/@ID', 'https://everytime.kr/@ID, https://everytime.kr/@ID.',
         ];
         const wrong = [
             'https://everytime.kr.evil.com/@ID', 'https://evil.com/?u=everytime.kr/@ID', 'https://everytime.kr@evil.com/@ID',
             'https://user:pass@everytime.kr/@ID', 'https://everytime.kr:443/@ID', 'https://everytime.kr/ID', 'https://everytime.kr//@ID',
             'https://everytime.kr/@IDx', 'https://everytime.kr/@ID/more', 'https://m.everytime.kr/@ID', 'https://xeverytime.kr/@ID',
             'https://еverytime.kr/@ID', 'ftp://everytime.kr/@ID', 'javascript:everytime.kr/@ID', '//everytime.kr/@ID', 'ID ID', 'hello', '',
             'an internationalization', 'https://everytime.kr/@AbCdEfGhIjKlMnOpQr1é',
         ];
         return {
             right: right.filter((text) => String(found(text)) !== ID), wrong: wrong.filter((text) => found(text).length > 0),
             named: findLinks('see https://evil.com/x and @someone or hello').strangers,
         }",
    )
    .await;
    assert_eq!(value["right"], json!([]));
    assert_eq!(value["wrong"], json!([]));
    assert_eq!(value["named"], json!(["https://evil.com/x", "@someone"]));
}

#[tokio::test]
async fn nothing_garbage_repeats_and_too_many_are_each_said() {
    let value = played(
        &[],
        "said",
        "const said = [];
         const look = () => said.push(texts('#found p'));
         press('#go'); look();
         type('#links', '안녕하세요'); look(); press('#go'); look();
         type('#links', `${link('a')} ${link('a')} https://evil.com/x`); look();
         press('#clear'); look();
         const many = [...Array(63).keys()].map((n) => link(`m${n}x`));
         type('#links', many.join('\\n')); look();
         const idle = requests.length;
         press('#go'); await settled();
         return { said, idle, read: requests.filter((one) => one.includes('/v1/timetables')).length, heading: $('#results-heading').innerText }",
    )
    .await;
    let none =
        json!(["시간표 링크를 찾지 못했어요. everytime.kr/@ 로 시작하는 주소가 들어 있어야 해요."]);
    assert_eq!(
        value["said"],
        json!([
            ["먼저 시간표 링크를 붙여 넣어 주세요."],
            none,
            none,
            [
                "시간표 링크 1개를 찾았어요.",
                "같은 링크 1개는 한 번만 읽어요.",
                "시간표 링크가 아니에요: https://evil.com/x"
            ],
            [],
            [
                "시간표 링크 63개를 찾았어요.",
                "한 번에 50개까지 읽을 수 있어서 뒤의 13개는 빼고 읽어요."
            ],
        ])
    );
    assert_eq!((&value["idle"], &value["read"]), (&json!(0), &json!(50)));
    assert_eq!(value["heading"], "50명의 시간표");
}

#[tokio::test]
async fn several_links_show_how_many_are_free_and_when_all_are() {
    let value = played(
        &[],
        "heat",
        "await read('weekday', 'private', 'twenty-five-start');
         const cells = (row) => [...$('.heat tbody').rows[row].cells].map((cell) => cell.textContent);
         const nine = cells(0), stops = all('.heat td button[tabindex=\"0\"]').length;
         const first = $('.heat td button');
         first.focus();
         const told = texts('#detail p');
         first.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
         document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
         const moved = document.activeElement.textContent;
         const copied = [];
         const open = { writeText: async (text) => { copied.push(text); } };
         Object.defineProperty(navigator, 'clipboard', { configurable: true, value: open });
         press('#copy-text'); press('#copy-json');
         const alone = shown('#calendar');
         press('.choice [data-shown=\"2\"]');
         return {
             heading: $('#results-heading').innerText, cells: nine, told, moved, copied, alone, stops, faults: texts('.fault .whose'),
             pressed: texts('.choice [aria-pressed=true]'), week: shown('.week'), calendar: shown('#calendar'),
         }",
    )
    .await;
    assert_eq!(value["heading"], "3명 중 2명의 시간표");
    assert_eq!(value["cells"][0], "9");
    assert_eq!(value["cells"][1], "0/2, 월요일 09:00–09:30");
    assert_eq!(
        value["told"],
        json!([
            "0명 가능",
            "월요일 09:00–09:30",
            "수업 중: 시간표 1, 시간표 3"
        ])
    );
    assert!(
        value["moved"]
            .as_str()
            .unwrap()
            .contains("화요일 09:30–10:00")
    );
    assert_eq!(value["stops"], 1, "one stop for the Tab key");
    assert_eq!(value["faults"], json!(["시간표 2"]));
    let text = value["copied"][0].as_str().unwrap();
    assert!(
        text.starts_with("[2명이 모두 비는 시간]\n월 11:00–13:00, 14:30–22:00\n"),
        "{text}"
    );
    let copied: Value = serde_json::from_str(value["copied"][1].as_str().unwrap()).unwrap();
    assert_eq!(copied["people"], 2);
    assert_eq!(value["alone"], false, "no file of several people");
    let pressed = value["pressed"][0].as_str().unwrap();
    assert!(pressed.starts_with("시간표 3"), "{pressed}");
    assert_eq!(
        (&value["week"], &value["calendar"]),
        (&json!(true), &json!(true))
    );
}

#[tokio::test]
async fn the_conditions_are_sent_with_the_question() {
    let value = played(
        &[],
        "conditions-of-all",
        "await read('weekday', 'sunday');
         press('#question summary');
         all('.day-box input')[5].click();
         choose('#question [aria-label=\"끝 시각\"]', '12:00');
         choose('#question [aria-label=\"시간 단위\"]', '60');
         choose('#question [aria-label=\"최소 길이\"]', '180');
         await until(() => all('.heat tbody tr').length === 3);
         return [texts('.heat thead [aria-hidden]'), texts('.free dd')]",
    )
    .await;
    assert_eq!(value[0], json!(["월", "화", "수", "목", "금", "일"]));
    for free in value[1].as_array().unwrap() {
        let free = free.as_str().unwrap();
        assert!(free == "없음" || free.starts_with("하루 종일"), "{free}");
    }
}

#[tokio::test]
async fn trying_again_reads_only_what_could_not_be_read() {
    let value = played(
        &["--rate-limit=3"],
        "again",
        "await read('weekday', 'sunday', 'private', 'empty');
         const codes = all('.fault').map((card) => card.dataset.code);
         const before = requests.length;
         press('#again'); await until(() => requests.length > before); await settled();
         return {
             codes, wait: texts('.fault p').some((text) => /초쯤 뒤에/.test(text)), common: texts('#drawing .fault h3'),
             again: requests.slice(before).map((one) => one.split('/').pop()), people: all('.choice button').length,
         }",
    )
    .await;
    let mut codes: Vec<_> = value["codes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|code| code.as_str().unwrap())
        .collect();
    codes.sort_unstable();
    // Three of four are allowed; the question about common time comes after them.
    assert_eq!(
        codes,
        ["not_public", "rate_limited", "rate_limited"],
        "{value}"
    );
    assert_eq!(value["wait"], true);
    let again = value["again"].as_array().unwrap();
    assert!(again.contains(&json!("private0000000000000")), "{value}");
    assert!(!again.contains(&json!("weekday0000000000000")), "{value}");
}

#[tokio::test]
async fn a_connection_that_breaks_is_said_and_can_be_tried_again() {
    let value = played(
        &[],
        "offline",
        "const counted = window.fetch;
         window.fetch = () => Promise.reject(new TypeError('network'));
         await read('weekday');
         const fault = texts('.fault h3');
         window.fetch = counted;
         press('#again'); await until(() => shown('.week'));
         return [fault, texts('.fault').length]",
    )
    .await;
    assert_eq!(value, json!([["인터넷 연결이 끊긴 것 같아요"], 0]));
}
