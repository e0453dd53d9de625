//! docs/errors.md, row by row, against the running service: what each case is on each interface.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::errors::{answered, rows};
use crate::support::fake::{Fake, Http, Reply};
use crate::support::timetables::fixture;

#[tokio::test(start_paused = true)]
async fn every_row_of_the_documents_table_is_what_the_service_says() {
    let mut wrong = Vec::new();
    for [name, written @ .., _then, sentence] in rows() {
        let answered = answers_of(&name).await;
        let [full, schedule, fixed, retry, words] = answered.each_ref().map(String::as_str);
        let row = format!("| {name} | {full} | {schedule} | {fixed} | {retry} | … | {words} |");
        if written != answered[..4] || sentence != answered[4] {
            wrong.push(row);
        }
    }
    assert!(wrong.is_empty(), "these are true:\n{}", wrong.join("\n"));
}

/// What the service says to a case: on each interface, when to come back, and the sentence.
async fn answers_of(name: &str) -> [String; 5] {
    let answers = answered(name).await;
    let replies = answers
        .each_ref()
        .map(|one| one.as_ref().map(|one| &one.reply));
    let faults = replies.iter().flatten().filter(|reply| reply.status >= 400);
    let retry = faults
        .clone()
        .map(|reply| reply.headers.contains_key("retry-after"));
    let retry: BTreeSet<_> = retry.collect();
    assert_eq!(retry.len(), 1, "{name}: the interfaces differ");
    let sentence = faults.map(|reply| words(reply)).next().unwrap();
    let retry = if retry.contains(&true) { "yes" } else { "–" };
    let [full, schedule, fixed] = replies.map(|reply| reply.map_or_else(|| "–".to_owned(), cell));
    [full, schedule, fixed, retry.to_owned(), sentence]
}

fn cell(reply: &Reply) -> String {
    match reply.json()["code"].as_str() {
        Some(code) => format!("{} `{code}`", reply.status),
        None => reply.status.to_string(),
    }
}

fn words(reply: &Reply) -> String {
    let body = reply.json();
    let sentence = body["detail"].as_str().or(body["message"].as_str());
    // A bar would end the cell.
    sentence.unwrap().replace('|', "\\|")
}

#[tokio::test]
async fn the_table_has_every_code_of_the_openapi_document_and_no_other() {
    let http = Http::before(&Fake::new(Ok(fixture("weekday")), None), &[]);
    let document = http.get("/openapi.json").await.json();
    let schemas = &document["components"]["schemas"];
    for (column, codes) in [
        (1, &schemas["FaultCode"]["enum"]),
        (2, &schemas["ScheduleCode"]["enum"]),
        (3, &schemas["FixedSchedulesCode"]["enum"]),
    ] {
        let codes = codes.as_array().unwrap().iter().map(Value::as_str);
        // Where all is well there is no fault, and `/v1` has no code then.
        let codes: BTreeSet<_> = codes.flatten().filter(|code| *code != "200").collect();
        let rows = rows();
        let written = rows.iter().filter_map(|row| row[column].split('`').nth(1));
        let written: BTreeSet<_> = written.filter(|code| *code != "200").collect();
        assert_eq!(written, codes, "column {column}");
    }
}
