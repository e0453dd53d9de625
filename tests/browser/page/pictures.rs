//! The week as a picture, drawn by a browser with its own letters.

use serde_json::json;

use super::stage::{everything, serving};
use super::visitor::{ANY, Look, PHONE, Visitor};

const FIXTURES: [&str; 5] = [
    "weekday",
    "sunday",
    "untimed",
    "overlap",
    "markup-and-emoji",
];

/// Texts that reach beyond their block or the picture, once the picture is there.
const SPILLED: &str = "
    const done = arguments[arguments.length - 1];
    const look = () => {
        if (document.readyState !== 'complete') return setTimeout(look, 10);
        const inside = (text) => {
            const holder = text.parentElement.querySelector(':scope > rect').getBoundingClientRect();
            const box = text.getBoundingClientRect();
            return box.left >= holder.left - 1 && box.right <= holder.right + 1
                && box.top >= holder.top - 1 && box.bottom <= holder.bottom + 1;
        };
        const texts = [...document.querySelectorAll('text')];
        // Where no font has emoji, one of them is drawn as several boxes; the block cuts them off.
        const isEmoji = (text) => /\\p{Extended_Pictographic}/u.test(text.textContent);
        const spilled = texts.filter((text) => !isEmoji(text) && !inside(text)).map((text) => text.textContent);
        done({ spilled, texts: texts.length, wide: document.documentElement.getBoundingClientRect().width });
    };
    look();";

async fn everything_has_its_place(look: Look) {
    let visitor = Visitor::with(look);
    let url = serving(&everything(), &[]).await;
    for fixture in FIXTURES {
        let identifier = format!("{:0<20}", fixture.replace('-', ""));
        let address = format!("{url}/v1/timetables/{identifier}.svg");
        let seen = visitor
            .sees(&address, &format!("picture-{fixture}"), SPILLED)
            .await;
        assert_eq!(seen["spilled"], json!([]), "{fixture}");
        assert!(seen["texts"].as_u64().unwrap() > 10, "{fixture}: {seen}");
        assert_eq!(seen["wide"], 360.0, "{fixture}: as wide as the phone");
    }
    visitor.leaves();
}

#[tokio::test]
async fn a_picture_holds_all_its_texts_at_a_phones_width_in_both_themes() {
    for (name, is_dark) in [("phone-light", false), ("phone-dark", true)] {
        everything_has_its_place(Look {
            name,
            viewport: PHONE,
            is_dark,
            ..ANY
        })
        .await;
    }
}
