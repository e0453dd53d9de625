//! Classes that the page refuses to draw, on every interface: those with known times are busy, and
//! where times are not known the answer says that it is incomplete. Also what each interface says
//! to an owner's own address. All in front of a fake source.

use crate::support::fake::{Fake, Http, Reply};
use crate::support::gonggang;
use serde_json::{Value, json};
use timetable::NotAvailable;
use timetable::Timetable;
use timetable::render::text::{Look, week};
use timetable::render::words::{ENGLISH, KOREAN};

/// A class is not drawn, and its times are known.
const KNOWN: &str = "known000000000000000";
/// A class is not drawn, and its times are not known.
const UNKNOWN: &str = "unknown0000000000000";
const TERM: &str = "from=2026-09-01&until=2026-12-18";
/// What an owner copies from the own address bar.
const OWN: &str = "https://everytime.kr/timetable/2026/2/12345678";

/// 자료구조 on Monday from 09:00 to 10:00; 드로잉, which the page does not draw, from 09:30 to 11:00.
fn timetable(identifier: &str) -> Timetable {
    let class = |name: &str, start: &str, end: &str| {
        json!({"name": name, "professor": "", "place": "", "color": null,
               "day": "mon", "start": start, "end": end})
    };
    let mut classes = vec![class("자료구조", "09:00", "10:00")];
    if identifier == KNOWN {
        let mut refused = class("드로잉", "09:30", "11:00");
        refused["not_drawn"] = json!(true);
        classes.push(refused);
    }
    serde_json::from_value(json!({
        "identifier": identifier, "year": 2026, "semester": "2", "title": "2026년 2학기",
        "days": ["mon", "tue", "wed", "thu", "fri"], "classes": classes, "untimed": [],
        "not_drawn": [{"name": "드로잉"}], "semesters": [],
    }))
    .unwrap()
}

fn http() -> Http {
    let answer = |identifier: &timetable::share_link::Identifier| match identifier.as_str() {
        KNOWN | UNKNOWN => Ok(timetable(identifier.as_str())),
        _ => Err(NotAvailable::NotFound.into()),
    };
    Http::before(&Fake::telling(answer, None), &["--cors-origins=*"])
}

/// The answers of both OneTime interfaces, GET and POST.
async fn onetime(identifier: &str) -> [Reply; 3] {
    let http = http();
    let link = format!("everytime.kr/@{identifier}");
    [
        http.get(&format!("/schedule?url={link}")).await,
        http.post("/schedule", "text/plain", link).await,
        http.get(&format!("/api/v1/fixed-schedules/everytime/{identifier}"))
            .await,
    ]
}

async fn json_of(path: &str) -> Value {
    let reply = http().get(path).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

async fn text_of(path: &str) -> String {
    let reply = http().get(path).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.text
}

async fn free(links: &[&str]) -> Value {
    let body = json!({"links": links, "days": ["mon"], "between": ["09:00", "12:00"]});
    let http = http();
    let reply = http.post("/v1/free", "application/json", body.to_string());
    reply.await.json()
}

#[tokio::test]
async fn a_class_that_is_not_drawn_is_busy_on_the_onetime_interfaces() {
    for reply in onetime(KNOWN).await {
        let monday = json!({"time_point": "월", "times": ["09:00", "09:30", "10:00", "10:30"]});
        assert_eq!(reply.json()["payload"]["schedules"], json!([monday]));
        assert!(!reply.headers.contains_key("x-incomplete"), "{reply:?}");
    }
}

#[tokio::test]
async fn a_class_that_is_not_drawn_is_among_the_classes_of_a_timetable() {
    let found = json_of(&format!("/v1/timetables/{KNOWN}")).await;
    assert_eq!(found["classes"][1]["name"], "드로잉");
    assert_eq!(found["classes"][1]["start"], "09:30");
    assert_eq!(found["classes"][1]["not_drawn"], true);
    assert!(found.get("incomplete").is_none(), "{found}");
}

#[tokio::test]
async fn a_class_that_is_not_drawn_takes_its_slots() {
    let found = json_of(&format!("/v1/timetables/{KNOWN}/slots")).await;
    let busy = json!(["09:00", "09:30", "10:00", "10:30"]);
    assert_eq!(found["days"][0]["busy"], busy);
    assert!(found.get("incomplete").is_none(), "{found}");
}

#[tokio::test]
async fn a_class_that_is_not_drawn_takes_common_free_time() {
    let found = free(&[KNOWN, KNOWN]).await;
    let everyone = json!([{"start": "11:00", "end": "12:00"}]);
    assert_eq!(found["days"][0]["everyone"], everyone);
    assert!(!found.to_string().contains("incomplete"), "{found}");
}

#[tokio::test]
async fn a_class_that_is_not_drawn_is_an_event_of_the_calendar() {
    let file = text_of(&format!("/v1/timetables/{KNOWN}.ics?{TERM}")).await;
    assert_eq!(file.matches("BEGIN:VEVENT").count(), 2, "{file}");
    assert!(file.contains("DTSTART;TZID=Asia/Seoul:20260907T093000\r\n"));
    assert!(file.contains("SUMMARY:드로잉\r\n"), "{file}");
    assert!(!file.contains("X-WR-CALDESC"), "{file}");
}

#[tokio::test]
async fn a_class_that_is_not_drawn_stands_beside_the_one_it_overlaps_in_the_picture() {
    let picture = text_of(&format!("/v1/timetables/{KNOWN}.svg")).await;
    let parsed = roxmltree::Document::parse(&picture).unwrap();
    let blocks: Vec<_> = parsed
        .root_element()
        .children()
        .filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "svg")))
        .collect();
    let number = |block: usize, name| -> f64 {
        let text = blocks[block].attribute(name).unwrap();
        text.parse().unwrap()
    };
    assert_eq!(blocks.len(), 2, "{picture}");
    assert!(number(0, "x") + number(0, "width") < number(1, "x"));
    assert!(number(1, "y") < number(0, "y") + number(0, "height"));
    assert!(picture.contains("<title>월 09:30–11:00, 드로잉</title>"));
    assert!(!picture.contains(KOREAN.incomplete), "{picture}");
}

#[test]
fn a_class_that_is_not_drawn_stands_in_the_terminals_week() {
    for columns in [120, 40] {
        let look = Look {
            columns,
            colour: false,
            words: &KOREAN,
        };
        let drawn = week(&timetable(KNOWN), look);
        let (classes, beside) = drawn.split_once(KOREAN.not_drawn).unwrap();
        assert!(classes.contains("드로잉"), "{drawn}");
        assert!(beside.starts_with(": 드로잉"), "{drawn}");
        let warns = |drawn: &str| drawn.replace('\n', " ").contains(KOREAN.incomplete);
        assert!(!warns(&drawn), "{drawn}");
        let incomplete = week(&timetable(UNKNOWN), look);
        assert!(warns(&incomplete), "{incomplete}");
    }
}

#[tokio::test]
async fn an_incomplete_answer_has_a_header_on_every_interface() {
    for reply in onetime(UNKNOWN).await {
        assert_eq!((reply.status, reply.header("x-incomplete")), (200, "true"));
        assert!(reply.json().get("incomplete").is_none(), "{reply:?}");
    }
    let http = http();
    for form in ["", "/slots", ".svg", &format!(".ics?{TERM}")] {
        let path = format!("/v1/timetables/{UNKNOWN}{form}");
        let reply = http.get(&path).await;
        assert_eq!((reply.status, reply.header("x-incomplete")), (200, "true"));
        let tag = [("if-none-match", reply.header("etag"))];
        let unchanged = http.get_with(&path, &tag).await;
        let (status, header) = (unchanged.status, unchanged.header("x-incomplete"));
        assert_eq!((status, header), (304, "true"), "{path}");
        let complete = http.get(&path.replace(UNKNOWN, KNOWN)).await;
        assert!(!complete.headers.contains_key("x-incomplete"), "{path}");
    }
}

#[tokio::test]
async fn a_page_of_another_origin_may_read_the_header() {
    let path = format!("/v1/timetables/{UNKNOWN}");
    let origin = [("origin", "https://example.com")];
    let reply = http().get_with(&path, &origin).await;
    let exposed = reply.header("access-control-expose-headers");
    assert!(
        exposed.split(',').any(|name| name == "x-incomplete"),
        "{exposed}"
    );
}

#[tokio::test]
async fn an_incomplete_answer_has_a_member_in_json() {
    for form in ["", "/slots"] {
        let found = json_of(&format!("/v1/timetables/{UNKNOWN}{form}")).await;
        assert_eq!(found["incomplete"], true, "{found}");
    }
}

#[tokio::test]
async fn common_free_time_marks_the_incomplete_timetable() {
    let found = free(&[KNOWN, UNKNOWN, "nothing"]).await;
    assert_eq!(found["incomplete"], true);
    let links = found["links"].as_array().unwrap();
    let each: Vec<_> = links.iter().map(|link| link.get("incomplete")).collect();
    assert_eq!(each, [None, Some(&json!(true)), None]);
}

#[tokio::test]
async fn an_incomplete_calendar_says_so_in_its_description() {
    let file = text_of(&format!("/v1/timetables/{UNKNOWN}.ics?{TERM}&detail=busy")).await;
    let unfolded = file.replace("\r\n ", "");
    let said = format!("X-WR-CALDESC:{}\r\n", KOREAN.incomplete.replace(',', "\\,"));
    assert!(unfolded.contains(&said), "{unfolded}");
    let calendar: icalendar::Calendar = unfolded.parse().unwrap();
    assert_eq!(calendar.components.len(), 2, "the zone and one class");
}

#[tokio::test]
async fn an_incomplete_picture_says_so_to_the_eye_and_in_its_description() {
    let path = format!("/v1/timetables/{UNKNOWN}.svg");
    let reply = http().get_with(&path, &[("accept-language", "en")]).await;
    let parsed = roxmltree::Document::parse(&reply.text).unwrap();
    let texts = |name: &str| -> String {
        let nodes = parsed.descendants();
        let named = nodes.filter(|node| node.tag_name().name() == name);
        named
            .filter_map(|node| node.text())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert!(texts("desc").contains(ENGLISH.incomplete), "{reply:?}");
    assert!(texts("text").contains(ENGLISH.incomplete), "{reply:?}");
}

#[test]
fn a_week_whose_only_class_has_no_known_time_is_not_called_empty() {
    let mut nothing = timetable(UNKNOWN);
    nothing.classes.clear();
    let look = Look {
        columns: 80,
        colour: false,
        words: &ENGLISH,
    };
    for drawn in [
        week(&nothing, look),
        timetable::render::svg::week(&nothing, &ENGLISH),
    ] {
        assert!(!drawn.contains(ENGLISH.no_classes), "{drawn}");
        assert!(drawn.contains("may be taken"), "{drawn}");
    }
}

#[tokio::test]
async fn an_owners_own_address_gets_a_message_of_its_own_on_every_interface() {
    let http = http();
    let encoded = OWN.replace('/', "%2F").replace(':', "%3A");
    for (path, code) in [
        (format!("/schedule?url={OWN}"), "CRAWLING-002"),
        (
            format!("/api/v1/fixed-schedules/everytime/{OWN}"),
            "E_BAD_REQUEST",
        ),
        (
            format!("/api/v1/fixed-schedules/everytime/{encoded}"),
            "E_BAD_REQUEST",
        ),
        (format!("/v1/timetables?link={OWN}"), "invalid_link"),
        (format!("/v1/timetables/{encoded}"), "invalid_link"),
        (format!("/v1/timetables/{encoded}/slots"), "invalid_link"),
    ] {
        for (language, words) in [("ko", "내 시간표 화면의 주소"), ("en", "only you can open")]
        {
            let reply = http.get_with(&path, &[("accept-language", language)]).await;
            assert_eq!((reply.status, &reply.json()["code"]), (400, &json!(code)));
            assert!(reply.text.contains(words), "{path}: {reply:?}");
            assert!(reply.text.contains("URL 공유"), "{path}: {reply:?}");
        }
    }
    let posted = http.post("/schedule", "text/plain", OWN).await;
    assert_eq!(posted.json()["code"], "CRAWLING-002");
    assert!(posted.text.contains("공개 범위 변경"), "{posted:?}");
    let found = free(&[KNOWN, OWN]).await;
    assert_eq!(found["links"][1]["fault"]["code"], "invalid_link");
    let detail = found["links"][1]["fault"]["detail"].as_str().unwrap();
    assert!(detail.contains("공개 범위 변경"), "{detail}");
}

#[tokio::test]
async fn a_share_link_beside_an_owners_own_address_is_read() {
    let text = format!("{OWN}\nhttps://everytime.kr/@{KNOWN}");
    let reply = http().post("/schedule", "text/plain", text).await;
    assert_eq!(reply.status, 200, "{reply:?}");
}

#[test]
fn extract_explains_an_owner_how_to_share_and_exits_with_65() {
    let output = gonggang().args(["extract", OWN]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(65), "{said}");
    for words in ["내 시간표 화면의 주소", "only you can open", "URL 공유"] {
        assert!(said.contains(words), "{said}");
    }
}

#[tokio::test]
async fn the_openapi_document_describes_the_incomplete_member_and_header() {
    let document = json_of("/openapi.json").await;
    for schema in ["Document", "Slots", "CommonTime", "LinkOutcome"] {
        let schema = &document["components"]["schemas"][schema];
        let text = schema.to_string();
        assert!(text.contains("\"incomplete\":{"), "{text}");
        assert!(!text.contains("[\"incomplete\"") && !text.contains(",\"incomplete\"]"));
    }
    for (path, method) in [
        ("/schedule", "get"),
        ("/schedule", "post"),
        ("/api/v1/fixed-schedules/everytime/{identifier}", "get"),
        ("/v1/timetables/{identifier}.ics", "get"),
    ] {
        let headers = &document["paths"][path][method]["responses"]["200"]["headers"];
        assert!(headers["X-Incomplete"].is_object(), "{path}");
    }
}
