//! Any page: an untouched one is read exactly; a spoiled one is refused, or what is read is what is
//! drawn.
#![no_main]

use gonggang_fuzz::identifier;
use gonggang_fuzz::page::Page;
use gonggang_fuzz::timetable::geometry::{block_height, block_top};
use gonggang_fuzz::timetable::reading::{self, BlockReading, PageReading, TableReading};
use gonggang_fuzz::timetable::scale::Scale;
use gonggang_fuzz::timetable::time::Weekday;
use gonggang_fuzz::timetable::{Class, Timetable};
use libfuzzer_sys::fuzz_target;

/// Most that a block may be from where its time is drawn: the page's own rounding, in CSS pixels.
const A_PIXEL: f64 = 1.1;

fuzz_target!(|page: Page| {
    let (shown, alerts) = (page.reading(), page.alerts());
    match (
        reading::timetable(&identifier(), shown.clone(), &alerts),
        shown,
    ) {
        (Ok(timetable), PageReading::Drawn(table)) => {
            check(&timetable, &table);
            assert_eq!(timetable.not_drawn.len(), alerts.len());
            assert!(!page.is_untouched() || page.is_read_exactly(&timetable));
        }
        (Ok(_), other) => panic!("a timetable from {other:?}"),
        (Err(refusal), _) => assert!(!page.is_untouched(), "{refusal}"),
    }
});

/// Whatever the numbers were: the classes read are the blocks drawn, all of them, at their times.
fn check(timetable: &Timetable, table: &TableReading) {
    let days = &timetable.days;
    assert!(days.len() >= 5 && *days == Weekday::ALL[..days.len()]);
    assert_eq!(timetable.untimed.len(), table.untimed.len());
    assert_eq!(timetable.classes.len(), table.blocks.len());
    assert!(
        timetable
            .classes
            .is_sorted_by_key(|class| (class.day, class.time))
    );
    let scale = Scale::from_axis(&table.axis).expect("a timetable was read by it");
    for class in &timetable.classes {
        assert!(days.contains(&class.day));
        let drawn = |block: &BlockReading| is_drawn_as(class, block, scale);
        assert!(table.blocks.iter().any(drawn), "{class:?}");
    }
    for block in &table.blocks {
        let read = |class: &Class| is_drawn_as(class, block, scale);
        assert!(timetable.classes.iter().any(read), "{block:?}");
    }
}

fn is_drawn_as(class: &Class, block: &BlockReading, scale: Scale) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= A_PIXEL;
    block.column == class.day.index()
        && block.name.as_deref().map(str::trim) == Some(&class.name)
        && block.color == class.color
        && near(block.top, block_top(scale, class.time.start()))
        && near(block.height, block_height(scale, class.time))
        && data_agrees(class, block)
}

fn data_agrees(class: &Class, block: &BlockReading) -> bool {
    block.data.is_none_or(|data| {
        data.day == class.day.index() as f64
            && data.start == f64::from(class.time.start().units())
            && data.end == f64::from(class.time.end().units())
    })
}
