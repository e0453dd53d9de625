//! Semesters: which one each timetable is of, different ones together, and another that cannot be read.

use serde_json::json;

use super::visitor::{ANY, Look, played};

#[tokio::test]
async fn different_terms_are_said_and_the_same_one_is_read_where_everyone_has_it() {
    let scene = "
        paste(`민수: ${link('weekday')}`, `지우: ${link('jiwoospring')}`); await settled();
        const chips = texts('.choice small'), said = $('.mixed').innerText, offered = texts('.mixed button');
        const before = requests.length;
        press('.mixed button'); await until(() => requests.length > before); await settled();
        return {
            chips, said, offered, asked: requests.slice(before).map((one) => one.split('/').pop()), after: texts('.choice small'),
            mixed: shown('.mixed'), names: texts('.choice button span'), lines: $('#links').value,
        }";
    let value = played(ANY, "terms", scene).await;
    assert_eq!(
        value["chips"],
        json!(["2명", "2026년 2학기 · 수업 6개", "2026년 1학기 · 수업 10개"])
    );
    let said = value["said"].as_str().unwrap();
    assert!(said.starts_with("서로 다른 학기의 시간표예요."), "{said}");
    assert!(said.contains("민수: 2026년 2학기") && said.contains("지우: 2026년 1학기"));
    let offered = json!(["모두 2026년 2학기로 보기", "모두 2026년 1학기로 보기"]);
    assert_eq!(value["offered"], offered);
    assert_eq!(value["asked"], json!(["jiwooautumn000000000", "free"]));
    assert_eq!(value["after"][2], "2026년 2학기 · 수업 10개");
    assert_eq!(value["mixed"], false);
    assert_eq!(value["names"], json!(["함께 보기", "민수", "지우"]));
    let lines = "민수: https://everytime.kr/@weekday0000000000000\n지우: https://everytime.kr/@jiwooautumn000000000\n";
    assert_eq!(value["lines"], lines);
}

#[tokio::test]
#[ignore = "make test-all"]
async fn a_term_that_not_everyone_has_is_not_offered() {
    let scene = "
        await read('onlyautumn', 'onlyspring');
        const none = [$('.mixed').innerText, all('.mixed button').length];
        await read('jiwooautumn', 'onlyspring');
        const spring = texts('.mixed button');
        await read('weekday', 'jiwooautumn');
        return { none, spring, same: shown('.mixed') }";
    let look = Look {
        language: "en",
        ..ANY
    };
    let value = played(look, "terms-apart", scene).await;
    let none = value["none"][0].as_str().unwrap();
    assert!(
        none.contains("There is no semester that all of them have."),
        "{none}"
    );
    assert_eq!(value["none"][1], 0);
    assert_eq!(value["spring"], json!(["Everyone: 2026, 1st semester"]));
    assert_eq!(value["same"], false);
}

#[tokio::test]
#[ignore = "make test-all"]
async fn a_semester_that_cannot_be_read_leaves_the_last_one_standing() {
    let scene = "
        await read('minaspring');
        const classes = texts('.class .name').length;
        choose('#semester', id('private')); await until(() => shown('.missed'));
        const after = { heading: $('#results-heading').innerText, classes: texts('.class .name').length, chosen: $('#semester').value };
        const before = requests.length;
        press('.missed button'); await until(() => requests.length > before); await settled();
        await read('weekday', 'minaspring');
        press('.mixed button'); await until(() => shown('.missed'));
        return { classes, after, whose: texts('.missed .whose'), codes: all('.missed .fault').map((one) => one.dataset.code), heat: shown('.heat') }";
    let value = played(ANY, "terms-missed", scene).await;
    assert_eq!(value["after"]["heading"], "2026년 1학기");
    assert_eq!(value["after"]["classes"], value["classes"]);
    assert_eq!(value["after"]["chosen"], "minaspring0000000000");
    assert_eq!(value["codes"], json!(["not_public"]));
    assert_eq!(value["whose"], json!(["시간표 2"]));
    assert_eq!(value["heat"], true);
}

#[tokio::test]
#[ignore = "make test-all"]
async fn the_weekend_is_asked_about_where_somebody_has_a_class_then() {
    let scene = "
        await read('weekday', 'sunday');
        const columns = texts('.heat thead [aria-hidden]');
        await read('weekday', 'twenty-five-start');
        const without = texts('.heat thead [aria-hidden]');
        press('#question summary'); all('.day-box input')[6].click();
        await until(() => all('.heat thead [aria-hidden]').length === 6);
        return { columns, without, chosen: texts('.heat thead [aria-hidden]') }";
    let value = played(ANY, "weekend", scene).await;
    assert_eq!(
        value["columns"],
        json!(["월", "화", "수", "목", "금", "토", "일"])
    );
    assert_eq!(value["without"], json!(["월", "화", "수", "목", "금"]));
    assert_eq!(value["chosen"], json!(["월", "화", "수", "목", "금", "일"]));
}

#[tokio::test]
#[ignore = "make test-all"]
async fn the_language_follows_the_browser_and_terms_are_said_in_it() {
    let scene = "
        const address = $('script').src.replace('main.js', 'words.js');
        let round = 0;
        const speaks = async (...tags) => {
            Object.defineProperty(navigator, 'languages', { configurable: true, value: tags });
            return (await import(`${address}?${round += 1}`)).language();
        };
        localStorage.removeItem('language');
        const spoken = [];
        for (const tags of [['ko-KR', 'en'], ['en-US', 'ko'], ['fr', 'en-GB', 'ko'], ['ja', 'KO'], ['ja', 'fr'], []]) spoken.push(await speaks(...tags));
        localStorage.setItem('language', 'ko');
        const remembered = await speaks('en');
        localStorage.setItem('language', 'toString');
        const odd = await speaks('en');
        const { english } = await part('words.en.js'), { korean } = await part('words.ko.js');
        const terms = ['1', '여름', '2', '겨울'].map((semester) => [english.term({ year: 2026, semester }), korean.term({ year: 2026, semester })]);
        if (document.documentElement.lang !== 'en') press('#language');
        await read('weekday');
        return { spoken, remembered, odd, terms, heading: $('#results-heading').innerText, menu: texts('#semester option') }";
    let value = played(ANY, "languages", scene).await;
    assert_eq!(value["spoken"], json!(["ko", "en", "en", "ko", "ko", "ko"]));
    assert_eq!(
        (&value["remembered"], &value["odd"]),
        (&json!("ko"), &json!("en"))
    );
    assert_eq!(
        value["terms"],
        json!([
            ["2026, 1st semester", "2026년 1학기"],
            ["2026, summer term", "2026년 여름학기"],
            ["2026, 2nd semester", "2026년 2학기"],
            ["2026, winter term", "2026년 겨울학기"]
        ])
    );
    assert_eq!(value["heading"], "2026, 2nd semester");
    assert_eq!(
        value["menu"],
        json!(["2026, 2nd semester", "2026, 1st semester"])
    );
}
