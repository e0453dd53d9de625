//! Any bytes for an answer of the API: refused with a name, or a timetable that holds together.
#![no_main]

use gonggang_fuzz::identifier;
use libfuzzer_sys::fuzz_target;
use timetable::answer::ApiAnswer;
use timetable::difference::differences;
use timetable::time::Weekday;
use timetable::{Class, Timetable};

fuzz_target!(|body: &[u8]| {
    if let Ok(answer) = ApiAnswer::parse(&identifier(), body) {
        check(&answer.timetable(), &String::from_utf8_lossy(body));
        let goes_on = [body, b"<response/>"].concat();
        assert!(ApiAnswer::parse(&identifier(), &goes_on).is_err());
    }
});

fn check(timetable: &Timetable, body: &str) {
    assert!(timetable.classes.len() <= body.matches("<data").count());
    assert!(timetable.untimed.len() <= body.matches("<subject").count());
    assert!(timetable.semesters.len() <= body.matches("<primaryTable").count());
    assert!(
        timetable
            .classes
            .is_sorted_by_key(|class| (class.day, class.time))
    );
    assert!(timetable.days.len() >= 5 && timetable.days == Weekday::ALL[..timetable.days.len()]);
    assert_eq!(timetable.year.is_some(), timetable.semester.is_some());
    assert!(differences(timetable, timetable).is_empty());
    let drawn: Vec<_> = timetable
        .classes
        .iter()
        .filter(|class| !class.not_drawn)
        .collect();
    for (index, class) in drawn.iter().enumerate() {
        assert!(class.color.is_some_and(|color| (1..=30).contains(&color)));
        assert!(timetable.days.contains(&class.day));
        let others = drawn[index + 1..].iter();
        assert!(
            others
                .filter(|other| overlap(class, other))
                .all(|other| other.color == class.color)
        );
    }
    let refused = timetable.classes.iter().filter(|class| class.not_drawn);
    assert!(refused.clone().all(|class| class.color.is_none()));
    assert!(refused.count() == 0 || !timetable.not_drawn.is_empty());
}

/// A subject's own meetings may: the page compares each subject with those before it.
fn overlap(one: &Class, other: &Class) -> bool {
    one.day == other.day
        && one.time.start() < other.time.end()
        && other.time.start() < one.time.end()
}
