//! The bare browser: a driver, a session and two commands, with nothing of ours between.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use webdriver_fleet::{Browser, LocalEnd, find_binaries};

use crate::site::Site;

const SCRIPT: &str = include_str!("../../src/source/read_page.js");

/// How a bare browser is started.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// The headless shell, a page-load strategy of none: as bare as it gets.
    Shell,
    /// Chromium itself, driver's defaults: what a crawler that starts one per request starts.
    Whole,
}

/// Warm sessions, each with a driver of its own.
pub(crate) struct Sessions(Vec<Session>);

struct Session {
    driver: Child,
    client: reqwest::Client,
    url: String,
}

/// Driver and browser are started for one read and ended after it.
pub(crate) async fn browser_per_request(site: &Site, kind: Kind) -> Duration {
    let began = Instant::now();
    let mut session = Session::open(kind).await;
    session.read(site).await;
    session.close().await;
    began.elapsed()
}

impl Sessions {
    pub(crate) async fn open(count: usize) -> Self {
        let mut sessions = Vec::new();
        for _ in 0..count {
            sessions.push(Session::open(Kind::Shell).await);
        }
        Self(sessions)
    }

    pub(crate) async fn read_one(&mut self, site: &Site) -> Duration {
        let began = Instant::now();
        self.0[0].read(site).await;
        began.elapsed()
    }

    /// Pages a second with every session busy.
    pub(crate) async fn rate(&mut self, site: &Site, reads: usize) -> f64 {
        let each = reads / self.0.len();
        let began = Instant::now();
        let all = self.0.iter_mut().map(|session| async move {
            for _ in 0..each {
                session.read(site).await;
            }
        });
        futures_util::future::join_all(all).await;
        (each * self.0.len()) as f64 / began.elapsed().as_secs_f64()
    }

    pub(crate) async fn close(self) {
        for session in self.0 {
            session.close().await;
        }
    }
}

impl Session {
    async fn open(kind: Kind) -> Self {
        let binaries = find_binaries(Browser::Chromium, &LocalEnd::default()).unwrap();
        let port = free_port();
        let driver = Command::new(&binaries.driver)
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let client = crate::site::client();
        let base = format!("http://127.0.0.1:{port}");
        wait_for(&client, &format!("{base}/status")).await;
        let mut session = Self {
            driver,
            client,
            url: format!("{base}/session"),
        };
        let wanted = capabilities(kind, &binaries.browser);
        let created = session
            .post("", &json!({"capabilities": {"alwaysMatch": wanted}}))
            .await;
        session.url = format!("{}/{}", session.url, created["sessionId"].as_str().unwrap());
        session
    }

    /// One navigation, one script.
    async fn read(&mut self, site: &Site) {
        let path = format!("/@{}", site.fresh_identifier());
        let call = format!("{}/find/timetable/table/friend", site.url);
        self.post("/url", &json!({"url": format!("{}{path}", site.url)}))
            .await;
        let args = json!([path, call, 10_000]);
        let read = self
            .post("/execute/async", &json!({"script": SCRIPT, "args": args}))
            .await;
        // Without the fleet's care the script may still see the page before.
        assert!(
            read["state"] == "drawn" || read["state"] == "left",
            "{read}"
        );
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.client.post(format!("{}{path}", self.url)).json(body);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        answer["value"].clone()
    }

    async fn close(mut self) {
        let _ = self.client.delete(&self.url).send().await;
        self.driver.kill().unwrap();
        self.driver.wait().unwrap();
    }
}

fn capabilities(kind: Kind, shell: &Path) -> Value {
    let mut wanted = match kind {
        Kind::Shell => json!({"pageLoadStrategy": "none"}),
        Kind::Whole => json!({}),
    };
    let (browser, own) = match kind {
        Kind::Shell => (
            shell.to_owned(),
            ["--headless", "--remote-debugging-pipe"].as_slice(),
        ),
        Kind::Whole => (
            shell.with_file_name("chromium"),
            ["--headless=new"].as_slice(),
        ),
    };
    let common = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
    ];
    let args = [common.as_slice(), own, &["--window-size=910,1300"]].concat();
    wanted["goog:chromeOptions"] = json!({"binary": browser, "args": args});
    wanted
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

async fn wait_for(client: &reqwest::Client, url: &str) {
    while client.get(url).send().await.is_err() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
