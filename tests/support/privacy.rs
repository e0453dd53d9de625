//! A whole run of the service, with callers of every kind, whose output names no one.

use std::path::{Path, PathBuf};

use futures_util::{StreamExt, stream};
use reqwest::Method;
use serde_json::{Value, json};
use standin::Fixtures;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Service, fixtures};

const KEY: &str = "a-very-secret-key";
const WRONG_KEY: &str = "a-guessed-wrong-key";
const WEEKDAY: &str = "weekday0000000000000";

/// Attribute values of the answers that are not personal: terms, encodings.
const KNOWN_WORDS: [&str; 3] = ["여름", "겨울", "utf-8"];

/// Everything about people that the fixtures hold: identifiers, owners, classes, teachers, places.
fn personal(fixtures: &Fixtures) -> Vec<String> {
    let mut words = Vec::new();
    for fixture in fixtures.all() {
        words.push(fixture.identifier.clone());
        // Names of one or two letters stand in any log.
        for part in fixture.answer.split("=\"").skip(1) {
            let value = part.split('"').next().unwrap_or_default().trim();
            let is_name = value.chars().any(char::is_alphabetic);
            if is_name && value.len() > 5 && !KNOWN_WORDS.contains(&value) {
                words.push(value.to_owned());
            }
        }
    }
    words.sort_unstable();
    words.dedup();
    words
}

/// A folder with the fixtures of these folders, by a letter for each.
fn gather(folders: &[PathBuf], chosen: impl Fn(&str) -> bool, into: &Path) {
    for (prefix, from) in ('a'..).zip(folders) {
        for fixture in std::fs::read_dir(from).unwrap().flatten() {
            let name = fixture.file_name().into_string().unwrap();
            if fixture.path().is_dir() && (prefix != 'a' || chosen(&name)) {
                let link = into.join(format!("{prefix}-{name}"));
                std::os::unix::fs::symlink(fixture.path(), link).unwrap();
            }
        }
    }
}

/// Asks in every way there is, hostile ones included.
async fn ask_about(service: &Service, identifier: &str) {
    let url = |path: &str| format!("{}{path}", service.url);
    let link = format!("https://everytime.kr/@{identifier}");
    let message = format!("에브리타임에서 친구의 시간표를 확인해보세요!\n{link}");
    let client = &service.client;
    let odd = Method::from_bytes(identifier.as_bytes()).unwrap();
    for request in [
        client.get(url("/schedule")).query(&[("url", &link)]),
        client.get(url(&format!("/v1/timetables/{identifier}.ics"))),
        client.get(url(&format!("/v1/timetables/{identifier}/{identifier}"))),
        client.get(url(&format!("/{identifier}?{identifier}={identifier}"))),
        client.get(url(&format!("/metrics?{identifier}"))),
        client.post(url("/schedule")).body(message),
        client
            .post(url("/schedule"))
            .form(&[("url", &link), ("url", &link)]),
        client.post(url("/schedule")).json(&json!({ "link": link })),
        client
            .post(url("/v1/free"))
            .json(&json!({ "links": [link, identifier] })),
        client.request(odd, url("/schedule")),
    ] {
        let hostile = request
            .header("x-request-id", identifier)
            .header("user-agent", identifier)
            .header("referer", &link)
            .header("cookie", format!("key={KEY}; id={identifier}"))
            .header("x-forwarded-for", identifier)
            .header("traceparent", identifier)
            .header("authorization", format!("Bearer {KEY}"))
            .header("cache-control", "no-cache");
        let wrong = hostile.try_clone().unwrap().header("x-api-key", WRONG_KEY);
        assert!(wrong.send().await.unwrap().status().is_client_error());
        hostile.header("x-api-key", KEY).send().await.unwrap();
    }
}

/// What is not even HTTP.
async fn send_garbage(service: &Service, identifier: &str) {
    let address = service.url.strip_prefix("http://").unwrap();
    for garbage in [
        format!("{identifier}\r\n\r\n"),
        format!("GET /@{identifier} HTTP/9.9\r\n{identifier}\r\n\r\n"),
        format!("GET /@{identifier} HTTP/1.1\r\nHost: a\r\nX-API-Key: {KEY}\u{0}\r\n\r\n"),
        format!("POST /schedule HTTP/1.1\r\nHost: a\r\nContent-Length: {identifier}\r\n\r\n"),
    ] {
        let mut connection = TcpStream::connect(address).await.unwrap();
        connection.write_all(garbage.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _ = connection.read_to_end(&mut answer).await;
    }
}

/// The folders of pages that are not as they should be.
pub const EVERY_FAULT: [&str; 2] = ["drift", "misbehave"];

/// Reads the chosen fixtures and all pages of the folders, and asks in every way. Fails if anything
/// personal or secret is written.
pub async fn names_no_one(
    source: &[(&'static str, String)],
    faults: &[&str],
    chosen: impl Fn(&str) -> bool,
) {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let folders = faults.iter().map(|folder| tests.join(folder));
    let folders: Vec<_> = std::iter::once(fixtures()).chain(folders).collect();
    let folder = tempfile::tempdir().unwrap();
    gather(&folders, chosen, folder.path());
    let fixtures = Fixtures::load(folder.path()).unwrap();
    let variables = [
        ("GONGGANG_API_KEYS", format!("another-key,{KEY}")),
        ("GONGGANG_LOG", "trace".to_owned()),
        ("GONGGANG_PAGE_TIMEOUT", "2s".to_owned()),
        ("GONGGANG_POOL_SIZE", "2".to_owned()),
        ("GONGGANG_TRUSTED_PROXIES", "127.0.0.0/8".to_owned()),
    ];
    let service = Service::replaying(folder.path(), &[&variables, source].concat());
    let read = |identifier: String| {
        let path = format!("{}/v1/timetables/{identifier}", service.url);
        service.client.get(path).header("x-api-key", KEY).send()
    };
    let reads = fixtures
        .all()
        .into_iter()
        .map(|fixture| read(fixture.identifier.clone()));
    let answers: Vec<_> = stream::iter(reads).buffer_unordered(4).collect().await;
    assert!(answers.iter().all(Result::is_ok));
    ask_about(&service, WEEKDAY).await;
    ask_about(&service, "private0000000000000").await;
    send_garbage(&service, WEEKDAY).await;
    service.signal("TERM");
    let output = service.wait().1.join("\n");
    let lines: Vec<Value> = output
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}")))
        .collect();
    assert!(
        lines.len() > fixtures.all().len() + 30,
        "{} lines",
        lines.len()
    );
    for kind in ["DEBUG", "INFO", "WARN"] {
        assert!(lines.iter().any(|line| line["level"] == kind), "no {kind}");
    }
    let mut secrets = personal(&fixtures);
    println!("{} lines, {} words looked for", lines.len(), secrets.len());
    assert!(secrets.len() > 20, "{secrets:?}");
    secrets.extend([KEY, WRONG_KEY, "another-key", "에브리타임에서"].map(str::to_owned));
    for secret in secrets {
        let line = output.lines().find(|line| line.contains(&secret));
        assert!(line.is_none(), "{secret:?} is in {line:?}");
    }
}
