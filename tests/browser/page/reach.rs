//! Reach: every key of the grid, an enlarged page, a desk where nothing covers anything.

use serde_json::json;

use super::visitor::{ANY, Look, played};

#[tokio::test]
async fn arrows_home_and_end_go_through_the_grid() {
    let scene = "
        await read('weekday', 'twenty-five-start');
        const went = [];
        $('.heat td button').focus();
        const go = (key, options) => {
            document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...options }));
            went.push(document.activeElement.textContent.split(', ')[1]);
        };
        for (const key of ['ArrowDown', 'ArrowRight', 'End', 'ArrowRight', 'ArrowUp', 'ArrowUp', 'Home', 'ArrowLeft']) go(key);
        go('End', { ctrlKey: true }); go('ArrowDown'); go('Home', { ctrlKey: true });
        return { went, stops: all('.heat td button[tabindex=\"0\"]').length, told: shown('#detail .title') }";
    let value = played(ANY, "grid-keys", scene).await;
    let went = json!([
        "월요일 09:30–10:00",
        "화요일 09:30–10:00",
        "금요일 09:30–10:00",
        "금요일 09:30–10:00",
        "금요일 09:00–09:30",
        "금요일 09:00–09:30",
        "월요일 09:00–09:30",
        "월요일 09:00–09:30",
        "금요일 21:30–22:00",
        "금요일 21:30–22:00",
        "월요일 09:00–09:30"
    ]);
    assert_eq!(value["went"], went);
    assert_eq!((&value["stops"], &value["told"]), (&json!(1), &json!(true)));
}

/// Times and counts of the page that stand on more than one line or beyond what holds them.
const BROKEN: &str = "
    const broken = () => {
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
        for (let node = walk.nextNode(); node; node = walk.nextNode()) {
            if (!node.parentElement.checkVisibility() || node.parentElement.closest('.hidden, .hours, textarea, option')) continue;
            for (const { index, 0: text } of node.data.matchAll(/\\d\\d:\\d\\d(–\\d\\d:\\d\\d)?|\\d+\\/\\d+|\\d+시간|\\d+분/g)) {
                const range = document.createRange();
                range.setStart(node, index); range.setEnd(node, index + text.length);
                const tops = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
                if (tops.size > 1) found.push(text);
            }
        }
        return found;
    };";

#[tokio::test]
#[ignore = "make test-all"]
async fn a_phone_at_twice_the_size_breaks_no_time_in_two() {
    // A phone's width in CSS pixels when everything is twice as large.
    let enlarged = Look {
        name: "phone-enlarged",
        viewport: (180, 370),
        ..ANY
    };
    let scene = format!(
        "{BROKEN}
        const found = [];
        await read('sunday'); found.push(...broken());
        $('.class button').focus(); found.push(...broken());
        await readNamed(); found.push(...broken());
        all('.heat td button')[10].focus(); found.push(...broken());
        const narrow = all('.heat td button').filter((one) => one.scrollWidth > one.clientWidth).length;
        press('.free .chip'); found.push(...broken());
        const dialog = $('#meeting-dialog').scrollWidth - $('#meeting-dialog').clientWidth;
        $('#meeting-dialog').close();
        return {{ found, narrow, dialog }}"
    );
    let value = played(enlarged, "enlarged", &scene).await;
    assert_eq!(value, json!({"found": [], "narrow": 0, "dialog": 0}));
}

#[tokio::test]
#[ignore = "make test-all"]
async fn on_a_desk_nothing_covers_the_free_list() {
    let scene = "
        await readNamed();
        all('.heat td button').pop().focus();
        const covered = [], list = $('#free').parentElement;
        const places = [0, 200, 400, document.documentElement.scrollHeight];
        for (const top of places) {
            scrollTo(0, top); await frame(); await frame();
            for (const scroll of [0, 10000]) {
                list.scrollTop = scroll;
                const { top: first, bottom: last } = list.getBoundingClientRect();
                for (const chip of all('.free .chip')) {
                    const { left, top, bottom, width, height } = chip.getBoundingClientRect();
                    const [x, y] = [left + width / 2, top + height / 2];
                    // Not what its own list has moved out of sight.
                    if (y < Math.max(first, 0) || y > Math.min(last, innerHeight)) continue;
                    if (!chip.contains(document.elementFromPoint(x, y))) covered.push(chip.innerText);
                }
            }
        }
        return covered";
    let low = Look {
        name: "desk-low",
        viewport: (1280, 600),
        ..ANY
    };
    let covered = played(low, "uncovered", scene).await;
    assert_eq!(covered, json!([]));
}
