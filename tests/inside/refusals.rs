//! Requests that are no question: each gets a code that says what is wrong with it, and words that name
//! the parameter.

use axum::body::Body;
use serde_json::{Value, json};

use crate::support::fake::{Fake, Http, Reply, request};
use crate::support::timetables::fixture;

const IDENTIFIER: &str = "weekday0000000000000";
const TWO: &str = r#""links":["@weekday0000000000000","@saturday000000000000"]"#;
const ENGLISH: (&str, &str) = ("accept-language", "en");
const JSON: (&str, &str) = ("content-type", "application/json");

fn http() -> Http {
    Http::before(&Fake::new(Ok(fixture("weekday")), None), &[])
}

async fn post(path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Reply {
    let http = http();
    http.send(request("POST", path, headers, body.into())).await
}

fn status_and_code(reply: &Reply) -> (u16, String) {
    let code = reply.json()["code"].as_str().unwrap_or_default().to_owned();
    (reply.status, code)
}

/// The words for a person, on whichever interface.
fn words(reply: &Reply) -> String {
    let body = reply.json();
    let words = [&body["detail"], &body["message"]];
    let words = words.into_iter().find_map(Value::as_str);
    words.unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_invalid_request_for_free_time_gets_a_message_that_says_what_is_wrong() {
    let text = ("content-type", "text/plain");
    for (headers, body, status, code) in [
        (&[JSON][..], "{", 400, "invalid_body"),
        (&[JSON], "[]", 400, "invalid_body"),
        (&[JSON], "", 400, "invalid_body"),
        (&[text], "{}", 415, "unsupported_media_type"),
        (&[], "{}", 415, "unsupported_media_type"),
        (&[JSON], "{}", 400, "invalid_parameter"),
    ] {
        let reply = post("/v1/free", headers, body).await;
        let expected = (status, code.to_owned());
        assert_eq!(status_and_code(&reply), expected, "{body}: {reply:?}");
        assert_eq!(reply.header("x-fault-code"), code);
    }
    let large = post("/v1/free", &[JSON], " ".repeat(300_000)).await;
    let expected = (413, "payload_too_large".to_owned());
    assert_eq!(status_and_code(&large), expected);
}

#[tokio::test]
async fn an_unknown_path_or_method_is_refused() {
    let http = http();
    for (method, path, status, code) in [
        ("GET", "/v2/timetables", 404, "no_such_path"),
        ("GET", "/favicon.ico", 404, "no_such_path"),
        ("GET", "/docs/nothing.js", 404, "no_such_path"),
        ("GET", "/v1/free", 405, "method_not_allowed"),
        ("DELETE", "/v1/timetables", 405, "method_not_allowed"),
    ] {
        let reply = http.send(request(method, path, &[], Body::empty())).await;
        let expected = (status, code.to_owned());
        assert_eq!(status_and_code(&reply), expected, "{method} {path}");
        assert_eq!(reply.json()["status"], status);
    }
}

/// An envelope with this status, code and stable code, and without a member of its own.
fn is_an_envelope(reply: &Reply, (status, code, fault): (u16, &str, &str)) {
    assert_eq!(
        status_and_code(reply),
        (status, code.to_owned()),
        "{reply:?}"
    );
    assert_eq!(reply.header("x-fault-code"), fault);
    let mut envelope = reply.json();
    envelope.as_object_mut().unwrap().remove("message");
    let expected = json!({"code": code, "payload": null, "is_success": false});
    assert_eq!(envelope, expected);
}

#[tokio::test]
async fn an_invalid_body_gets_the_envelope_and_codes_of_onetime() {
    let xml = ("content-type", "application/xml");
    let form = ("content-type", "application/x-www-form-urlencoded");
    let text = ("content-type", "text/plain");
    let twice = "url=@weekday0000000000000&url=@weekday0000000000000";
    let large = "x".repeat(300_000);
    let kind = (415, "CRAWLING-001", "unsupported_media_type");
    let unreadable = (400, "CRAWLING-001", "invalid_body");
    let parameter = (400, "CRAWLING-002", "invalid_parameter");
    for (kind, body, expected) in [
        (xml, "<url/>", kind),
        (JSON, "{", unreadable),
        (JSON, "{\"url\":5}", parameter),
        (form, twice, parameter),
        (text, &large, (413, "CRAWLING-002", "payload_too_large")),
    ] {
        let reply = post("/schedule", &[kind], body.to_owned()).await;
        is_an_envelope(&reply, expected);
    }
}

#[tokio::test]
async fn an_unknown_path_or_method_gets_the_envelope_and_codes_of_onetime() {
    let http = http();
    let fixed = format!("/api/v1/fixed-schedules/everytime/{IDENTIFIER}");
    let (path, method) = ("no_such_path", "method_not_allowed");
    for (asked, uri, expected) in [
        ("PUT", "/schedule", (405, "CRAWLING-001", method)),
        ("GET", "/schedule/x", (404, "CRAWLING-001", path)),
        ("GET", "/api/v2/x", (404, "E_BAD_REQUEST", path)),
        ("POST", &*fixed, (405, "E_BAD_REQUEST", method)),
    ] {
        let reply = http.send(request(asked, uri, &[], Body::empty())).await;
        is_an_envelope(&reply, expected);
    }
}

#[tokio::test]
async fn the_message_about_a_missing_link_names_the_parameter() {
    let http = http();
    for (path, name) in [
        ("/schedule", "url"),
        ("/schedule?url=", "url"),
        ("/v1/timetables", "link"),
        ("/v1/timetables?link=", "link"),
        // The other interface's name is not this one's.
        ("/v1/timetables?url=@weekday0000000000000", "link"),
    ] {
        let english = words(&http.get_with(path, &[ENGLISH]).await);
        assert!(english.contains(&format!("`{name}`")), "{path}: {english}");
        let korean = words(&http.get(path).await);
        assert!(korean.contains(&format!("{name}에")), "{path}: {korean}");
    }
    let reply = http.get("/api/v1/fixed-schedules/everytime/").await;
    assert!(words(&reply).contains("@ 뒤 20자"), "{reply:?}");
    assert!(!words(&reply).contains("url"), "{reply:?}");
}

#[tokio::test]
async fn a_parameter_given_twice_is_named() {
    let http = http();
    let calendar = format!("/v1/timetables/{IDENTIFIER}.ics?from=2026-09-01&from=2026-09-02");
    for (path, name) in [
        ("/v1/timetables?link=a&link=a", "link"),
        ("/schedule?url=a&url=a", "url"),
        (&calendar, "from"),
    ] {
        let reply = http.get_with(path, &[ENGLISH]).await;
        assert_eq!(reply.header("x-fault-code"), "invalid_parameter");
        let told = words(&reply);
        assert!(told.contains(&format!("`{name}` is given twice")), "{told}");
        let korean = words(&http.get(path).await);
        assert!(
            korean.starts_with(&format!("{name} 값이 두 번")),
            "{korean}"
        );
    }
}

#[tokio::test]
async fn an_unknown_or_wrong_member_is_refused_by_name() {
    for (members, name) in [
        (r#""daze":["mon"]"#, "daze"),
        (r#""granularity":"30""#, "granularity"),
        (r#""between":["09:00","24:30"]"#, "between"),
        (r#""days":["mon"],"days":["mon"]"#, "days"),
    ] {
        let body = format!("{{{TWO},{members}}}");
        let reply = post("/v1/free", &[JSON, ENGLISH], body.clone()).await;
        assert_eq!(reply.status, 400, "{members}");
        let problem = reply.json();
        assert_eq!(problem["code"], "invalid_parameter", "{problem}");
        assert_eq!(problem["parameter"], name, "{problem}");
        assert!(words(&reply).contains(&format!("`{name}`")), "{problem}");
        let korean = words(&post("/v1/free", &[JSON], body).await);
        assert!(korean.starts_with(name), "{korean}");
    }
}

#[tokio::test]
async fn only_a_fault_of_a_parameter_has_a_member_that_names_it() {
    for path in ["/v1/timetables", "/v1/timetables/nothing", "/v2"] {
        let problem = http().get(path).await.json();
        assert!(problem.get("parameter").is_none(), "{problem}");
    }
}

#[tokio::test]
async fn an_identifier_in_a_path_may_have_its_at_sign() {
    let http = http();
    for path in [
        "/v1/timetables/@ID",
        "/v1/timetables/%40ID",
        "/v1/timetables/@ID/slots",
        "/v1/timetables/@ID.svg",
        "/v1/timetables/@ID.ics?from=2026-09-01&until=2026-12-18",
        "/api/v1/fixed-schedules/everytime/@ID",
        "/api/v1/fixed-schedules/everytime/%40ID",
        "/api/v1/fixed-schedules/everytime/@ID/",
    ] {
        let path = path.replace("ID", IDENTIFIER);
        assert_eq!(http.get(&path).await.status, 200, "{path}");
        let twice = path.replacen('@', "@@", 1).replacen("%40", "%40@", 1);
        assert_eq!(http.get(&twice).await.status, 400, "{twice}");
    }
}

#[tokio::test]
async fn a_body_that_begins_with_a_byte_order_mark_is_read() {
    let form = ("content-type", "application/x-www-form-urlencoded");
    let text = ("content-type", "text/plain");
    let free = format!("{{{TWO}}}");
    let link = format!("@{IDENTIFIER}");
    for (path, kind, body) in [
        ("/schedule", JSON, json!({"url": link}).to_string()),
        ("/schedule", form, format!("url={link}")),
        ("/schedule", text, link.clone()),
        ("/v1/free", JSON, free),
    ] {
        let reply = post(path, &[kind], format!("\u{feff}{body}")).await;
        assert_eq!(reply.status, 200, "{path} {kind:?}: {reply:?}");
    }
}
