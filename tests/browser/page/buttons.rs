//! One timetable: what is drawn of it and what each button does.

use serde_json::{Value, json};

use super::stage::{everything, held_back, serving};
use super::visitor::{ANY, Look, PHONE, Visitor, played};
use crate::support::timetables::fixture;
use crate::support::{Service, Site, fixtures};

/// What `scene` comes to on a page of its own.
#[tokio::test]
async fn a_share_message_becomes_the_week_its_owner_knows_and_the_hours_between() {
    let site = Site::start(&fixtures()).await;
    let mut variables = site.variables();
    variables.push(("GONGGANG_POOL_SIZE", "1".to_owned()));
    let service = Service::start(&variables);
    let visitor = Visitor::with(ANY);
    let scene = "
        paste('에브리타임에서 친구의 2026년 2학기 시간표를 확인해보세요!', link('weekday').replace('@', 'app/@'));
        await settled();
        return {
            heading: $('#results-heading').innerText, focused: document.activeElement.id,
            columns: texts('.day h3 [aria-hidden]'), found: texts('#found p'),
            classes: all('.class').map((one) => [one.textContent, one.className]),
            breaks: all('.break').map((one) => one.textContent),
            monday: texts('.free dd')[0],
        }";
    let seen = visitor.plays(&service.url, "real", scene).await;
    visitor.leaves();
    let value = &seen["value"];
    assert_eq!(value["heading"], "2026년 2학기");
    assert_eq!(value["focused"], "results-heading");
    assert_eq!(value["found"], json!(["시간표 링크 1개를 찾았어요."]));
    assert_eq!(value["columns"], json!(["월", "화", "수", "목", "금"]));
    assert_eq!(value["breaks"], json!(["공강 3시간 10:00–13:00"]));
    assert_eq!(value["monday"], "10:00–13:00 3시간\n14:30–22:00 7시간 30분");
    let classes = value["classes"].as_array().unwrap();
    assert_eq!(classes.len(), 6);
    assert_eq!(
        classes[0],
        json!(["자료구조, 09:00–10:00, 공학관 301 나도현", "class c1"])
    );
    let log = service.log().join("\n");
    assert!(log.contains("/v1/timetables/{name}") && !log.contains("weekday"));
    assert_eq!(site.fixtures.page_loads("weekday0000000000000"), 1);
}

#[tokio::test]
async fn blocks_stand_where_their_times_are() {
    let value = played(
        ANY,
        "blocks",
        "await read('seventy-five-minutes');
         const hour = $('.hours').lastElementChild.getBoundingClientRect().height;
         const top = $('.column').getBoundingClientRect().top;
         return all('.day').flatMap((day) => [...day.querySelectorAll('.class')].map((one) => {
             const box = one.getBoundingClientRect();
             const minutes = (length) => Math.round(length / hour * 60);
             return [day.querySelector('h3').id, minutes(box.top - top) + 540, minutes(box.height)];
         }))",
    )
    .await;
    let expected = fixture("seventy-five-minutes").classes;
    let expected = expected.iter().map(|class| {
        let (start, end) = (class.time.start().minutes(), class.time.end().minutes());
        let day = serde_json::to_value(class.day).unwrap();
        json!([format!("day-{}", day.as_str().unwrap()), start, end - start])
    });
    assert_eq!(value, expected.collect::<Value>());
}

#[tokio::test]
async fn a_class_is_told_in_full_when_it_is_pointed_at_tapped_or_reached_by_key() {
    let phone = Look {
        viewport: PHONE,
        ..ANY
    };
    let value = played(
        phone,
        "told",
        "await read('markup-and-emoji');
         const button = $('.class button'), told = [];
         const look = () => told.push(shown('#detail') && $('#detail').innerText);
         look(); button.focus(); look();
         dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' })); look();
         button.click(); look(); press('#detail .close'); look();
         button.dispatchEvent(new PointerEvent('pointerenter', { pointerType: 'mouse' })); look();
         document.body.click(); look();
         return told",
    )
    .await;
    let told = value.as_array().unwrap();
    let full = told[1].as_str().unwrap();
    assert!(
        full.starts_with("<b>굵은</b> <script>alert(1)</script>\n"),
        "{full}"
    );
    assert!(full.contains("월요일 09:00–10:15 · 1시간 15분"), "{full}");
    assert_eq!(value, json!([false, full, false, full, false, full, false]));
}

#[tokio::test]
async fn what_no_grid_shows_stands_below_it() {
    let value = played(
        ANY,
        "below",
        "await read('untimed'); return texts('.beside')",
    )
    .await;
    let text = value[0].as_str().unwrap();
    assert!(text.starts_with("시간이 정해지지 않은 수업\n"), "{text}");
    for class in fixture("untimed").untimed {
        assert!(text.contains(&class.name), "{text}");
    }
    let value = played(
        ANY,
        "refused",
        "await read('overlap'); return texts('.beside')",
    )
    .await;
    let text = value[0].as_str().unwrap();
    assert!(
        text.starts_with("에브리타임 페이지가 그리지 않은 수업\n"),
        "{text}"
    );
}

#[tokio::test]
async fn the_calendar_file_spans_the_usual_term_or_the_one_that_is_chosen() {
    let value = played(
        ANY,
        "calendar-file",
        "await read('weekday');
         press('#calendar');
         const usual = [$('#from').value, $('#until').value];
         $('#until').value = '2026-08-31'; press('#calendar-form .primary');
         const refused = [$('#calendar-dialog').open, $('#calendar-fault').innerText];
         $('#until').value = '2026-09-30'; press('#busy-only'); press('#calendar-form .primary');
         const text = await file();
         await until(() => $('#told').innerText.includes('저장'));
         return { usual, refused, text, open: $('#calendar-dialog').open }",
    )
    .await;
    assert_eq!(value["usual"], json!(["2026-09-01", "2026-12-18"]));
    assert_eq!(value["refused"][0], true);
    assert!(value["refused"][1].as_str().unwrap().contains("종강일"));
    assert_eq!(value["open"], false);
    let text = value["text"].as_str().unwrap();
    assert!(text.starts_with("BEGIN:VCALENDAR"), "{text}");
    assert!(text.contains("DTSTART;TZID=Asia/Seoul:20260907T090000"));
    assert!(text.contains("UNTIL=202609"), "{text}");
    assert!(!text.contains("자료구조"), "names were to be hidden");
}

#[tokio::test]
async fn the_picture_is_made_once_also_when_its_button_is_pressed_twice() {
    let value = played(
        ANY,
        "picture-file",
        "await read('weekday');
         press('#language');
         const before = requests.length;
         press('#picture'); press('#picture');
         await until(() => $('#told').innerText.includes('saved'));
         return { kinds: files.map(({ type }) => type), asked: requests.length - before }",
    )
    .await;
    assert_eq!(value["kinds"], json!(["image/png"]));
    assert_eq!(value["asked"], 0, "it is drawn in the page");
}

#[tokio::test]
async fn texts_are_copied_or_shown_where_the_clipboard_is_closed() {
    let value = played(
        ANY,
        "copied",
        "await read('weekday');
         const copied = [];
         const open = { writeText: async (text) => { copied.push(text); } };
         Object.defineProperty(navigator, 'clipboard', { configurable: true, value: open });
         press('#copy-text'); press('#copy-json');
         await until(() => copied.length === 2 && $('#told').innerText.includes('복사'));
         const closed = { writeText: async () => { throw new DOMException('no', 'NotAllowedError'); } };
         Object.defineProperty(navigator, 'clipboard', { configurable: true, value: closed });
         press('#copy-text'); await until(() => $('#copy-dialog').open);
         const byHand = $('#copy-area').value;
         press('#copy-close');
         return { copied, same: byHand === copied[0], open: $('#copy-dialog').open }",
    )
    .await;
    let text = value["copied"][0].as_str().unwrap();
    let start = "[2026년 2학기]\n월 09:00–10:00 자료구조 (공학관 301)\n월 13:00–14:30 대학영어";
    assert!(text.starts_with(start), "{text}");
    assert!(text.contains("\n\n[비는 시간]\n월 10:00–13:00, 14:30–22:00\n"));
    let copied: Value = serde_json::from_str(value["copied"][1].as_str().unwrap()).unwrap();
    let timetable = serde_json::to_value(fixture("weekday")).unwrap();
    assert_eq!(copied["classes"], timetable["classes"]);
    assert_eq!(
        (&value["same"], &value["open"]),
        (&json!(true), &json!(false))
    );
}

#[tokio::test]
async fn the_conditions_decide_what_counts_as_free() {
    let value = played(
        ANY,
        "conditions-of-one",
        "await read('weekday');
         press('#question summary');
         choose('#question [aria-label=\"시작 시각\"]', '12:00');
         choose('#question [aria-label=\"끝 시각\"]', '18:00');
         choose('#question [aria-label=\"최소 길이\"]', '90');
         for (const box of all('.day-box input').slice(1)) if (box.checked) box.click();
         all('.day-box input')[0].click();
         return [texts('.free dt'), texts('.free dd'), all('.day-box input')[0].checked]",
    )
    .await;
    // Monday's hour between noon and one is too short, and the last day left stays.
    assert_eq!(value, json!([["월요일"], ["14:30–18:00 3시간 30분"], true]));
}

#[tokio::test]
async fn another_semester_of_the_same_owner_is_a_choice_away() {
    let value = played(
        ANY,
        "semester",
        "await read('weekday');
         const labels = texts('#semester option');
         choose('#semester', id('spring')); await until(() => requests.length === 2); await settled();
         return [labels, requests.map((one) => one.split('/').pop())]",
    )
    .await;
    assert_eq!(
        value,
        json!([
            ["2026년 2학기", "2026년 1학기"],
            ["weekday0000000000000", "spring00000000000000"]
        ])
    );
}

#[tokio::test]
async fn english_is_spoken_everywhere_and_remembered() {
    let value = played(
        ANY,
        "language",
        "await read('private');
         const korean = [document.documentElement.lang, $('h1').innerText, $('.fault h3').innerText];
         press('#language');
         const english = [document.documentElement.lang, $('h1').innerText, $('.fault h3').innerText];
         const again = await import(`${$('script').src.replace('main.js', 'words.js')}?again`);
         return { korean, english, again: again.language(), missing: [...document.body.innerText.matchAll(/undefined|\\[object/g)].length }",
    )
    .await;
    assert_eq!(value["korean"][0], "ko");
    assert_eq!(value["korean"][2], "공개되지 않은 시간표예요");
    assert_eq!(value["english"][0], "en");
    assert_eq!(value["english"][2], "This timetable is not public");
    assert_eq!(value["again"], "en", "after the next visit too");
    assert_eq!(value["missing"], 0);
}

#[tokio::test]
async fn both_languages_have_the_same_words_and_some_for_every_code() {
    let value = played(
        ANY,
        "words",
        "const at = (name) => import($('script').src.replace('main.js', name));
         const { korean } = await at('words.ko.js'), { english } = await at('words.en.js');
         const keys = (words) => Object.keys(words).sort();
         const kinds = (words) => keys(words).map((key) => typeof words[key]);
         return {
             same: String(keys(korean)) === String(keys(english)) && String(kinds(korean)) === String(kinds(english)),
             named: all('[data-word]').every(({ dataset }) => typeof korean[dataset.word] === 'string'),
             korean: keys(korean.faults), english: keys(english.faults),
         }",
    )
    .await;
    assert_eq!(
        (&value["same"], &value["named"]),
        (&json!(true), &json!(true))
    );
    let mut codes = vec![
        "missing_link",
        "invalid_link",
        "not_found",
        "not_public",
        "no_timetable",
        "layout_changed",
        "blocked",
        "site_unavailable",
        "timeout",
        "busy",
        "draining",
        "browser_unavailable",
        "unauthorized",
        "rate_limited",
        "internal",
        "offline",
    ];
    codes.sort_unstable();
    assert_eq!(value["korean"], json!(codes));
    assert_eq!(value["english"], json!(codes));
}

#[tokio::test]
async fn a_key_is_asked_for_sent_and_kept_nowhere() {
    let visitor = Visitor::with(ANY);
    let url = serving(&everything(), &["--api-keys=opensesame"]).await;
    let scene = "
        await read('weekday', 'sunday');
        const asked = [shown('#key'), document.activeElement.id];
        type('#key-text', 'wrong'); press('#key .primary');
        await until(() => shown('#key') && requests.length > 2); await settled();
        const wrong = $('#key p').innerText;
        type('#key-text', 'opensesame'); press('#key .primary'); await until(() => shown('#results'));
        return { asked, wrong, shown: shown('#key'), left: $('#key-text').value,
                 kept: JSON.stringify([{ ...localStorage }, { ...sessionStorage }]), people: all('.choice button').length }";
    let mut seen = visitor.plays(&url, "key-given", scene).await;
    visitor.leaves();
    let value = seen["value"].take();
    assert_eq!(value["asked"], json!([true, "key-text"]));
    assert_eq!(value["wrong"], "키가 맞지 않아요. 다시 확인해 주세요.");
    assert_eq!(
        (&value["shown"], &value["left"]),
        (&json!(false), &json!(""))
    );
    assert!(!value["kept"].as_str().unwrap().contains("opensesame"));
    assert_eq!(value["people"], 3, "both and together");
}

#[tokio::test]
async fn a_second_press_asks_nothing_more_and_stopping_stops() {
    let visitor = Visitor::with(ANY);
    let url = serving(&held_back(), &[]).await;
    let scene = "
        paste(...['a', 'b', 'c', 'd', 'e', 'f'].map(link));
        press('#go'); press('#go');
        await until(() => shown('#progress'));
        const during = [requests.length, $('#progress-text').innerText];
        press('#stop'); await until(() => !shown('#progress'));
        return { during, after: requests.length, focused: document.activeElement.id, said: texts('#found p'), shown: shown('#results') }";
    let mut seen = visitor.plays(&url, "stopped", scene).await;
    visitor.leaves();
    let value = seen["value"].take();
    assert_eq!(value["during"], json!([4, "6개 중 0개를 읽었어요"]));
    assert_eq!(value["after"], 4);
    assert_eq!(
        (&value["focused"], &value["shown"]),
        (&json!("go"), &json!(false))
    );
    assert!(
        value["said"][0]
            .as_str()
            .unwrap()
            .starts_with("그만두었어요")
    );
}
