//! Any page with any answer: an untouched pair is read exactly; a spoiled one is refused, or what is read
//! is both what the page shows and what the answer says.
#![no_main]

use gonggang_fuzz::identifier;
use gonggang_fuzz::page::Page;
use libfuzzer_sys::fuzz_target;
use timetable::answer::{ApiAnswer, Received};
use timetable::difference::differences;
use timetable::geometry::{block_height, block_top};
use timetable::reading::{self, BlockReading, PageReading, TableReading};
use timetable::scale::Scale;
use timetable::time::Weekday;
use timetable::{Class, Timetable};

/// Most that a block may be from where its time is drawn: the page's own rounding, in CSS pixels.
const A_PIXEL: f64 = 1.1;

fuzz_target!(|page: Page| {
    let (shown, alerts, answer) = (page.reading(), page.alerts(), page.answer());
    let received = answer.as_ref().map(|(status, body)| Received {
        status: *status,
        body: Some(body),
    });
    match (
        reading::timetable(&identifier(), shown.clone(), &alerts, received),
        shown,
    ) {
        (Ok(timetable), PageReading::Drawn(table)) => {
            check_drawn(&timetable, &table);
            check_refused(&timetable, alerts.len());
            check_answered(
                &timetable,
                received.expect("no timetable without an answer"),
            );
            assert!(!page.is_untouched() || page.is_read_exactly(&timetable));
        }
        (Ok(_), other) => panic!("a timetable from {other:?}"),
        (Err(refusal), _) => assert!(!page.is_untouched(), "{refusal}"),
    }
});

/// Whatever the numbers were: the classes that count as drawn are the blocks, all of them, at their times.
fn check_drawn(timetable: &Timetable, table: &TableReading) {
    let days = &timetable.days;
    assert!(days.len() >= 5 && *days == Weekday::ALL[..days.len()]);
    let untimed = timetable.untimed.iter().filter(|class| !class.not_drawn);
    assert_eq!(untimed.count(), table.untimed.len());
    let in_order = |class: &Class| (class.day, class.time);
    assert!(timetable.classes.is_sorted_by_key(in_order));
    let classes = timetable.classes.iter().filter(|class| !class.not_drawn);
    let classes: Vec<_> = classes.collect();
    assert_eq!(classes.len(), table.blocks.len());
    let scale = Scale::from_axis(&table.axis).expect("a timetable was read by it");
    for class in &classes {
        assert!(days.contains(&class.day));
        let drawn = |block: &BlockReading| is_drawn_as(class, block, scale);
        assert!(table.blocks.iter().any(drawn), "{class:?}");
    }
    for block in &table.blocks {
        let read = |class: &&&Class| is_drawn_as(class, block, scale);
        assert!(classes.iter().any(|class| read(&class)), "{block:?}");
    }
}

/// Each alert refused one class, and the class is there with its times.
fn check_refused(timetable: &Timetable, alerts: usize) {
    assert_eq!(timetable.not_drawn.len(), alerts);
    for refused in &timetable.not_drawn {
        let name = refused.name.as_deref().expect("the answer names it");
        let timed = timetable.classes.iter();
        let mut marked = timed
            .filter(|class| class.not_drawn)
            .map(|class| &class.name);
        let untimed = timetable.untimed.iter();
        let mut untimed = untimed
            .filter(|class| class.not_drawn)
            .map(|class| &class.name);
        assert!(marked.any(|other| other == name) || untimed.any(|other| other == name));
    }
}

/// All classes of the answer are in the timetable, and no others; only which are drawn may differ.
fn check_answered(timetable: &Timetable, received: Received) {
    let answer = ApiAnswer::received(&identifier(), received).expect("it was read");
    let by_rule = answer.timetable();
    let times = |timetable: &Timetable| -> Vec<_> {
        let classes = timetable.classes.iter();
        classes
            .map(|class| (class.day, class.time, class.name.clone()))
            .collect()
    };
    assert_eq!(times(timetable), times(&by_rule));
    assert_eq!(timetable.untimed.len(), by_rule.untimed.len());
    assert!(!differences(timetable, &by_rule).contains(&"term"));
}

fn is_drawn_as(class: &Class, block: &BlockReading, scale: Scale) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= A_PIXEL;
    let plain = |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ");
    block.column == class.day.index()
        && block.name.as_deref().map(plain) == Some(plain(&class.name))
        && near(block.top, block_top(scale, class.time.start()))
        && near(block.height, block_height(scale, class.time))
}
