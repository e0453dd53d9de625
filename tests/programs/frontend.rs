//! docs/frontend.md: its programs are run against the service, and its lists of headers are compared with what
//! a page of another origin is allowed.

use std::collections::BTreeMap;
use std::path::Path;

use crate::support::fake::{Fake, Http, Reply, request};
use crate::support::timetables::fixture;
use crate::support::{Service, Site, fixtures, node};
use axum::body::Body;

const GUIDE: &str = include_str!("../../docs/frontend.md");
const DRIVER: &str = include_str!("frontend/try.mjs");
/// What the programs ask as they are written.
const SERVICE: &str = "http://127.0.0.1:5001";
/// "A dozen lines each."
const MOST_LINES: usize = 20;

/// The programs of the guide by the names in their first lines.
fn programs() -> BTreeMap<&'static str, &'static str> {
    let blocks = GUIDE.split("```js\n// ").skip(1);
    let block = |text: &'static str| {
        let (name, rest) = text.split_once('\n').unwrap();
        (name, rest.split_once("```").unwrap().0)
    };
    blocks.map(block).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_programs_of_the_guide_do_what_it_says() {
    let site = Site::start(&fixtures()).await;
    let mut variables = site.api_variables();
    variables.push(("GONGGANG_RATE_LIMIT", "60".to_owned()));
    let service = Service::start(&variables);
    let folder = tempfile::tempdir().unwrap();
    node::with_packages(folder.path());
    let programs = programs();
    let names: Vec<_> = programs.keys().copied().collect();
    assert_eq!(
        names,
        ["axios.mjs", "fetch.mjs", "patience.mjs", "poll.mjs"]
    );
    for (name, text) in programs {
        assert!(text.lines().count() <= MOST_LINES, "{name}");
        write(folder.path(), name, &text.replace(SERVICE, &service.url));
    }
    write(folder.path(), "try.mjs", DRIVER);
    node::run(folder.path(), &["try.mjs"]).await;
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

/// What a page of `origin` is told before it asks, and when it has asked.
async fn asked_from(origin: &str, flags: &[&str]) -> [Reply; 2] {
    let http = Http::before(&Fake::new(Ok(fixture("weekday")), None), flags);
    let path = "/v1/timetables/weekday0000000000000";
    let before = [
        ("origin", origin),
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", "x-api-key"),
    ];
    let before = http.send(request("OPTIONS", path, &before, Body::empty()));
    let headers = [("origin", origin), ("cookie", "session=1")];
    [before.await, http.get_with(path, &headers).await]
}

#[tokio::test]
async fn the_guide_lists_the_headers_that_a_page_of_another_origin_may_send_and_read() {
    let origin = "https://app.example.org";
    let flags = ["--cors-origins=https://app.example.org,http://localhost:3000"];
    let [before, answer] = asked_from(origin, &flags).await;
    let (_, told) = GUIDE.split_once("the page may send").unwrap();
    let (sent, told) = told.split_once("may read").unwrap();
    let (read, _) = told.split_once("\n- ").unwrap();
    for (said, allowed) in [
        (sent, before.header("access-control-allow-headers")),
        (read, answer.header("access-control-expose-headers")),
    ] {
        let named = said.split('`').skip(1).step_by(2);
        let mut named: Vec<_> = named.map(str::to_lowercase).collect();
        let mut allowed: Vec<_> = allowed.split(',').map(str::trim).collect();
        named.sort_unstable();
        allowed.sort_unstable();
        assert_eq!(named, allowed);
    }
}

/// A browser gives a page that asks with credentials no answer without this header.
#[tokio::test]
async fn no_answer_is_for_a_page_that_asks_with_credentials() {
    let origin = "https://app.example.org";
    for flags in [
        &["--cors-origins=*"][..],
        &["--cors-origins=https://app.example.org"],
    ] {
        for reply in asked_from(origin, flags).await {
            assert_eq!(reply.status, 200, "{reply:?}");
            assert!(["*", origin].contains(&reply.header("access-control-allow-origin")));
            assert_eq!(reply.header("access-control-allow-credentials"), "");
        }
    }
}
