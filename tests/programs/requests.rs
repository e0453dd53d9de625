//! What callers send, right and wrong, to the real binary.

use std::process::Stdio;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{Answer, Service, Site, fixtures, gonggang};

const LINK: &str = "https://everytime.kr/@weekday0000000000000";

#[tokio::test]
async fn a_link_is_taken_from_a_query_json_a_form_and_plain_text() {
    let site = Site::start(&fixtures()).await;
    let service = Service::reading_api(&site);
    let url = format!("{}/schedule", service.url);
    let message = format!("에브리타임에서 친구의 2026년 2학기 시간표를 확인해보세요!\n{LINK}");
    let post = || service.client.post(&url);
    for request in [
        service.client.get(&url).query(&[("url", LINK)]),
        post().json(&json!({"url": LINK})),
        post().form(&[("url", LINK)]),
        post()
            .header("content-type", "text/plain; charset=utf-8")
            .body(message),
        post().body(LINK),
    ] {
        let answer = Answer::of(request.send().await.unwrap()).await;
        let envelope = answer.json();
        assert_eq!(
            (answer.status, &envelope["code"]),
            (200, &json!("200")),
            "{answer:?}"
        );
        assert_eq!(envelope["message"], "유저 고정 스케줄 조회에 성공했습니다.");
        assert_eq!(envelope["is_success"], true);
        assert_eq!(envelope["payload"]["schedules"][0]["time_point"], "월");
    }
    assert_eq!(site.fixtures.api_calls("weekday0000000000000"), 1);
}

#[tokio::test]
async fn bad_input_gets_the_contracts_error_and_never_reaches_the_site() {
    let site = Site::start(&fixtures()).await;
    let service = Service::reading_api(&site);
    let url = format!("{}/schedule", service.url);
    let post = |kind: &str| service.client.post(&url).header("content-type", kind);
    let long = format!("{LINK}?{}", "x".repeat(100_000));
    let get = |query: &str| service.client.get(format!("{url}{query}"));
    let mut wrong = Vec::new();
    for (name, request, status, code) in [
        ("no link", get(""), 400, "CRAWLING-001"),
        ("no url", get("?link=x"), 400, "CRAWLING-001"),
        ("empty url", get("?url="), 400, "CRAWLING-001"),
        (
            "wrong link",
            get("?url=https://example.com/@x"),
            400,
            "CRAWLING-002",
        ),
        (
            "look-alike",
            get("?url=https://everytime.kr.evil.com/@weekday0000000000000"),
            400,
            "CRAWLING-002",
        ),
        (
            "100 kB JSON",
            post("application/json").body(json!({"url": long}).to_string()),
            400,
            "CRAWLING-002",
        ),
        (
            "1 MB text",
            post("text/plain").body("x".repeat(1_000_000)),
            413,
            "CRAWLING-002",
        ),
        (
            "broken JSON",
            post("application/json").body("{\"url\":"),
            400,
            "CRAWLING-001",
        ),
        (
            "JSON of another shape",
            post("application/json").body("[1,2]"),
            400,
            "CRAWLING-001",
        ),
        (
            "JSON without url",
            post("application/json").body("{}"),
            400,
            "CRAWLING-001",
        ),
        (
            "bad UTF-8",
            post("text/plain").body(vec![0xff, 0xfe]),
            400,
            "CRAWLING-001",
        ),
        ("null bytes", get("?url=%00%00"), 400, "CRAWLING-002"),
        (
            "wrong content type",
            post("application/xml").body("<url/>"),
            415,
            "CRAWLING-001",
        ),
        (
            "wrong method",
            service.client.delete(&url),
            405,
            "CRAWLING-001",
        ),
    ] {
        let answer = Answer::of(request.send().await.unwrap()).await;
        let envelope = answer.json();
        let sentence = envelope["message"].as_str().unwrap_or_default();
        let fine = (answer.status, &envelope["code"]) == (status, &json!(code))
            && envelope["is_success"] == false
            && envelope["payload"].is_null()
            && sentence.chars().count() > 10;
        if !fine {
            wrong.push(format!("{name}: {answer:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let loads: u64 = site
        .fixtures
        .all()
        .iter()
        .map(|c| site.fixtures.api_calls(&c.identifier))
        .sum();
    assert_eq!(loads, 0, "nothing of this is worth a call");
}

/// Sent byte by byte, because well-kept clients refuse to send such an address.
#[tokio::test]
async fn a_link_of_60_kb_in_the_address_gets_the_contracts_error_and_one_of_100_kb_a_bare_414() {
    let site = Site::start(&fixtures()).await;
    let service = Service::reading_api(&site);
    let address = service.url.strip_prefix("http://").unwrap();
    let ask = async |length: usize| {
        let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
        let query = format!("url={LINK}?{}", "x".repeat(length));
        let request = format!(
            "GET /schedule?{query} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        );
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let too_long = ask(100_000).await;
    assert!(too_long.starts_with("HTTP/1.1 414"), "{too_long}");
    let answer = ask(60_000).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(
        answer.contains("CRAWLING-002") && answer.contains("너무 긴 글"),
        "{answer}"
    );
}

#[tokio::test]
async fn messages_are_korean_and_english_where_it_is_preferred() {
    let site = Site::start(&fixtures()).await;
    let service = Service::reading_api(&site);
    let url = format!("{}/schedule", service.url);
    let english = service
        .client
        .get(&url)
        .header("accept-language", "en-US,en;q=0.9,ko;q=0.8");
    let english = Answer::of(english.send().await.unwrap()).await.json();
    assert!(
        english["message"]
            .as_str()
            .unwrap()
            .starts_with("No timetable link")
    );
    let korean = service.get("/schedule").await.json();
    assert!(
        korean["message"]
            .as_str()
            .unwrap()
            .starts_with("에브리타임 시간표 링크가")
    );
}

#[tokio::test]
async fn with_keys_set_only_probes_answer_without_one() {
    let site = Site::start(&fixtures()).await;
    let mut variables = site.api_variables();
    variables.push(("GONGGANG_API_KEYS", "first-key,second-key".to_owned()));
    let service = Service::start(&variables);
    for path in [
        "/schedule?url=x",
        "/api/v1/fixed-schedules/everytime/x",
        "/v1/timetables/x",
    ] {
        assert_eq!(service.get(path).await.status, 401, "{path}");
        let request = service.client.get(format!("{}{path}", service.url));
        let keyed = request
            .header("X-API-Key", "second-key")
            .send()
            .await
            .unwrap();
        assert_eq!(keyed.status().as_u16(), 400, "{path}");
    }
    assert_eq!(service.get("/livez").await.status, 200);
    assert_eq!(service.get("/readyz").await.status, 200);
}

#[test]
fn without_a_driver_serve_says_what_is_missing_and_how_to_get_it() {
    for (variable, missing) in [
        ("GONGGANG_DRIVER_BINARY", "Install chromedriver"),
        ("GONGGANG_BROWSER_BINARY", "Install Chromium"),
    ] {
        let output = gonggang()
            .args(["serve", "--listen=127.0.0.1:0"])
            .env(variable, "/nowhere/to/be/found")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(69), "{said}");
        assert!(
            said.contains(missing) && said.contains("apt-get install"),
            "{said}"
        );
        assert!(said.contains("/nowhere/to/be/found"), "{said}");
    }
}

#[test]
fn bad_settings_are_all_named_and_end_with_64() {
    let output = gonggang()
        .args([
            "serve",
            "--listen=everywhere",
            "--pool-size=0",
            "--cache-ttl=soon",
        ])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(64), "{said}");
    for variable in [
        "GONGGANG_LISTEN",
        "GONGGANG_POOL_SIZE",
        "GONGGANG_CACHE_TTL",
    ] {
        assert!(said.contains(variable), "{said}");
    }
    assert_eq!(
        gonggang().arg("--nonsense").output().unwrap().status.code(),
        Some(64)
    );
    assert_eq!(
        gonggang().arg("--help").output().unwrap().status.code(),
        Some(0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn extract_prints_each_link_and_ends_with_the_contracts_code() {
    let site = Site::start(&fixtures()).await;
    for (fixture, format, exit) in [
        ("weekday", "json", 0),
        ("weekday", "slots", 0),
        ("empty", "json", 67),
        ("no-term", "json", 67),
        ("unknown", "json", 66),
        ("private", "json", 77),
        ("forbidden", "json", 75),
        ("server-error", "json", 69),
    ] {
        let identifier = site.fixtures.named(fixture).unwrap().identifier.clone();
        let mut command = gonggang();
        command
            .args(["extract", &identifier, "--format", format])
            .envs(site.api_variables());
        let output = tokio::task::spawn_blocking(move || command.output())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(output.status.code(), Some(exit), "{fixture}: {output:?}");
        if exit == 0 {
            let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            let part = if format == "json" {
                "classes"
            } else {
                "schedules"
            };
            assert!(!printed[part].as_array().unwrap().is_empty(), "{printed}");
        }
    }
    let mut refused = gonggang();
    refused
        .args(["extract", "https://example.com"])
        .envs(site.api_variables());
    assert_eq!(refused.output().unwrap().status.code(), Some(65));
}
