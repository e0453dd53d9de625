//! What a page drew and refused, beside the answer that it drew from.

use super::*;
use crate::RefusedClass;
use crate::time::{TimeOfDay, TimeRange};

fn time(start: u16, end: u16) -> TimeRange {
    let [start, end] = [start, end].map(|units| TimeOfDay::from_units(units).unwrap());
    TimeRange::new(start, end).unwrap()
}

fn drawn(name: &str, day: Weekday, start: u16, end: u16) -> DrawnMeeting {
    DrawnMeeting {
        day,
        time: time(start, end),
        name: name.to_owned(),
    }
}

fn refused(name: Option<&str>) -> RefusedClass {
    RefusedClass {
        name: name.map(str::to_owned),
    }
}

/// An answer with a class of two meetings, one that overlaps it and one without a time.
fn whole() -> ApiAnswer {
    let subjects = [
        subject(1, "a", &[(0, 108, 120), (2, 108, 120)]),
        subject(2, "b &#xA; c", &[(2, 114, 126)]),
        subject(3, "온라인", &[]),
    ];
    ApiAnswer::parse(&ID.parse().unwrap(), answer(&subjects.concat()).as_bytes()).unwrap()
}

/// A page that has drawn all of it.
fn page() -> Drawing {
    Drawing {
        days: Weekday::ALL[..5].to_vec(),
        meetings: vec![
            drawn("a", Weekday::Mon, 108, 120),
            drawn("a", Weekday::Wed, 108, 120),
        ],
        untimed: vec!["온라인".to_owned()],
        refused: vec![refused(Some("b c"))],
    }
}

/// The check that refuses the page after `change`.
fn check_after(change: impl FnOnce(&mut Drawing)) -> Result<(), Check> {
    let mut page = page();
    change(&mut page);
    let compared = whole().timetable_drawn_as(&page);
    compared.map(drop).map_err(|mismatch| mismatch.check)
}

#[test]
fn a_complete_page_gives_the_timetable_that_the_rules_give() {
    assert_eq!(whole().timetable_drawn_as(&page()), Ok(whole().timetable()));
}

#[test]
fn a_page_with_a_part_of_its_answer_is_still_drawing() {
    let part: [fn(&mut Drawing); 5] = [
        |page| *page = Drawing::default(),
        |page| drop(page.meetings.pop()),
        |page| drop(page.meetings.remove(0)),
        |page| page.untimed.clear(),
        |page| page.refused.clear(),
    ];
    for change in part {
        assert_eq!(check_after(change), Err(Check::Drawing));
    }
}

#[test]
fn a_page_with_other_classes_than_its_answer_is_refused() {
    let other: [fn(&mut Drawing); 6] = [
        |page| page.meetings[0].name = "b c".to_owned(),
        |page| page.meetings[0].time = time(108, 121),
        |page| page.meetings[0].day = Weekday::Tue,
        |page| page.meetings.push(drawn("a", Weekday::Mon, 108, 120)),
        |page| page.untimed.push("온라인".to_owned()),
        |page| page.untimed[0] = "a".to_owned(),
    ];
    for change in other {
        assert_eq!(check_after(change), Err(Check::Classes));
    }
}

#[test]
fn an_alert_refuses_a_class_that_is_not_drawn_and_no_other() {
    assert_eq!(check_after(|page| page.refused[0] = refused(None)), Ok(()));
    let other: [fn(&mut Drawing); 3] = [
        |page| page.refused[0] = refused(Some("a")),
        |page| page.refused.push(refused(Some("b c"))),
        |page| page.refused.push(refused(None)),
    ];
    for change in other {
        assert_eq!(check_after(change), Err(Check::Refusals));
    }
}

/// The page may change its rules for refusals; the answer has all classes.
#[test]
fn a_page_may_draw_a_class_that_the_known_rules_refuse() {
    let mut page = page();
    page.refused.clear();
    page.meetings.push(drawn("b c", Weekday::Wed, 114, 126));
    let timetable = whole().timetable_drawn_as(&page).unwrap();
    assert!(timetable.not_drawn.is_empty());
    assert!(timetable.classes.iter().all(|class| !class.not_drawn));
}

#[test]
fn of_two_equal_classes_the_first_is_the_drawn_one() {
    let twice = subject(1, "a", &[(0, 108, 120)]).repeat(2);
    let body = answer(&twice);
    let answer = ApiAnswer::parse(&ID.parse().unwrap(), body.as_bytes()).unwrap();
    let page = Drawing {
        days: Weekday::ALL[..5].to_vec(),
        meetings: vec![drawn("a", Weekday::Mon, 108, 120)],
        untimed: Vec::new(),
        refused: vec![refused(None)],
    };
    let read = answer.timetable_drawn_as(&page).unwrap();
    assert_eq!(read, answer.timetable());
    let marked: Vec<_> = read.classes.iter().map(|class| class.color).collect();
    assert_eq!(marked, [Some(1), None]);
    assert_eq!(read.not_drawn[0].name.as_deref(), Some("a"));
}

#[test]
fn a_mismatch_names_times_and_counts_and_no_text_of_the_page() {
    let mut page = page();
    page.meetings[0].name = "비밀".to_owned();
    let mismatch = whole().timetable_drawn_as(&page).unwrap_err().to_string();
    assert!(mismatch.contains("Mon 09:00 to 10:00"), "{mismatch}");
    assert!(!mismatch.contains("비밀"), "{mismatch}");
    let unfinished = whole().timetable_drawn_as(&Drawing::default());
    assert_eq!(
        unfinished.unwrap_err().to_string(),
        "drawing: expected 3 classes: 3 meetings, 1 without a time, \
         found 0 meetings, 0 without a time, 0 classes refused"
    );
}
