//! What the service writes where it asks the API: every line, without holding up a request, and nothing personal.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::support::privacy::{EVERY_FAULT, names_no_one};
use crate::support::{Service, Site, fixtures, gonggang};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

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

#[tokio::test]
async fn a_trusted_proxy_without_key_and_rate_limit_is_warned_of_at_the_start() {
    let site = Site::start(&fixtures()).await;
    let warnings = |more: &[(&'static str, &str)]| {
        let mut variables = site.api_variables();
        variables.extend(
            more.iter()
                .map(|(name, value)| (*name, (*value).to_owned())),
        );
        let log = Service::start(&variables).log();
        let about = |line: &&String| line.contains("GONGGANG_RATE_LIMIT");
        log.iter().filter(about).count()
    };
    let trusting = ("GONGGANG_TRUSTED_PROXIES", "127.0.0.1");
    assert_eq!(warnings(&[trusting]), 1);
    assert_eq!(warnings(&[]), 0);
    assert_eq!(warnings(&[trusting, ("GONGGANG_RATE_LIMIT", "60")]), 0);
    assert_eq!(warnings(&[trusting, ("GONGGANG_API_KEYS", "secret")]), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_without_a_reader_delays_no_request() {
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

/// Asks so many times on one connection without waiting for the answers, then reads all of them.
async fn ask_in_a_row(address: &str, times: usize) -> String {
    let ask = |close: &str| format!("GET /nowhere HTTP/1.1\r\nHost: localhost\r\n{close}\r\n");
    let all = ask("").repeat(times - 1) + &ask("Connection: close\r\n");
    let (mut from, mut to) = TcpStream::connect(address).await.unwrap().into_split();
    // A caller that closes its half is taken to have left.
    let asking = tokio::spawn(async move { to.write_all(all.as_bytes()).await.map(|()| to) });
    let mut answers = String::new();
    from.read_to_string(&mut answers).await.unwrap();
    asking.await.unwrap().unwrap();
    answers
}

/// A process that ends with its test, also where that fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn nothing_personal_and_no_secret_is_in_the_output_of_a_whole_run() {
    names_no_one(
        &[("GONGGANG_SOURCE", "api".to_owned())],
        &EVERY_FAULT,
        |_| true,
    )
    .await;
}
