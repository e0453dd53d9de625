//! Names: given in the text or on the page, shown everywhere, told to no one.

use serde_json::json;

use super::visitor::{ANY, played};

#[tokio::test]
#[ignore = "make test-all"]
async fn a_name_stands_before_a_link_and_nothing_else_is_taken_for_one() {
    let value = played(
        ANY,
        "name-lines",
        "const { cleanName, splitNames } = await part('names.js');
         const [ID, OTHER] = [id('a'), id('b')];
         const URL = `https://everytime.kr/@${ID}`;
         const names = (text) => Object.entries(splitNames(text).names).flat().join(' ');
         const named = [
             `민수: ${URL}`, `민수:${URL}`, ` 민수 ： ${URL}`, `민수: everytime.kr/@${ID}`, `민수: @${ID}`, `민수: ${ID}`,
             `민수: 내 시간표야 ${URL}`, `민\\u200b수: ${URL}`, `민수: ${URL}\\n영희: ${URL}`,
         ];
         const unnamed = [
             URL, `http://everytime.kr/@${ID}`, `링크: ${URL}`, `시간표: ${URL}`, `url: ${URL}`, `: ${URL}`, '민수: 나중에',
             `둘: ${URL} https://everytime.kr/@${OTHER}`, `https://everytime.kr:443/@${ID}`, `https://user:pass@everytime.kr/@${ID}`,
         ];
         const texts = ['민수', ' a  b ', 'x'.repeat(50), '\\u202e민수', '👨‍👩‍👧', 'e\\u200b\\u0301', '\\ud800', ''];
         return {
             named: named.filter((text) => names(text) !== `${ID} 민수`),
             unnamed: unnamed.filter((text) => names(text) !== ''),
             rest: splitNames(`민수: ${URL}\\nhello`).text === `${URL}\\nhello`,
             clean: texts.map(cleanName), again: texts.every((text) => cleanName(cleanName(text)) === cleanName(text)),
         }",
    )
    .await;
    assert_eq!(value["named"], json!([]));
    assert_eq!(value["unnamed"], json!([]));
    assert_eq!(
        (&value["rest"], &value["again"]),
        (&json!(true), &json!(true))
    );
    let long = "x".repeat(20);
    let clean = json!(["민수", "a b", long, "민수", "👨‍👩‍👧", "é", "", ""]);
    assert_eq!(value["clean"], clean);
}

#[tokio::test]
async fn names_from_the_text_and_the_chip_stand_in_the_group_its_hours_texts_and_faults() {
    let value = played(
        ANY,
        "names",
        "await readNamed();
         const chips = texts('.choice button span'), faults = texts('.fault .whose');
         press('.choice [data-shown=\"3\"]');
         type('#person-name', '하늘');
         const heading = texts('.choice button span').pop(), kept = $('#person-name').isConnected;
         press('.choice [data-shown=\"common\"]');
         $('.heat td button').focus();
         const copied = [];
         const open = { writeText: async (text) => { copied.push(text); } };
         Object.defineProperty(navigator, 'clipboard', { configurable: true, value: open });
         const nine = texts('#detail p');
         all('.heat td button')[10].focus();
         const ten = texts('#detail p');
         press('#copy-text'); await until(() => copied.length === 1);
         press('#go'); await settled();
         return { chips, faults, heading, kept, nine, ten, copied: copied[0], again: texts('.choice button span') }",
    )
    .await;
    let named = json!(["함께 보기", "민수", "지우", "시간표 4"]);
    assert_eq!(value["chips"], named);
    assert_eq!(value["faults"], json!(["Chris"]));
    assert_eq!(
        (&value["heading"], &value["kept"]),
        (&json!("하늘"), &json!(true))
    );
    assert_eq!(
        value["nine"],
        json!([
            "0명 가능",
            "월요일 09:00–09:30",
            "수업 중: 민수, 지우, 하늘"
        ])
    );
    assert_eq!(
        value["ten"],
        json!([
            "3명 중 1명 가능",
            "월요일 10:00–10:30",
            "가능: 민수",
            "수업 중: 지우, 하늘"
        ])
    );
    let text = value["copied"].as_str().unwrap();
    assert!(
        text.starts_with("[3명이 모두 비는 시간]\n민수, 지우, 하늘\n월 "),
        "{text}"
    );
    let again = json!(["함께 보기", "민수", "지우", "하늘"]);
    assert_eq!(
        value["again"], again,
        "a name given on the page survives another reading"
    );
}

#[tokio::test]
#[ignore = "make test-all"]
async fn an_answer_that_names_who_is_free_is_taken_at_its_word() {
    let value = played(
        ANY,
        "who",
        "const asked = window.fetch;
         window.fetch = async (address, options) => {
             const response = await asked(address, options);
             if (!String(address).endsWith('/v1/free')) return response;
             const answer = await response.json();
             for (const slot of answer.days.flatMap(({ slots }) => slots)) Object.assign(slot, { free: 1, links: [1] });
             return new Response(JSON.stringify({ ...answer, mixed_terms: true }), response);
         };
         await readNamed();
         $('.heat td button').focus();
         return { told: texts('#detail p'), mixed: shown('.mixed') }",
    )
    .await;
    assert_eq!(
        value["told"],
        json!([
            "3명 중 1명 가능",
            "월요일 09:00–09:30",
            "가능: 지우",
            "수업 중: 민수, 시간표 4"
        ])
    );
    assert_eq!(value["mixed"], true);
}
