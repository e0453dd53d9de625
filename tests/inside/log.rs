//! What is written of a panic.

use std::process::{Command, Stdio};

use crate::support::fake::{Fake, Http};
use gonggang::log::{LogConfig, LogFormat};
use serde_json::Value;

const WEEKDAY: &str = "weekday0000000000000";

/// Set in the process that panics on purpose.
const PANICS: &str = "TEST_OF_THE_LOG_PANICS";

/// A panic is reported by the process it happens in, so that is another one than the test's.
#[tokio::test]
async fn a_panic_is_logged_without_its_message() {
    if std::env::var_os(PANICS).is_some() {
        return panic_in_a_handler().await;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "log::a_panic_is_logged_without_its_message",
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
        !places.is_empty() && places[0].starts_with("tests/inside/log.rs:"),
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
