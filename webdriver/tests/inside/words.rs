//! No text of a driver, a browser or a page is logged or returned unchanged.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use crate::common::{
    config,
    fake::{Fake, Mood},
    fleet_of,
    hostile::IDENTIFIER,
    processes::eventually,
    visit,
};
use std::time::Duration;
use tracing_subscriber::EnvFilter;
use webdriver_fleet::{Fleet, Limits, SlotState};

/// The lines of a log.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Longest text with an excerpt and the words around it, in bytes.
const LONGEST: usize = 1000;

fn is_safe(text: &str) {
    for unsafe_part in ["http://", "/@", IDENTIFIER, "\x1b", "\r"] {
        let shown: String = text.chars().take(LONGEST).collect();
        assert!(!text.contains(unsafe_part), "{unsafe_part:?} in {shown}");
    }
    let longest = text.lines().map(str::len).max().unwrap_or_default();
    assert!(longest <= LONGEST, "a line of {longest} bytes");
}

#[tokio::test]
async fn no_error_status_or_log_quotes_a_driver_that_quotes_a_page() {
    let lines = Lines::default();
    let writer = lines.clone();
    let log = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("webdriver_fleet=trace"))
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _log = tracing::subscriber::set_default(log);
    let fake = Fake::start().await;
    let config = webdriver_fleet::FleetConfig {
        limits: Limits {
            backoff: Duration::from_millis(20),
            backoff_max: Duration::from_millis(50),
            ..Limits::default()
        },
        ..config(1)
    };
    let fleet = Fleet::start(fake.of(config)).await.unwrap();
    fake.be(Mood::Quoting);
    let failed = fleet.visit(visit(&fake.url, "")).await.unwrap_err();
    is_safe(&format!("{failed}\n{failed:?}"));
    eventually("no session", || {
        fleet.status().slots[0].state == SlotState::Down
    })
    .await;
    let refused = fleet.visit(visit(&fake.url, "")).await.unwrap_err();
    is_safe(&format!("{refused}\n{refused:?}"));
    is_safe(&serde_json::to_string(&fleet.status()).unwrap());
    let written = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(
        written.contains("session lost") && written.contains("no session"),
        "{written}"
    );
    is_safe(&written);
    fleet.shutdown(Duration::from_secs(1)).await;
}

#[tokio::test]
async fn a_start_error_does_not_quote_a_remote_end_that_quotes_a_page() {
    let fake = Fake::start().await;
    fake.be(Mood::Quoting);
    let refused = Fleet::start(fake.of(config(1))).await.unwrap_err();
    is_safe(&format!("{refused}\n{refused:?}"));
    fake.be(Mood::Well);
    fleet_of(fake.of(config(1)))
        .await
        .shutdown(Duration::from_secs(1))
        .await;
}
