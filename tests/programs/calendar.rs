//! Calendar files, read back by parsers that have nothing to do with the code that wrote them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::support::calendars::check;
use crate::support::timetables::{every_fixture, fixture};
use icalendar::{Component, Event, EventLike};
use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};
use timetable::render::ical::{Detail, Export, Term, calendar};
use timetable::render::words::{ENGLISH, KOREAN};
use timetable::time::{TimeOfDay, Weekday};
use timetable::{Class, Timetable};

/// A term in autumn, and one that spans New Year.
const AUTUMN: (Date, Date) = (date(2026, 9, 1), date(2026, 12, 18));
const WINTER: (Date, Date) = (date(2026, 12, 21), date(2027, 1, 22));

fn export((from, until): (Date, Date)) -> Export<'static> {
    Export {
        term: Term::new(from, until).unwrap(),
        detail: Detail::Full,
        made_at: Timestamp::from_second(1_790_000_000).unwrap(),
        words: &KOREAN,
    }
}

/// Every date of the term that falls on `day`, found by walking through it.
fn dates(day: Weekday, (from, until): (Date, Date)) -> Vec<Date> {
    from.series(1.day())
        .take_while(|date| *date <= until)
        .filter(|date| date.weekday().to_monday_zero_offset() as usize == day.index())
        .collect()
}

/// What check.py is to find of `class`; `None` where the term has no such day.
fn expected(class: &Class, term: (Date, Date)) -> Option<Value> {
    let dates = dates(class.day, term);
    let start = |date: &Date| format!("{date}T{}", class.time.start());
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Some(json!({
        "summary": class.name, "location": text(&class.place), "description": text(&class.professor),
        "minutes": class.time.minutes(), "count": dates.len(),
        "first": start(dates.first()?), "last": start(dates.last()?),
    }))
}

/// A file of `timetable` and what check.py is to find in it; gives the file's path.
fn written(name: &str, timetable: &Timetable, term: (Date, Date)) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}.ics", term.0));
    let classes = timetable.classes.iter();
    let events: Vec<_> = classes.filter_map(|class| expected(class, term)).collect();
    std::fs::write(&path, calendar(timetable, &export(term))).unwrap();
    std::fs::write(path.with_extension("json"), json!(events).to_string()).unwrap();
    path
}

#[test]
fn two_parsers_find_every_class_on_its_days_of_the_term() {
    let three_days = (date(2026, 9, 2), date(2026, 9, 4));
    let mut files = Vec::new();
    for name in [
        "weekday",
        "until-midnight",
        "sunday",
        "markup-and-emoji",
        "own-entries",
        "empty",
    ] {
        let timetable = fixture(name);
        files.extend([AUTUMN, WINTER, three_days].map(|term| written(name, &timetable, term)));
    }
    check(&files);
}

#[test]
fn over_new_year_a_class_meets_every_week() {
    let timetable = fixture("winter-term");
    let monday = timetable
        .classes
        .iter()
        .find(|class| class.day == Weekday::Mon)
        .unwrap();
    let expected = expected(monday, WINTER).unwrap();
    let start = monday.time.start();
    assert_eq!(expected["count"], 5);
    assert_eq!(expected["first"], format!("2026-12-21T{start}"));
    assert_eq!(expected["last"], format!("2027-01-18T{start}"));
    check(&[written("winter-term", &timetable, WINTER)]);
}

/// The events of a file as the `icalendar` crate reads them.
fn events(file: &str) -> Vec<Event> {
    let calendar: icalendar::Calendar = file.parse().unwrap();
    calendar.events().cloned().collect()
}

fn value<'a>(event: &'a Event, name: &str) -> Option<&'a str> {
    event.property_value(name)
}

#[test]
fn every_fixture_is_read_back_class_by_class() {
    for (_, timetable) in every_fixture() {
        let file = calendar(&timetable, &export(AUTUMN));
        let events = events(&file);
        assert_eq!(events.len(), timetable.classes.len());
        for (event, class) in events.iter().zip(&timetable.classes) {
            assert_eq!(event.get_summary(), Some(class.name.as_str()));
            assert_eq!(event.get_location().unwrap_or_default(), class.place);
            assert_eq!(event.get_description().unwrap_or_default(), class.professor);
        }
        assert!(
            !file.contains(timetable.identifier.as_str()),
            "the file does not show the identifier"
        );
        assert!(
            file.split("\r\n")
                .all(|line| line.len() <= 75 && !line.contains(['\r', '\n']))
        );
    }
}

#[test]
fn an_event_says_all_there_is_to_say() {
    let mut timetable = fixture("markup-and-emoji");
    timetable
        .classes
        .retain(|class| class.name.contains("템플릿"));
    let file = calendar(&timetable, &export(AUTUMN));
    let event = &file[file.find("BEGIN:VEVENT").unwrap()..];
    insta::assert_snapshot!(event.replace('\r', ""), @r#"
    BEGIN:VEVENT
    UID:2ce27b24cb45fe98cafd404c0077353a@gonggang
    DTSTAMP:20260921T141320Z
    DTSTART;TZID=Asia/Seoul:20260901T090000
    DTEND;TZID=Asia/Seoul:20260901T101500
    RRULE:FREQ=WEEKLY;UNTIL=20261218T145959Z
    SUMMARY:C++ & "템플릿" 🧪
    LOCATION:공학관<br>301
    DESCRIPTION:O'Neil
    TRANSP:OPAQUE
    END:VEVENT
    END:VCALENDAR
    "#);
}

#[test]
fn a_class_until_midnight_ends_on_the_next_day() {
    let timetable = fixture("until-midnight");
    let file = calendar(&timetable, &export(AUTUMN));
    let late = timetable.classes.iter().zip(events(&file));
    let late: Vec<_> = late
        .filter(|(class, _)| class.time.end() == TimeOfDay::END_OF_DAY)
        .collect();
    assert!(!late.is_empty());
    for (class, event) in late {
        let next_day = dates(class.day, AUTUMN)[0].tomorrow().unwrap();
        let end = format!("{}T000000", next_day.strftime("%Y%m%d"));
        assert_eq!(value(&event, "DTEND"), Some(end.as_str()));
    }
}

#[test]
fn busy_tells_when_and_nothing_else() {
    let timetable = fixture("weekday");
    for (words, busy) in [(&KOREAN, "수업"), (&ENGLISH, "Busy")] {
        let asked = Export {
            detail: Detail::Busy,
            words,
            ..export(AUTUMN)
        };
        let file = calendar(&timetable, &asked);
        for class in &timetable.classes {
            for secret in [&class.name, &class.place, &class.professor] {
                assert!(
                    !file.replace("\r\n ", "").contains(secret.as_str()),
                    "{secret}"
                );
            }
        }
        for event in events(&file) {
            assert_eq!(event.get_summary(), Some(busy));
            assert_eq!(value(&event, "CLASS"), Some("PRIVATE"));
            assert_eq!(value(&event, "TRANSP"), Some("OPAQUE"));
        }
    }
}

fn uids(timetable: &Timetable, asked: &Export) -> Vec<String> {
    let events = events(&calendar(timetable, asked));
    events
        .iter()
        .map(|event| event.get_uid().unwrap().to_owned())
        .collect()
}

#[test]
fn an_event_keeps_its_uid_whatever_else_changes() {
    let mut timetable = fixture("weekday");
    let first = uids(&timetable, &export(AUTUMN));
    let busy = Export {
        detail: Detail::Busy,
        words: &ENGLISH,
        ..export(WINTER)
    };
    assert_eq!(uids(&timetable, &busy), first);
    for class in &mut timetable.classes {
        "다른 방".clone_into(&mut class.place);
        class.professor.clear();
    }
    assert_eq!(uids(&timetable, &export(AUTUMN)), first);
}

#[test]
fn no_two_events_share_a_uid_not_even_of_the_same_class_twice() {
    let mut timetable = fixture("every-day-every-hour");
    timetable.classes.extend(timetable.classes.clone());
    let uids = uids(&timetable, &export(AUTUMN));
    let different: HashSet<_> = uids.iter().collect();
    assert_eq!((uids.len(), different.len()), (336, 336));
}

#[test]
fn the_same_classes_of_another_person_have_other_uids() {
    let mine = fixture("weekday");
    let yours = Timetable {
        identifier: "b".repeat(20).parse().unwrap(),
        ..mine.clone()
    };
    let (mine, yours) = (uids(&mine, &export(AUTUMN)), uids(&yours, &export(AUTUMN)));
    assert!(mine.iter().all(|uid| !yours.contains(uid)));
}

#[test]
fn without_classes_the_file_is_whole_all_the_same() {
    let file = calendar(&fixture("empty"), &export(AUTUMN));
    insta::assert_snapshot!(file.replace('\r', ""), @r"
    BEGIN:VCALENDAR
    VERSION:2.0
    PRODID:-//gonggang//timetable//KO
    CALSCALE:GREGORIAN
    X-WR-CALNAME:2026년 2학기
    X-WR-TIMEZONE:Asia/Seoul
    BEGIN:VTIMEZONE
    TZID:Asia/Seoul
    BEGIN:STANDARD
    DTSTART:19881009T030000
    TZOFFSETFROM:+1000
    TZOFFSETTO:+0900
    TZNAME:KST
    END:STANDARD
    END:VTIMEZONE
    END:VCALENDAR
    ");
}
