//! What people take along: pictures to send, and a meeting for their calendars.

use std::path::Path;

use icalendar::Component;
use serde_json::{Value, json};
use webdriver_fleet::Browser;

use super::stage::{everything, serving};
use super::visitor::{ANY, Look, PHONE, Visitor, keep};
use crate::support::calendars::check;

/// The picture's bytes, and what becomes of each text: the very drawing that the picture was made of is laid out in
/// the page, and the picture's pixels are looked at where its texts are.
const PICTURE: &str = "
    const drawings = [];
    const source = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, 'src');
    const set = function (address) { drawings.push(address); source.set.call(this, address); };
    Object.defineProperty(HTMLImageElement.prototype, 'src', { ...source, set });
    files.length = 0;
    press('#picture'); await until(() => files.length > 0);
    const png = files.pop(), name = saved.pop();
    const xml = decodeURIComponent(drawings.pop().split(',').slice(1).join(','));
    const drawing = document.importNode(new DOMParser().parseFromString(xml, 'image/svg+xml').documentElement, true);
    document.body.append(drawing);
    const size = [Number(drawing.getAttribute('width')), Number(drawing.getAttribute('height'))];
    const bitmap = await createImageBitmap(png);
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    canvas.drawImage(bitmap, 0, 0);
    const within = ({ x, y, width, height }, [left, top, right, bottom]) =>
        x >= left - 1 && y >= top - 1 && x + width <= right + 1 && y + height <= bottom + 1;
    const isWritten = ({ x, y, width, height }) => {
        const { data } = canvas.getImageData(x * 2, y * 2, Math.max(1, width * 2), Math.max(1, height * 2));
        const pixels = new Uint32Array(data.buffer);
        return pixels.some((pixel) => pixel !== pixels[0]);
    };
    // Where no font has emoji, one of them is drawn as several boxes.
    const written = [...drawing.querySelectorAll('text')].filter((text) => !/\\p{Extended_Pictographic}/u.test(text.textContent));
    const holder = (text) => {
        const rect = text.parentElement.querySelector(':scope > rect')?.getBBox();
        return rect && text.parentElement !== drawing ? [rect.x, rect.y, rect.x + rect.width, rect.y + rect.height] : [0, 0, ...size];
    };
    const spilled = written.filter((text) => !within(text.getBBox(), holder(text))).map((text) => text.textContent);
    const missing = written.filter((text) => !isWritten(text.getBBox())).map((text) => text.textContent);
    const texted = [...drawing.querySelectorAll('text')].map((text) => text.textContent);
    drawing.remove();
    return { name, size, kind: png.type, bytes: [...new Uint8Array(await png.arrayBuffer())], texts: texted, spilled, missing };";

/// Plays the way to what is shown and takes a picture of it, which is kept beside the screenshots.
async fn picture(look: Look, name: &str, way: &str) -> Value {
    let visitor = Visitor::with(look);
    let url = serving(&everything(), &[]).await;
    let mut seen = visitor
        .plays(&url, name, &format!("{way}; {PICTURE}"))
        .await;
    visitor.leaves();
    let mut value = seen["value"].take();
    let png: Vec<u8> = serde_json::from_value(value["bytes"].take()).unwrap();
    keep(&format!("{name}-{}", look.name), &png);
    assert_eq!(value["kind"], "image/png");
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let side = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!(
        value["size"],
        json!([side(16) / 2, side(20) / 2]),
        "twice the drawing"
    );
    assert!(side(16).is_multiple_of(2) && side(20).is_multiple_of(2));
    assert_eq!(value["spilled"], json!([]), "{name}");
    assert_eq!(value["missing"], json!([]), "{name}");
    value
}

fn texts(value: &Value) -> Vec<&str> {
    let texts = value["texts"].as_array().unwrap();
    texts.iter().map(|text| text.as_str().unwrap()).collect()
}

const LIGHT: Look = Look {
    name: "phone-light-ko",
    viewport: PHONE,
    ..ANY
};

/// Weeks and groups of all kinds.
const WAYS: [(&str, &str); 8] = [
    ("sunday", "await read('sunday')"),
    ("untimed", "await read('untimed')"),
    ("overlap", "await read('overlap')"),
    ("markup", "await read('markup-and-emoji')"),
    ("empty", "await read('empty')"),
    ("mixed", "await read('weekday', 'jiwoospring', 'sunday')"),
    (
        "ten-minutes",
        "await read('weekday', 'sunday'); choose('#question [aria-label=\"시간 단위\"]', '10');
         await until(() => all('.heat tbody tr').length > 40)",
    ),
    (
        "crowd",
        "paste(...[...Array(50).keys()].map((n) => `${'이름이긴사람'.repeat(3)}${n}: ${link(`m${n}x`)}`)); await settled()",
    ),
];

const WEEK: &str = "await read('weekday'); type('#person-name', '민수')";
const GROUP: &str = "await readNamed()";

#[tokio::test]
#[ignore = "make test-all"]
async fn the_picture_of_a_week_is_twice_its_drawing_and_has_name_term_and_classes() {
    let value = picture(ANY, "png-week", WEEK).await;
    assert_eq!(value["name"], "민수 · 2026년 2학기.png");
    let texts = texts(&value);
    for text in [
        "민수 · 2026년 2학기",
        "월",
        "금",
        "9",
        "17",
        "자료구조",
        "공학관 301",
        "공강 3시간",
    ] {
        assert!(texts.contains(&text), "{text}: {texts:?}");
    }
}

#[tokio::test]
async fn the_picture_of_a_group_has_names_term_counts_and_the_common_time() {
    let value = picture(ANY, "png-group", GROUP).await;
    assert_eq!(value["name"], "3명이 비는 시간.png");
    let texts = texts(&value);
    for text in [
        "3명이 비는 시간",
        "민수, 지우, 시간표 4",
        "2026년 2학기",
        "0/3",
        "3/3",
        "모두가 비는 시간",
    ] {
        assert!(texts.contains(&text), "{text}: {texts:?}");
    }
    assert!(
        texts
            .iter()
            .any(|text| text.starts_with("월  12:00–13:00, ")),
        "{texts:?}"
    );
}

#[tokio::test]
#[ignore = "make test-all"]
async fn pictures_hold_their_texts_in_every_case_theme_language_and_browser() {
    for (case, way) in WAYS {
        picture(LIGHT, &format!("png-{case}"), way).await;
    }
    let dark = Look {
        name: "phone-dark-en",
        is_dark: true,
        language: "en",
        ..LIGHT
    };
    let firefox = Look {
        name: "firefox-phone-dark-ko",
        browser: Browser::Firefox,
        is_dark: true,
        ..LIGHT
    };
    for look in [dark, firefox] {
        picture(look, "png-week", WEEK).await;
        picture(look, "png-group", GROUP).await;
    }
}

/// The meetings that the page made, each as a file with what is to be found in it.
fn written(name: &str, file: &str, expected: &Value) -> std::path::PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("meeting-{name}.ics"));
    std::fs::write(&path, file).unwrap();
    std::fs::write(path.with_extension("json"), json!([expected]).to_string()).unwrap();
    path
}

#[tokio::test]
async fn a_meeting_in_a_common_slot_is_read_by_two_parsers_once_and_every_week() {
    let scene = "
        await readNamed();
        press('#question summary');
        choose('#question [aria-label=\"끝 시각\"]', '24:00');
        await until(() => texts('.free .chip').some((text) => text.includes('24:00')));
        const made = [];
        const chip = (start) => all('.free .chip').find((one) => one.innerText.startsWith(start));
        chip('12:00').click();
        const proposed = [$('#meeting-text').innerText, ...['name', 'from', 'to'].map((field) => $(`#meeting-${field}`).value), shown('#meeting-until')];
        $('#meeting-date').value = '2026-12-01'; press('#meeting-form .primary');
        const refused = [$('#meeting-fault').innerText, files.length];
        $('#meeting-date').value = '2026-11-30'; $('#meeting-name').value = '회의; 밥, 그리고 \\\\ 아주 긴 이름 🍚 '.repeat(3).trim();
        press('#meeting-form .primary'); made.push(await file());
        chip('12:00').click(); press('#meeting-weekly');
        $('#meeting-date').value = '2026-11-30'; $('#meeting-until').value = '2026-11-29'; press('#meeting-form .primary');
        refused.push($('#meeting-fault').innerText);
        $('#meeting-until').value = '2026-12-21'; choose('#meeting-from', '740'); choose('#meeting-to', '730'); press('#meeting-form .primary');
        refused.push($('#meeting-fault').innerText);
        choose('#meeting-from', '730'); choose('#meeting-to', '780'); press('#meeting-form .primary'); made.push(await file());
        chip('17:30').click();
        $('#meeting-date').value = '2026-12-28'; choose('#meeting-to', '1440'); choose('#meeting-from', '1380'); press('#meeting-form .primary'); made.push(await file());
        return { proposed, refused, made, told: $('#told').innerText, asked: requests.some((one) => one.includes('.ics')) }";
    let visitor = Visitor::with(ANY);
    let url = serving(&everything(), &[]).await;
    let seen = visitor.plays(&url, "meeting-file", scene).await;
    visitor.leaves();
    let value = &seen["value"];
    assert_eq!(
        value["proposed"],
        json!(["월요일 12:00–13:00", "모임", "720", "780", false])
    );
    assert_eq!(
        value["refused"],
        json!([
            "월요일인 날짜를 골라 주세요.",
            0,
            "마지막 날짜는 처음 날짜보다 앞설 수 없어요.",
            "끝나는 시각은 시작하는 시각보다 뒤여야 해요."
        ])
    );
    assert_eq!(value["told"], "파일을 저장했어요.");
    assert_eq!(
        value["asked"], false,
        "names are in it, so it is made in the page"
    );
    let long = "회의; 밥, 그리고 \\ 아주 긴 이름 🍚 ".repeat(3);
    let expected = |summary: &str, minutes: u32, count: u32, first: &str, last: &str| {
        json!({
            "summary": summary, "location": null, "description": "민수, 지우, 시간표 4",
            "minutes": minutes, "count": count, "first": first, "last": last,
        })
    };
    // A field holds sixty characters when they are typed, and more from a script.
    let meetings = [
        expected(long.trim(), 60, 1, "2026-11-30T12:00", "2026-11-30T12:00"),
        expected("모임", 50, 4, "2026-11-30T12:10", "2026-12-21T12:10"),
        expected("모임", 60, 1, "2026-12-28T23:00", "2026-12-28T23:00"),
    ];
    let made = value["made"].as_array().unwrap();
    let mut files = Vec::new();
    for (index, (file, expected)) in made.iter().zip(&meetings).enumerate() {
        let file = file.as_str().unwrap();
        assert!(
            file.split("\r\n")
                .all(|line| line.len() <= 75 && !line.contains(['\r', '\n']))
        );
        let calendar: icalendar::Calendar = file.parse().unwrap();
        let event = calendar.events().next().unwrap();
        assert_eq!(event.get_summary(), expected["summary"].as_str());
        assert!(event.get_uid().unwrap().len() > 30);
        assert!(event.get_start().is_some());
        files.push(written(&index.to_string(), file, expected));
    }
    check(&files);
}
