//! What people paste, through the service and through `batch`: every shape of the list. The web
//! page is held against the same list in `tests/browser/page/links.rs`.

use std::collections::BTreeSet;

use crate::support::fake::{Fake, Http, Reply};
use crate::support::shapes::{Shape, shapes};
use crate::support::timetables::fixture;
use gonggang::batch::input::Items;
use timetable::share_link::InvalidLink;

/// Any identifier leads to a timetable of its own.
fn http() -> Http {
    let answer = |identifier: &timetable::share_link::Identifier| {
        let mut timetable = fixture("weekday");
        timetable.identifier = identifier.clone();
        Ok(timetable)
    };
    Http::before(&Fake::telling(answer, None), &[])
}

fn query(name: &str, text: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .append_pair(name, text)
        .finish()
}

/// What a refusal's words must hold.
fn words(shape: &Shape) -> &'static str {
    match shape.is.as_str() {
        "several" => "서로 다른 시간표 링크",
        "own_address" => "URL 공유",
        _ => "올바른 에브리타임 시간표 링크가 아닙니다",
    }
}

/// Whether one of OneTime's answers is what the list says.
fn fits_onetime(shape: &Shape, reply: &Reply) -> bool {
    let body = reply.json();
    if shape.is_refused() {
        let message = body["message"].as_str().unwrap_or_default();
        reply.status == 400 && body["code"] == "CRAWLING-002" && message.contains(words(shape))
    } else {
        reply.status == 200
    }
}

fn fits_full(shape: &Shape, reply: &Reply) -> bool {
    let body = reply.json();
    if shape.is_refused() {
        let detail = body["detail"].as_str().unwrap_or_default();
        reply.status == 400 && body["code"] == "invalid_link" && detail.contains(words(shape))
    } else {
        reply.status == 200 && body["identifier"] == shape.is.as_str()
    }
}

#[tokio::test]
async fn the_service_reads_or_refuses_every_shape_as_the_list_says() {
    let http = http();
    let mut wrong = Vec::new();
    for shape in shapes() {
        let asked = format!("/schedule?{}", query("url", &shape.text));
        let posted = http.post("/schedule", "text/plain", shape.text.clone());
        let full = format!("/v1/timetables?{}", query("link", &shape.text));
        let replies = [http.get(&asked).await, posted.await, http.get(&full).await];
        let [asked, posted, full] = &replies;
        if !fits_onetime(&shape, asked) || !fits_onetime(&shape, posted) || !fits_full(&shape, full)
        {
            wrong.push(format!("{shape:?}: {replies:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What `batch` makes of a line, in the words of the list.
fn batched(line: &str) -> String {
    let links: Vec<_> = Items::of(line.as_bytes())
        .map(|item| item.unwrap().link)
        .collect();
    let named: BTreeSet<_> = links
        .iter()
        .flatten()
        .map(|link| link.identifier().as_str())
        .collect();
    let one = named.first().map(|name| (*name).to_owned());
    let is_own = links.contains(&Err(InvalidLink::OwnAddress));
    match named.len() {
        0 if links.is_empty() => "nothing".to_owned(),
        0 if is_own => "own_address".to_owned(),
        0 => "not_a_link".to_owned(),
        1 => one.unwrap_or_default(),
        _ => "several".to_owned(),
    }
}

/// The shapes of one line: `batch` reads line by line.
fn lines() -> Vec<Shape> {
    let mut shapes = shapes();
    shapes.retain(|shape| !shape.text.trim().contains(['\n', '\r']));
    assert!(shapes.len() > 180, "{}", shapes.len());
    shapes
}

#[test]
fn batch_reads_or_refuses_every_shape_of_one_line_as_the_list_says() {
    let wrong: Vec<_> = lines()
        .into_iter()
        .map(|shape| (batched(&shape.text), shape))
        .filter(|(batched, shape)| *batched != shape.is)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn batch_makes_exactly_one_item_of_a_shape_that_it_reads() {
    let accepted = lines().into_iter().filter(|shape| !shape.is_refused());
    // Another address beside a link is an item of its own.
    for shape in accepted.filter(|shape| !shape.name.starts_with("beside")) {
        let items = Items::of(shape.text.as_bytes());
        let refused = items.filter(|item| item.as_ref().unwrap().link.is_err());
        assert_eq!(refused.count(), 0, "{shape:?}");
    }
}

#[test]
fn batch_reads_a_link_once_that_a_line_names_twice() {
    let link = "https://everytime.kr/@AbCdEfGhIjKlMnOpQr12";
    let twice = format!("{link} 내 시간표 {link}\n");
    assert_eq!(Items::of(twice.as_bytes()).count(), 1);
}
