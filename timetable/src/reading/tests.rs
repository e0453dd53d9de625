use super::*;
use crate::mismatch::Patience;
use crate::scale::AxisRow;

const ID: &str = "AbCdEfGhIjKlMnOpQr12";

fn answer(status: &str, subjects: &str) -> String {
    format!(
        r#"<response><table status="{status}" identifier="{ID}" year="2026" semester="2">{subjects}</table></response>"#
    )
}

const CLASS: &str = r#"<subject id="1"><name value="a"/><time><data day="0" starttime="108" endtime="120"/></time></subject>"#;

/// Reads `page` with a successful answer of this body.
fn read_with(page: PageReading, body: &str) -> Result<Timetable, NotAvailable> {
    let received = Received {
        status: 200,
        body: Some(body.as_bytes()),
    };
    timetable(&ID.parse().unwrap(), page, &[], Some(received))
}

fn check_of(read: Result<Timetable, NotAvailable>) -> Check {
    match read {
        Err(NotAvailable::LayoutChanged(mismatch)) => mismatch.check,
        other => panic!("{other:?}"),
    }
}

fn column(day: Weekday) -> ColumnReading {
    let hidden = day >= Weekday::Sat;
    let shown = |figure: f64| if hidden { 0.0 } else { figure };
    ColumnReading {
        label: day.korean().to_owned(),
        header_left: shown(100.0 * day.index() as f64),
        header_hidden: hidden,
        left: shown(100.0 * day.index() as f64),
        width: shown(100.0),
        hidden,
    }
}

/// A page with these blocks at 50 px an hour.
fn drawn(blocks: Vec<BlockReading>) -> PageReading {
    let axis_row = |hour: u8| AxisRow {
        top: 50.0 * f64::from(hour),
        height: 50.0,
        label: format!("{hour:02}:00"),
    };
    PageReading::Drawn(Box::new(TableReading {
        axis: (0..24).map(axis_row).collect(),
        row_height: 1200.0,
        columns: Weekday::ALL.map(column).into(),
        grids: Vec::new(),
        blocks,
        untimed: Vec::new(),
        unknown_parts: 0,
    }))
}

/// The class of [`CLASS`], Monday from 9 to 10.
fn block() -> BlockReading {
    BlockReading {
        column: 0,
        top: 450.0,
        height: 51.0,
        box_top: 450.0,
        box_height: 51.0,
        box_left: 0.0,
        box_width: 99.0,
        name: Some("a".to_owned()),
    }
}

fn notice(text: &str) -> PageReading {
    PageReading::Notice {
        text: text.to_owned(),
    }
}

const PRIVATE: &str = "공개되지 않은 시간표입니다";
const NONE: &str = "2026년 2학기 시간표가 없습니다";

#[test]
fn a_page_that_agrees_with_its_answer_is_a_timetable() {
    let read = read_with(drawn(vec![block()]), &answer("1", CLASS)).unwrap();
    assert_eq!(read.classes.len(), 1);
    assert_eq!(read.title.as_deref(), Some("2026년 2학기"));
    assert!(
        read_with(drawn(Vec::new()), &answer("1", ""))
            .unwrap()
            .has_no_classes()
    );
}

#[test]
fn an_empty_table_means_what_the_answer_says() {
    let empty = || drawn(Vec::new());
    for (body, expected) in [
        ("<response>-2</response>", NotAvailable::NotPublic),
        ("", NotAvailable::Blocked { status: None }),
        (
            "<html><p>비정상 접근<br></html>",
            NotAvailable::Blocked { status: None },
        ),
        ("{\"code\":1}", NotAvailable::Blocked { status: None }),
        (&answer("-2", ""), NotAvailable::NotPublic),
        (&answer("-1", ""), NotAvailable::NoTimetable),
    ] {
        assert_eq!(read_with(empty(), body), Err(expected), "{body}");
    }
    for (body, expected) in [
        ("<response>-9</response>".to_owned(), Check::AnswerStatus),
        (
            "<response><error/></response>".to_owned(),
            Check::AnswerShape,
        ),
        (answer("-3", ""), Check::AnswerStatus),
        (
            answer("1", &CLASS.replace("data", "meeting")),
            Check::AnswerShape,
        ),
        (
            answer("1", "").replace(ID, "00000000000000000000"),
            Check::AnswerIdentifier,
        ),
        (answer("1", CLASS), Check::Drawing),
    ] {
        assert_eq!(check_of(read_with(empty(), &body)), expected, "{body}");
    }
}

#[test]
fn without_an_answer_a_page_is_neither_empty_nor_private_nor_a_timetable() {
    for page in [
        drawn(Vec::new()),
        drawn(vec![block()]),
        notice(PRIVATE),
        notice(NONE),
    ] {
        let read = timetable(&ID.parse().unwrap(), page, &[], None);
        assert_eq!(check_of(read), Check::Document);
    }
}

#[test]
fn the_status_of_an_answer_comes_before_its_body() {
    let body = answer("1", CLASS);
    for (status, expected) in [
        (503, NotAvailable::SiteUnavailable { status: Some(503) }),
        (403, NotAvailable::Blocked { status: Some(403) }),
        (0, NotAvailable::Blocked { status: None }),
    ] {
        let received = Received {
            status,
            body: Some(body.as_bytes()),
        };
        let page = drawn(vec![block()]);
        let read = timetable(&ID.parse().unwrap(), page, &[], Some(received));
        assert_eq!(read, Err(expected));
    }
    let endless = Received {
        status: 200,
        body: None,
    };
    let read = timetable(
        &ID.parse().unwrap(),
        drawn(vec![block()]),
        &[],
        Some(endless),
    );
    assert_eq!(check_of(read), Check::AnswerShape);
}

#[test]
fn a_notice_counts_only_if_the_answer_says_the_same() {
    assert_eq!(
        read_with(notice(PRIVATE), &answer("-2", "")),
        Err(NotAvailable::NotPublic)
    );
    assert_eq!(
        read_with(notice(NONE), &answer("-1", "")),
        Err(NotAvailable::NoTimetable)
    );
    for (page, body) in [
        (notice(PRIVATE), answer("-1", "")),
        (notice(PRIVATE), answer("1", CLASS)),
        (notice("점검 중입니다"), answer("-2", "")),
    ] {
        assert_eq!(check_of(read_with(page, &body)), Check::Notice, "{body}");
    }
}

#[test]
fn an_alert_without_a_timetable_contradicts_an_answer_with_one() {
    let alerts = ["존재하지 않는 시간표입니다.".to_owned()];
    let read = |body: Option<&str>| {
        let received = body.map(|body| Received {
            status: 200,
            body: Some(body.as_bytes()),
        });
        timetable(&ID.parse().unwrap(), PageReading::Left, &alerts, received)
    };
    assert_eq!(read(None), Err(NotAvailable::NotFound));
    assert_eq!(
        read(Some("<response>-1</response>")),
        Err(NotAvailable::NotFound)
    );
    assert_eq!(check_of(read(Some(&answer("1", CLASS)))), Check::Notice);
}

#[test]
fn the_answer_or_the_state_explains_a_page_that_drew_nothing() {
    let silent = || PageReading::Silent { status: 0 };
    assert_eq!(
        check_of(read_with(silent(), &answer("1", CLASS))),
        Check::Drawing
    );
    assert_eq!(
        read_with(silent(), "<broken"),
        Err(NotAvailable::Blocked { status: None })
    );
    let identifier = ID.parse().unwrap();
    for (page, expected) in [
        (silent(), NotAvailable::Blocked { status: None }),
        (
            PageReading::Silent { status: 500 },
            NotAvailable::SiteUnavailable { status: Some(500) },
        ),
        (PageReading::Waiting, NotAvailable::TooSlow),
        (
            PageReading::Foreign {
                missing: PagePart::Container,
            },
            NotAvailable::Blocked { status: None },
        ),
    ] {
        assert_eq!(timetable(&identifier, page, &[], None), Err(expected));
    }
    for page in [
        PageReading::Idle,
        PageReading::Foreign {
            missing: PagePart::Tablebody,
        },
    ] {
        assert_eq!(
            check_of(timetable(&identifier, page, &[], None)),
            Check::Document
        );
    }
}

#[test]
fn a_failed_check_is_repeated_only_if_the_page_may_still_change() {
    let patience = |read: Result<Timetable, NotAvailable>| read.unwrap_err().patience();
    let unfinished = read_with(drawn(Vec::new()), &answer("1", CLASS));
    assert_eq!(patience(unfinished), Patience::Whole);
    let mut moved = block();
    moved.box_top = 500.0;
    let moved = read_with(drawn(vec![moved]), &answer("1", CLASS));
    assert_eq!(patience(moved), Patience::Rest);
    let private = read_with(drawn(Vec::new()), "<response>-2</response>");
    assert_eq!(patience(private), Patience::Nothing);
    let unknown = read_with(drawn(Vec::new()), &answer("-3", ""));
    assert_eq!(patience(unknown), Patience::Nothing);
}
