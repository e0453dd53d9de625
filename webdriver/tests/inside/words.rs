//! No word of a driver, a browser or a page is logged or told as it is.

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

/// What a log took down.
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

/// Longest text that is told, with the words around an excerpt.
const LONGEST: usize = 1000;

fn is_fit(text: &str) {
    for unfit in ["http://", "/@", IDENTIFIER, "\x1b", "\r"] {
        let shown: String = text.chars().take(LONGEST).collect();
        assert!(!text.contains(unfit), "{unfit:?} in {shown}");
    }
    let longest = text.lines().map(str::len).max().unwrap_or_default();
    assert!(longest <= LONGEST, "a line of {longest} bytes");
}

#[tokio::test]
async fn a_driver_that_quotes_a_page_is_not_quoted() {
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
    is_fit(&format!("{failed}\n{failed:?}"));
    eventually("no session", || {
        fleet.status().slots[0].state == SlotState::Down
    })
    .await;
    let refused = fleet.visit(visit(&fake.url, "")).await.unwrap_err();
    is_fit(&format!("{refused}\n{refused:?}"));
    is_fit(&serde_json::to_string(&fleet.status()).unwrap());
    let written = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(
        written.contains("session lost") && written.contains("no session"),
        "{written}"
    );
    is_fit(&written);
    fleet.shutdown(Duration::from_secs(1)).await;
}

#[tokio::test]
async fn an_end_that_quotes_a_page_at_the_start_is_not_quoted() {
    let fake = Fake::start().await;
    fake.be(Mood::Quoting);
    let refused = Fleet::start(fake.of(config(1))).await.unwrap_err();
    is_fit(&format!("{refused}\n{refused:?}"));
    fake.be(Mood::Well);
    fleet_of(fake.of(config(1)))
        .await
        .shutdown(Duration::from_secs(1))
        .await;
}
