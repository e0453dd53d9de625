//! Links in what is pasted into the page: every shape of the list, and many more texts, as the
//! service reads them.

use serde_json::{Value, json};
use timetable::share_link::{InvalidLink, links_in};

use super::stage::{everything, serving};
use super::visitor::{ANY, Visitor};
use crate::support::shapes::shapes;

/// What `links.js` finds in each text: its identifiers, and `own` for an owner's own address.
async fn found_by_the_page(name: &str, texts: &[String]) -> Vec<Value> {
    let visitor = Visitor::with(ANY);
    let url = serving(&everything(), &[]).await;
    let scene = format!(
        "const {{ findLinks }} = await import($('script').src.replace('main.js', 'links.js'));
         return {}.map(findLinks).map(({{ identifiers, own }}) => [...identifiers, ...own ? ['own'] : []])",
        json!(texts)
    );
    let mut seen = visitor.plays(&url, name, &scene).await;
    visitor.leaves();
    match seen["value"].take() {
        Value::Array(found) => found,
        other => panic!("{other}"),
    }
}

/// The same by the service's own search.
fn found_by_the_service(text: &str) -> Value {
    let links = links_in(text);
    let names = links.iter().flatten();
    let mut found: Vec<_> = names.map(|link| link.identifier().as_str()).collect();
    if links.contains(&Err(InvalidLink::OwnAddress)) {
        found.push("own");
    }
    json!(found)
}

#[tokio::test]
async fn the_page_reads_or_refuses_every_shape_as_the_list_says() {
    let shapes = shapes();
    let texts: Vec<_> = shapes.iter().map(|shape| shape.text.clone()).collect();
    let found = found_by_the_page("shapes", &texts).await;
    assert_eq!(found.len(), shapes.len());
    let wrong: Vec<_> = shapes
        .iter()
        .zip(&found)
        .filter(|(shape, found)| {
            let names: Vec<_> = found.as_array().unwrap().iter().collect();
            let is_own = names.last().is_some_and(|last| *last == "own");
            match names.len() - usize::from(is_own) {
                0 => shape.is != if is_own { "own_address" } else { "not_a_link" },
                1 => *names[0] != shape.is,
                _ => shape.is != "several",
            }
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Every text made of one of each: words, a site, a path and an end.
fn texts() -> Vec<String> {
    let words = [
        "",
        "시간표",
        "시간표:",
        "a",
        "a.b/",
        "[",
        "@",
        "ё",
        "link:",
        ".",
        "%20",
        "\u{200b}",
    ];
    let sites = [
        "https://everytime.kr",
        "everytime.kr",
        "WWW.everytime.kr",
        "http:/everytime.kr",
        "https：／／everytime．kr",
    ];
    let paths = [
        "/@AbCdEfGhIjKlMnOpQr12",
        "/app/@AbCdEfGhIjKlMnOpQr12",
        "/%2540AbCdEfGhIjKlMnOpQr12",
        "//@AbCdEfGhIjKlMnOpQr12",
        "/timetable/2026/%EC%97%AC%EB%A6%84/1",
    ];
    let ends = [
        "",
        ".",
        "에서",
        "3",
        "/",
        "/..",
        "/x",
        "?a=https://everytime.kr/@ZyXwVuTsRqPoNmLkJi98",
        "!https://everytime.kr/@ZyXwVuTsRqPoNmLkJi98",
        "%EC%97%90",
        "%FF",
        ",x",
        "-x",
        "é",
        "…",
        "\n@ZyXwVuTsRqPoNmLkJi98",
        " everytime.kr/@ZyXwVuTsRqPoNmLkJi98",
    ];
    let mut texts = Vec::new();
    for (word, site) in words.iter().flat_map(|w| sites.iter().map(move |s| (w, s))) {
        for path in paths {
            texts.extend(ends.iter().map(|end| format!("{word}{site}{path}{end}")));
        }
    }
    texts
}

#[tokio::test]
async fn the_page_and_the_service_find_the_same_links_in_thousands_of_texts() {
    let texts = texts();
    let found = found_by_the_page("thousands", &texts).await;
    let by_both = texts.iter().zip(&found);
    let wrong: Vec<_> = by_both
        .filter(|(text, found)| found_by_the_service(text) != **found)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let kinds: std::collections::BTreeSet<_> = found.iter().map(Value::to_string).collect();
    assert!(texts.len() > 4_000 && kinds.len() > 5, "{kinds:?}");
}
