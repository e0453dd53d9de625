//! What the OpenAPI document promises beyond paths and examples: closed lists of words, the headers of
//! faults, the answer to a caller that has the timetable, and no pattern that refuses what is taken.

use serde_json::{Value, json};

use crate::support::fake::{Fake, Http};
use crate::support::timetables::fixture;

async fn document() -> Value {
    let http = Http::before(&Fake::new(Ok(fixture("weekday")), None), &[]);
    http.get("/openapi.json").await.json()
}

/// Every operation with its path.
fn operations(document: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, item)| {
        let operations = item.as_object().unwrap().values();
        operations.map(|operation| (path.as_str(), operation))
    })
}

/// What a schema that may be a reference says.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let name = schema["$ref"]
        .as_str()
        .and_then(|path| path.rsplit('/').next());
    name.map_or(schema, |name| &document["components"]["schemas"][name])
}

#[tokio::test]
async fn words_that_a_program_compares_are_closed_lists() {
    let document = document().await;
    let schemas = &document["components"]["schemas"];
    let words = |schema: &str, member: &str| {
        let property = &schemas[schema]["properties"][member];
        resolved(&document, property)["enum"].clone()
    };
    let days = json!(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);
    let korean = json!(["월", "화", "수", "목", "금", "토", "일"]);
    assert_eq!(words("FreeDay", "day"), days);
    assert_eq!(words("DaySlots", "day"), days);
    assert_eq!(words("DaySchedule", "time_point"), korean);
    let source = &schemas["Document"]["allOf"][1]["properties"]["source"];
    assert_eq!(
        resolved(&document, source)["enum"],
        json!(["browser", "api"])
    );
    for (schema, some) in [
        ("Problem", "no_such_path"),
        ("LinkFault", "not_found"),
        ("Envelope_ScheduleCode", "CRAWLING-002"),
        ("Envelope_FixedSchedulesCode", "FIXED-005"),
    ] {
        let codes = words(schema, "code");
        assert!(
            codes.as_array().unwrap().contains(&json!(some)),
            "{schema}: {codes}"
        );
    }
}

/// The names of all schemas that a part of the document refers to.
fn references(part: &Value) -> Vec<&str> {
    match part {
        Value::Object(members) => {
            let own = members.get("$ref").and_then(Value::as_str).into_iter();
            own.chain(members.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn every_schema_that_is_referred_to_is_there() {
    let document = document().await;
    let references = references(&document);
    assert!(references.len() > 100, "{}", references.len());
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn members_that_are_always_there_are_required() {
    let document = document().await;
    let schemas = &document["components"]["schemas"];
    for (schema, members) in [
        (&schemas["Timetable"], &["year", "semester", "title"][..]),
        (&schemas["Class"]["allOf"][1], &["color"]),
        (&schemas["RefusedClass"], &["name"]),
        (
            &schemas["LinkOutcome"],
            &["fault", "title", "year", "semester"],
        ),
        (&schemas["Envelope_ScheduleCode"], &["payload"]),
    ] {
        let required = schema["required"].as_array().unwrap();
        assert!(
            members.iter().all(|name| required.contains(&json!(name))),
            "{schema}"
        );
    }
    let problem = schemas["Problem"]["required"].as_array().unwrap();
    assert!(!problem.contains(&json!("parameter")));
}

#[tokio::test]
async fn a_fault_is_documented_with_its_code_and_when_to_ask_again() {
    let document = document().await;
    for (path, operation) in operations(&document) {
        if ["/livez", "/readyz"].contains(&path) {
            continue;
        }
        let responses = operation["responses"].as_object().unwrap();
        for (status, response) in responses
            .iter()
            .filter(|(status, _)| status.as_str() >= "4")
        {
            let headers = &response["headers"];
            let code = resolved(&document, &headers["X-Fault-Code"]["schema"]);
            assert!(code["enum"].is_array(), "{path} {status}");
            let is_retried = ["429", "502", "503"].contains(&status.as_str());
            assert_eq!(
                headers["Retry-After"].is_object(),
                is_retried,
                "{path} {status}"
            );
        }
        assert!(responses.contains_key("415"), "{path}");
    }
}

#[tokio::test]
async fn what_is_left_of_an_allowance_is_documented_where_callers_have_one() {
    let document = document().await;
    for (path, operation) in operations(&document) {
        let is_limited = !["/livez", "/readyz", "/status", "/metrics"].contains(&path);
        for (status, response) in operation["responses"].as_object().unwrap() {
            for name in ["RateLimit", "RateLimit-Policy"] {
                let header = &response["headers"][name];
                assert_eq!(header.is_object(), is_limited, "{name} {path} {status}");
            }
        }
    }
}

#[tokio::test]
async fn the_answer_to_a_caller_that_has_the_timetable_is_documented() {
    let document = document().await;
    let mut documented = 0;
    for (path, operation) in operations(&document) {
        let responses = &operation["responses"];
        let has_tag = responses["200"]["headers"]["ETag"].is_object();
        let unchanged = &responses["304"];
        assert_eq!(unchanged.is_object(), has_tag, "{path}");
        assert_eq!(unchanged["headers"]["ETag"].is_object(), has_tag, "{path}");
        assert!(unchanged["content"].is_null(), "{path}");
        let mut parameters = operation["parameters"].as_array().into_iter().flatten();
        let takes_tag =
            parameters.any(|one| one["name"] == "If-None-Match" && one["in"] == "header");
        assert_eq!(takes_tag, has_tag, "{path}");
        documented += usize::from(has_tag);
    }
    assert_eq!(documented, 8);
}

/// Swagger UI sends nothing that its pattern refuses.
#[tokio::test]
async fn no_pattern_refuses_a_link_that_the_service_takes() {
    let document = document().await;
    for (path, operation) in operations(&document) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let pattern = &parameter["schema"]["pattern"];
            match parameter["name"].as_str().unwrap() {
                "url" | "link" => assert!(pattern.is_null(), "{path}"),
                "identifier" => assert_eq!(pattern, "^@?[A-Za-z0-9]{20}$", "{path}"),
                _ => {}
            }
        }
    }
    let schemas = &document["components"]["schemas"];
    assert!(schemas["LinkBody"]["properties"]["url"]["pattern"].is_null());
    assert!(schemas["LinkText"]["pattern"].is_null());
}
