//! What a whole run of the service writes: a line for each request, and of nobody anything.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::fake::{Fake, Http};
use crate::support::{Service, Site, fixtures, gonggang};
use futures_util::{StreamExt, stream};
use gonggang::config::{LogConfig, LogFormat};
use gonggang::replay::Cases;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const KEY: &str = "a-very-secret-key";
const WRONG_KEY: &str = "a-guessed-wrong-key";
const WEEKDAY: &str = "weekday0000000000000";

/// Where the lines about requests differ from others.
fn requests(service: &Service) -> Vec<Value> {
    let lines = service.log();
    let lines = lines.iter().map(|line| serde_json::from_str(line).unwrap());
    lines
        .filter(|line: &Value| line["route"].is_string())
        .collect()
}

/// A line is written when its answer has left, so it may come a moment later than that.
async fn awaited(service: &Service, count: usize) -> Vec<Value> {
    let began = Instant::now();
    loop {
        let lines = requests(service);
        if lines.len() >= count || began.elapsed() > Duration::from_secs(20) {
            return lines;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn each_request_leaves_one_line_that_tells_what_came_of_it() {
    let service = Service::replaying(&fixtures(), &[("GONGGANG_PAGE_TIMEOUT", "9s".into())]);
    let first = service.get(&format!("/v1/timetables/{WEEKDAY}")).await;
    service.get(&format!("/schedule?url=@{WEEKDAY}")).await;
    service.get("/v1/timetables/private0000000000000").await;
    service.get(&format!("/nowhere/{WEEKDAY}")).await;
    for probe in ["/livez", "/readyz", "/metrics"] {
        service.get(probe).await;
    }
    let hasty = service.client.get(format!(
        "{}/schedule?url=@slow0000000000000000",
        service.url
    ));
    let hasty = hasty.timeout(Duration::from_millis(200)).send().await;
    assert!(hasty.unwrap_err().is_timeout());
    let lines = awaited(&service, 5).await;
    assert_eq!(lines.len(), 5, "probes are left out: {lines:#?}");
    let told = |line: &Value, names: &[&str]| -> Vec<Value> {
        names.iter().map(|name| line[*name].clone()).collect()
    };
    let names = ["method", "route", "status", "code", "source", "cache"];
    for (line, expected) in lines.iter().zip([
        json!(["GET", "/v1/timetables/{name}", 200, "ok", "browser", "miss"]),
        json!(["GET", "/schedule", 200, "ok", "browser", "hit"]),
        json!([
            "GET",
            "/v1/timetables/{name}",
            403,
            "not_public",
            null,
            null
        ]),
        json!(["GET", "none", 404, "missing_link", null, null]),
        json!(["GET", "/schedule", 499, "caller_left", null, null]),
    ]) {
        assert_eq!(Value::from(told(line, &names)), expected, "{line:#}");
        assert!(line["total_ms"].is_number(), "{line:#}");
    }
    assert_eq!(
        lines[0]["request_id"],
        first.header("x-request-id").unwrap()
    );
    assert!(
        lines[0]["render_ms"].as_f64().unwrap() > 1.0,
        "{:#}",
        lines[0]
    );
    assert_eq!(
        told(&lines[1], &["queue_ms", "render_ms", "read_ms"]),
        [0.0, 0.0, 0.0]
    );
    let name = lines[0]["timetable"].as_str().unwrap();
    assert_eq!(name.len(), 12);
    assert_eq!(
        lines[1]["timetable"], name,
        "the same timetable has the same name"
    );
    assert_ne!(lines[2]["timetable"], name, "another has another");
}

/// Asks so many times on one connection without waiting for the answers, then reads all of them.
async fn ask_in_a_row(address: &str, times: usize) -> String {
    let ask = |close: &str| format!("GET /nowhere HTTP/1.1\r\nHost: a\r\n{close}\r\n");
    let all = ask("").repeat(times - 1) + &ask("Connection: close\r\n");
    let (mut from, mut to) = TcpStream::connect(address).await.unwrap().into_split();
    // Whoever closes its half is taken to have left.
    let asking = tokio::spawn(async move { to.write_all(all.as_bytes()).await.map(|()| to) });
    let mut answers = String::new();
    from.read_to_string(&mut answers).await.unwrap();
    asking.await.unwrap().unwrap();
    answers
}

#[tokio::test]
async fn no_line_is_lost_at_the_end() {
    let site = Site::start(&fixtures()).await;
    let service = Service::reading_api(&site);
    let address = service.url.strip_prefix("http://").unwrap();
    let answers = ask_in_a_row(address, 500).await;
    assert_eq!(answers.matches("HTTP/1.1 404").count(), 500);
    service.signal("TERM");
    let (_, log) = service.wait();
    let told = log.iter().filter(|line| line.contains(r#""route":"none""#));
    assert_eq!(told.count(), 500);
    assert!(log.last().unwrap().contains(r#""message":"stopped""#));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_nobody_reads_holds_no_request_up() {
    let site = Site::start(&fixtures()).await;
    let mut service = gonggang();
    service.arg("serve").envs(site.variables());
    service.env("GONGGANG_LISTEN", "127.0.0.1:0");
    service.env("GONGGANG_SOURCE", "api").stderr(Stdio::piped());
    let mut service = Running(service.spawn().unwrap());
    let mut log = BufReader::new(service.0.stderr.take().unwrap());
    let mut ready = String::new();
    log.read_line(&mut ready).unwrap();
    let ready: Value = serde_json::from_str(&ready).unwrap();
    let address = ready["address"].as_str().unwrap();
    for _ in 0..12 {
        let answers = ask_in_a_row(address, 1000).await;
        assert_eq!(answers.matches("HTTP/1.1 404").count(), 1000);
    }
    let metrics = crate::support::client().get(format!("http://{address}/metrics"));
    let metrics = metrics.send().await.unwrap().text().await.unwrap();
    let mut lines = metrics.lines();
    let dropped = lines.find_map(|line| line.strip_prefix("gonggang_log_lines_dropped_total "));
    let dropped: u64 = dropped.unwrap().parse().unwrap();
    // 2 MiB of them wait, in the pipe and being written are some hundreds.
    assert!((1000..5000).contains(&dropped), "{dropped}");
    let id = service.0.id().to_string();
    let told = Command::new("kill").args(["-s", "TERM", &id]).status();
    assert!(told.unwrap().success());
    assert!(service.0.wait().unwrap().success());
}

/// A process that ends with its test, also where that fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Everything about people that the cases hold: identifiers, owners, classes, teachers, places.
fn personal(cases: &Cases) -> Vec<String> {
    let mut words = Vec::new();
    for case in cases.all() {
        words.push(case.identifier.clone());
        // Names of one or two letters stand in any log.
        for part in case.answer.split("=\"").skip(1) {
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

/// Attribute values of the answers that are nobody's: terms, encodings.
const KNOWN_WORDS: [&str; 3] = ["여름", "겨울", "utf-8"];

/// A folder with all cases: well-behaved, drifted, hostile.
fn all_cases(folder: &Path) {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for (prefix, from) in [
        ("a", fixtures()),
        ("b", tests.join("drift")),
        ("c", tests.join("misbehave")),
    ] {
        for case in std::fs::read_dir(from).unwrap().flatten() {
            if case.path().is_dir() {
                let name = format!("{prefix}-{}", case.file_name().to_str().unwrap());
                std::os::unix::fs::symlink(case.path(), folder.join(name)).unwrap();
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

#[tokio::test]
async fn nothing_personal_and_no_secret_is_in_the_output_of_a_whole_run() {
    a_whole_run_names_nobody(&[("GONGGANG_SOURCE", "browser".to_owned())]).await;
}

#[tokio::test]
async fn nor_where_the_api_is_asked_first() {
    a_whole_run_names_nobody(&[
        ("GONGGANG_SOURCE", "auto".to_owned()),
        ("GONGGANG_CROSS_CHECK", "3".to_owned()),
    ])
    .await;
}

async fn a_whole_run_names_nobody(source: &[(&'static str, String)]) {
    let folder = tempfile::tempdir().unwrap();
    all_cases(folder.path());
    let cases = Cases::load(folder.path()).unwrap();
    let variables = [
        ("GONGGANG_API_KEYS", format!("another-key,{KEY}")),
        ("GONGGANG_LOG", "trace".to_owned()),
        ("GONGGANG_PAGE_TIMEOUT", "2s".to_owned()),
        ("GONGGANG_TRUSTED_PROXIES", "127.0.0.0/8".to_owned()),
    ];
    let service = Service::replaying(folder.path(), &[&variables, source].concat());
    let read = |identifier: String| {
        let path = format!("{}/v1/timetables/{identifier}", service.url);
        service.client.get(path).header("x-api-key", KEY).send()
    };
    let reads = cases
        .all()
        .into_iter()
        .map(|case| read(case.identifier.clone()));
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
        lines.len() > cases.all().len() + 30,
        "{} lines",
        lines.len()
    );
    for kind in ["DEBUG", "INFO", "WARN"] {
        assert!(lines.iter().any(|line| line["level"] == kind), "no {kind}");
    }
    let mut secrets = personal(&cases);
    println!("{} lines, {} words looked for", lines.len(), secrets.len());
    assert!(secrets.len() > 100, "{secrets:?}");
    secrets.extend([KEY, WRONG_KEY, "another-key", "에브리타임에서"].map(str::to_owned));
    for secret in secrets {
        let line = output.lines().find(|line| line.contains(&secret));
        assert!(line.is_none(), "{secret:?} is in {line:?}");
    }
}

/// Set in the process that panics on purpose.
const PANICS: &str = "TEST_OF_THE_LOG_PANICS";

/// A panic is reported by the process it happens in, so that is another one than the test's.
#[tokio::test]
async fn a_panic_is_told_without_its_words() {
    if std::env::var_os(PANICS).is_some() {
        return panic_in_a_handler().await;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "log::a_panic_is_told_without_its_words",
            "--nocapture",
        ])
        .env(PANICS, "1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let log = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let panics = lines.iter().filter(|line| line["message"] == "panic");
    let places: Vec<_> = panics.map(|line| line["place"].as_str().unwrap()).collect();
    assert!(
        !places.is_empty() && places[0].starts_with("tests/browser/log.rs:"),
        "{log}"
    );
    assert!(lines.iter().any(|line| line["code"] == "internal"), "{log}");
    assert!(!log.contains(WEEKDAY), "{log}");
}

async fn panic_in_a_handler() {
    let _log = gonggang::log::start(&LogConfig {
        filter: "trace".to_owned(),
        format: Some(LogFormat::Json),
    });
    let fake = Fake::telling(
        |identifier| panic!("cannot read {}", identifier.as_str()),
        None,
    );
    let http = Http::before(&fake, &[]);
    let reply = http.get(&format!("/v1/timetables/{WEEKDAY}")).await;
    assert_eq!(reply.status, 500);
    assert!(!reply.text.contains("cannot read"));
}
