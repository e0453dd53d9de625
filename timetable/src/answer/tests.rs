mod drawing;
mod strictness;

use proptest::prelude::*;

use super::*;
use crate::time::TimeOfDay;

const ID: &str = "AbCdEfGhIjKlMnOpQr12";

fn read(body: &str) -> Result<Timetable, NotAvailable> {
    ApiAnswer::parse(&ID.parse().unwrap(), body.as_bytes()).map(|answer| answer.timetable())
}

/// An answer with these subjects and a menu with their own term.
fn answer(subjects: &str) -> String {
    format!(
        r#"<?xml version="1.0"?><response><table year="2026" semester="여름" status="1"
        identifier="{ID}">{subjects}</table><user name="한여울"/><primaryTables>
        <primaryTable year="2026" semester="여름" identifier="{ID}"/></primaryTables></response>"#
    )
}

fn subject(id: i32, name: &str, data: &[(u16, u16, u16)]) -> String {
    let meeting = |(day, start, end): &(u16, u16, u16)| {
        format!(r#"<data day="{day}" starttime="{start}" endtime="{end}"/>"#)
    };
    let data = data.iter().map(meeting).collect::<Vec<_>>().concat();
    format!(
        r#"<subject id="{id}"><name value="{name}"/><time value="">{data}</time><place value=" 301 "/></subject>"#
    )
}

/// The check that refused an answer.
fn check(body: &str) -> Check {
    match read(body) {
        Err(NotAvailable::LayoutChanged(mismatch)) => mismatch.check,
        other => panic!("{other:?} of {body}"),
    }
}

#[test]
fn each_answer_without_a_table_has_its_meaning() {
    for (body, expected) in [
        ("<response>-1</response>", NotAvailable::NotFound),
        ("<response>\n -2 </response>", NotAvailable::NotPublic),
        (
            r#"<response><table status="-2"/></response>"#,
            NotAvailable::NotPublic,
        ),
        (
            r#"<response><table status="-1"/></response>"#,
            NotAvailable::NoTimetable,
        ),
    ] {
        assert_eq!(read(body), Err(expected), "{body}");
    }
}

#[test]
fn a_body_that_is_not_an_answer_means_blocked() {
    let unended = answer("").replace("</response>", "");
    for body in [
        "",
        "blocked",
        "<!doctype html><p>잠시만 기다려 주세요.<br>",
        "<html><response/></html>",
        "<response>&nbsp;</response>",
        "<response><table></response>",
        &unended,
    ] {
        assert_eq!(
            read(body),
            Err(NotAvailable::Blocked { status: None }),
            "{body}"
        );
    }
    let latin = ApiAnswer::parse(&ID.parse().unwrap(), b"<response>\xe9</response>");
    assert_eq!(latin, Err(NotAvailable::Blocked { status: None }));
}

#[test]
fn an_unknown_status_or_shape_is_never_an_empty_table() {
    let class = answer(&subject(1, "a", &[(0, 108, 120)]));
    for (body, expected) in [
        ("<response>-3</response>".to_owned(), Check::AnswerStatus),
        ("<response/>".to_owned(), Check::AnswerShape),
        (
            answer("").replace(r#"status="1""#, r#"status="2""#),
            Check::AnswerStatus,
        ),
        (answer("").replace(r#"status="1""#, ""), Check::AnswerShape),
        (
            answer("").replace(ID, "00000000000000000000"),
            Check::AnswerIdentifier,
        ),
        (
            answer("").replace(r#" identifier="AbCdEfGhIjKlMnOpQr12">"#, ">"),
            Check::AnswerIdentifier,
        ),
        (answer("<subject/>"), Check::AnswerShape),
        (answer("<lecture id=\"1\"/>"), Check::AnswerShape),
        (
            class
                .replace("time ", "times ")
                .replace("/time>", "/times>"),
            Check::AnswerShape,
        ),
        (class.replace("<data", "<meeting"), Check::AnswerShape),
        (class.replace("<place", "<room"), Check::AnswerShape),
        (class.replace("primaryTables", "tables"), Check::AnswerShape),
        (
            answer(&subject(1, "a", &[(0, 108, 120)]).replace("value=\"a\"", "")),
            Check::AnswerShape,
        ),
        (
            answer(&subject(1, "a", &[(0, 108, 120)]).replace("endtime", "end")),
            Check::AnswerShape,
        ),
        (
            answer(&subject(1, "a", &[(0, 108, 120)]).replace("108", "9:00")),
            Check::AnswerShape,
        ),
        (
            answer("").replace("<table ", "1<table "),
            Check::AnswerShape,
        ),
        (
            answer("").replace("<user", r#"<table status="-1"/><user"#),
            Check::AnswerShape,
        ),
    ] {
        assert_eq!(check(&body), expected, "{body}");
    }
}

#[test]
fn a_time_that_is_not_a_range_of_one_day_is_refused() {
    for wrong in [
        (7, 108, 120),
        (0, 120, 108),
        (0, 108, 108),
        (0, 280, 289),
        (0, 300, 310),
    ] {
        assert_eq!(
            check(&answer(&subject(1, "a", &[wrong]))),
            Check::AnswerTime,
            "{wrong:?}"
        );
    }
    let classes = read(&answer(&subject(1, "a", &[(6, 264, 288)])))
        .unwrap()
        .classes;
    assert_eq!(classes[0].time.end(), TimeOfDay::END_OF_DAY);
}

#[test]
fn text_is_unescaped_and_trimmed_as_on_the_page() {
    let written = "&lt;b> a > b &amp;amp;&#xA;&#128204;\n\t 끝 ";
    let read = read(&answer(&subject(1, written, &[(0, 108, 120)]))).unwrap();
    assert_eq!(read.classes[0].name, "<b> a > b &amp;\n📌   끝");
    assert_eq!(
        read.classes[0].place, "301",
        "the subject's own, as the meeting names none"
    );
    assert_eq!(read.title.as_deref(), Some("2026년 여름학기"));
    assert_eq!(
        (read.year, read.semester.as_deref()),
        (Some(2026), Some("여름"))
    );
    assert!(
        !format!("{read:?}").contains("한여울"),
        "the owner is not part of it"
    );
}

#[test]
fn a_subject_without_a_meeting_has_no_time() {
    let read = read(&answer(&subject(1, "온라인", &[]))).unwrap();
    assert!(read.classes.is_empty() && read.not_drawn.is_empty());
    assert_eq!(
        (&*read.untimed[0].name, &*read.untimed[0].place),
        ("온라인", "301")
    );
}

#[test]
fn a_class_that_the_page_refuses_to_draw_is_kept_and_marked() {
    let subjects = [
        subject(1, "first", &[(0, 108, 120)]),
        subject(2, "overlaps", &[(0, 119, 130), (5, 108, 120)]),
        subject(1, "twice", &[(2, 108, 120)]),
        subject(3, "after it", &[(0, 120, 130)]),
    ];
    let read = read(&answer(&subjects.concat())).unwrap();
    let marked: Vec<_> = read
        .classes
        .iter()
        .map(|c| (&*c.name, c.color, c.not_drawn))
        .collect();
    assert_eq!(
        marked,
        [
            ("first", Some(1), false),
            ("overlaps", None, true),
            ("after it", Some(2), false),
            ("twice", None, true),
            ("overlaps", None, true),
        ]
    );
    assert_eq!(
        read.days.len(),
        5,
        "the page shows no Saturday for what it does not draw"
    );
    assert_eq!(read.not_drawn.len(), 2);
}

#[test]
fn the_thirty_first_subject_is_kept_and_marked() {
    let subjects: String = (0..31).map(|id| subject(id, "", &[])).collect();
    let read = read(&answer(&subjects)).unwrap();
    let marked = read.untimed.iter().filter(|class| class.not_drawn).count();
    assert_eq!(
        (read.untimed.len(), marked, read.not_drawn.len()),
        (31, 1, 1)
    );
}

proptest! {
    #[test]
    fn any_text_comes_back_trimmed(name in "\\PC{0,40}", id in -99i32..99) {
        let written = name.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        let read = read(&answer(&subject(id, &written, &[(3, 1, 2)]))).unwrap();
        prop_assert_eq!(&read.classes[0].name, name.trim());
    }

    #[test]
    fn any_times_come_back_or_are_refused(day in 0u16..9, start in 0u16..300, end in 0u16..300) {
        let fits = day < 7 && start < end && end <= 288;
        match read(&answer(&subject(1, "", &[(day, start, end)]))) {
            Ok(read) => {
                let class = &read.classes[0];
                let found = (class.day.index(), class.time.start().units(), class.time.end().units());
                prop_assert!(fits);
                prop_assert_eq!(found, (usize::from(day), start, end));
            }
            Err(_) => prop_assert!(!fits),
        }
    }

    #[test]
    fn any_bytes_end_in_a_timetable_or_a_named_fault(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = ApiAnswer::parse(&ID.parse().unwrap(), &body);
    }
}
