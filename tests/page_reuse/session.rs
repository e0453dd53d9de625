//! A bare WebDriver session that navigates to timetables, or draws them in the page it shows.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "the test and the measurement use their own parts"
)]

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use gonggang::timetable::Timetable;
use gonggang::timetable::reading::{self, PageReading};
use serde::Deserialize;
use serde_json::{Value, json};
use webdriver_fleet::{Browser, LocalEnd, find_binaries};

const READ: &str = include_str!("../../src/source/read_page.js");
const REDRAW: &str = include_str!("redraw.js");
const DEVIATIONS: &str = include_str!("deviations.js");
const CALL: &str = "/find/timetable/table/friend";
/// The fleet's own that make navigations cheap, so that drawing in place gains nothing by lack of them.
const ARGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-features=BackForwardCache,PaintHolding,RenderDocument,\
     ProactivelySwapBrowsingInstance",
    "--blink-settings=imagesEnabled=false",
    "--window-size=910,1300",
];
/// Milliseconds a page may take.
const PAGE_TIMEOUT: u64 = 3000;
const MOST_ALERTS: usize = 50;

/// A timetable, or the words for why there is none.
pub(crate) type Outcome = Result<Timetable, String>;

/// What a page gave that was made to draw another timetable.
#[derive(Debug, Deserialize)]
pub(crate) struct Redrawn {
    pub(crate) reading: Option<PageReading>,
    /// Why the reading is not to be believed; what else came in between is a doubt as well.
    pub(crate) doubt: Option<String>,
}

pub(crate) struct Session {
    driver: Child,
    client: reqwest::Client,
    url: String,
    site: String,
}

impl Session {
    pub(crate) async fn open(site: &str) -> Self {
        let binaries = find_binaries(Browser::Chromium, &LocalEnd::default()).unwrap();
        let port = free_port();
        let driver = Command::new(&binaries.driver)
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut session = Self {
            driver,
            client: client(),
            url: format!("http://127.0.0.1:{port}/session"),
            site: site.to_owned(),
        };
        let status = format!("http://127.0.0.1:{port}/status");
        while session.client.get(&status).send().await.is_err() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let options = json!({"binary": binaries.browser, "args": ARGS});
        let wanted = json!({
            "pageLoadStrategy": "none", "unhandledPromptBehavior": "ignore",
            "goog:chromeOptions": options,
        });
        let body = json!({"capabilities": {"alwaysMatch": wanted}});
        let created = session.post("", &body).await;
        session.url = format!("{}/{}", session.url, created["sessionId"].as_str().unwrap());
        session
    }

    /// A full navigation, by way of a blank page, so that the reading is of no page before.
    pub(crate) async fn navigate(&self, identifier: &str) -> Outcome {
        self.leave().await;
        self.go(&format!("{}/@{identifier}", self.site)).await;
        let mut alerts = Vec::new();
        for _ in 0..MOST_ALERTS {
            match serde_json::from_value(self.run(READ, identifier).await) {
                Ok(page) => return outcome(identifier, page, &alerts),
                Err(_) => alerts.extend(self.accept_alert().await),
            }
        }
        panic!("no end of alerts");
    }

    /// The same by as few commands as it takes, for measuring. The script may still meet the page
    /// before and is run again then.
    pub(crate) async fn navigate_barely(&self, identifier: &str) -> Outcome {
        self.go(&format!("{}/@{identifier}", self.site)).await;
        loop {
            match serde_json::from_value(self.run(READ, identifier).await) {
                Ok(page @ PageReading::Drawn(_)) => return outcome(identifier, page, &[]),
                _ => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    }

    /// Draws it in the page shown, without a navigation. Anything unforeseen is a doubt.
    pub(crate) async fn redraw(&self, identifier: &str) -> Redrawn {
        let script = format!("const readPage = function () {{ {READ} }};\n{REDRAW}");
        let answer = self.run(&script, identifier).await;
        serde_json::from_value(answer).unwrap_or_else(|_| Redrawn {
            reading: None,
            doubt: Some("interrupted".to_owned()),
        })
    }

    /// The same, navigated to at any doubt, which is given as well.
    pub(crate) async fn redraw_or_navigate(&self, identifier: &str) -> (Outcome, Option<String>) {
        match self.redraw(identifier).await {
            Redrawn {
                reading: Some(page),
                doubt: None,
            } => (outcome(identifier, page, &[]), None),
            Redrawn { doubt, .. } => (
                self.navigate(identifier).await,
                doubt.or(Some("?".to_owned())),
            ),
        }
    }

    /// Lays one of `deviations.js` over the page shown.
    pub(crate) async fn deviate(&self, name: &str) {
        let script = format!("{DEVIATIONS}\ndeviate(arguments[0]).then(arguments[1])");
        let body = json!({"script": script, "args": [name]});
        self.post("/execute/async", &body).await;
    }

    /// What a fleet must do between strangers if the page stays: its scripts are stopped, what it
    /// stored is cleared, and its scripts run again.
    pub(crate) async fn clean(&self) {
        let command = "Emulation.setScriptExecutionDisabled";
        self.devtools(command, &json!({"value": true})).await;
        let stores = "cookies,local_storage,indexeddb,service_workers,cache_storage,file_systems";
        let all = json!({"origin": "*", "storageTypes": stores});
        self.devtools("Storage.clearDataForOrigin", &all).await;
        self.devtools(command, &json!({"value": false})).await;
    }

    /// The driver's process.
    pub(crate) fn driver(&self) -> u32 {
        self.driver.id()
    }

    pub(crate) async fn close(self) {
        let _ = self.client.delete(&self.url).send().await;
    }

    /// Waits until the page has gone: until then it may open another alert.
    async fn leave(&self) {
        self.go("about:blank").await;
        while self.shown().await != "about:blank" {
            self.go("about:blank").await;
        }
    }

    async fn shown(&self) -> String {
        let history = json!({"cmd": "Page.getNavigationHistory", "params": {}});
        let history = self.post("/goog/cdp/execute", &history).await;
        let current = history["currentIndex"].as_u64().unwrap_or_default();
        let url = &history["entries"][current as usize]["url"];
        url.as_str().unwrap_or_default().to_owned()
    }

    /// Alerts hold navigation up; a page may have queued several.
    async fn go(&self, url: &str) {
        for _ in 0..MOST_ALERTS {
            if self.post("/url", &json!({"url": url})).await.is_null() {
                return;
            }
            self.accept_alert().await;
        }
        panic!("{url} cannot be navigated to");
    }

    async fn run(&self, script: &str, identifier: &str) -> Value {
        let args = json!([
            format!("/@{identifier}"),
            format!("{}{CALL}", self.site),
            PAGE_TIMEOUT
        ]);
        self.post("/execute/async", &json!({"script": script, "args": args}))
            .await
    }

    async fn accept_alert(&self) -> Option<String> {
        let url = format!("{}/alert/text", self.url);
        let text: Value = self
            .client
            .get(url)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        self.post("/alert/accept", &json!({})).await;
        text["value"].as_str().map(str::to_owned)
    }

    async fn devtools(&self, command: &str, params: &Value) {
        self.post(
            "/goog/cdp/execute",
            &json!({"cmd": command, "params": params}),
        )
        .await;
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.client.post(format!("{}{path}", self.url)).json(body);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        answer["value"].clone()
    }
}

/// Over a pipe the browser ends with its driver, also where a test fails.
impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

pub(crate) fn outcome(identifier: &str, page: PageReading, alerts: &[String]) -> Outcome {
    let identifier = identifier.parse().unwrap();
    reading::timetable(&identifier, page, alerts).map_err(|unread| unread.to_string())
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// The library leaves the choice of a cryptography to the program.
fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}
