//! The bare browser: a driver, a session and two commands, without the fleet.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client;
use super::engine::{Engine, Strategy};
use super::site::Site;

/// The service's own script, without the answer that the service compares a page with.
pub const SCRIPT: &str = concat!(
    "this.recorded = { begun: 1, answers: [{}] };\n",
    include_str!("../../src/source/read_page.js")
);

/// Warm sessions, each with a driver of its own.
pub struct Sessions(Vec<Session>);

pub struct Session {
    driver: Child,
    client: reqwest::Client,
    url: String,
}

/// Driver and browser start for one read and end after it.
pub async fn browser_per_request(engine: Engine, strategy: Strategy, site: &Site) -> Duration {
    let began = Instant::now();
    let session = Session::open(engine, strategy).await;
    session.read(site).await;
    session.close().await;
    began.elapsed()
}

impl Sessions {
    pub async fn open(engine: Engine, count: usize) -> Self {
        let mut sessions = Vec::new();
        for _ in 0..count {
            sessions.push(Session::open(engine, Strategy::None).await);
        }
        Self(sessions)
    }

    pub async fn read_one(&self, site: &Site) -> Duration {
        let began = Instant::now();
        self.0[0].read(site).await;
        began.elapsed()
    }

    /// Pages a second with every session busy.
    pub async fn rate(&self, site: &Site, reads: usize) -> f64 {
        let each = reads / self.0.len();
        let began = Instant::now();
        let all = self.0.iter().map(|session| async move {
            for _ in 0..each {
                session.read(site).await;
            }
        });
        futures_util::future::join_all(all).await;
        (each * self.0.len()) as f64 / began.elapsed().as_secs_f64()
    }

    pub async fn close(self) {
        for session in self.0 {
            session.close().await;
        }
    }
}

impl Session {
    pub async fn open(engine: Engine, strategy: Strategy) -> Self {
        let port = free_port();
        let driver = Command::new(engine.binaries().unwrap().driver)
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let client = client();
        let base = format!("http://127.0.0.1:{port}");
        wait_for(&client, &format!("{base}/status")).await;
        let mut session = Self {
            driver,
            client,
            url: format!("{base}/session"),
        };
        let wanted = engine.capabilities(strategy);
        let created = session
            .post("", &json!({"capabilities": {"alwaysMatch": wanted}}))
            .await;
        session.url = format!("{}/{}", session.url, created["sessionId"].as_str().unwrap());
        session
    }

    /// One navigation, one script.
    async fn read(&self, site: &Site) {
        let path = format!("/@{}", site.fresh_identifier());
        let call = format!("{}/find/timetable/table/friend", site.url);
        self.post("/url", &json!({"url": format!("{}{path}", site.url)}))
            .await;
        let args = json!([path, [call], {}, 10_000]);
        let read = self
            .post("/execute/async", &json!({"script": SCRIPT, "args": args}))
            .await;
        // Without the fleet the script may still see the previous page.
        assert!(
            read["state"] == "drawn" || read["state"] == "left",
            "{read}"
        );
    }

    pub async fn get(&self, path: &str) -> Value {
        value(self.client.get(format!("{}{path}", self.url))).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Value {
        value(self.client.post(format!("{}{path}", self.url)).json(body)).await
    }

    pub async fn close(self) {
        let _ = self.client.delete(&self.url).send().await;
    }
}

async fn value(request: reqwest::RequestBuilder) -> Value {
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    answer["value"].clone()
}

/// Ends driver and browser, even if a measurement fails.
impl Drop for Session {
    fn drop(&mut self) {
        let group = format!("-{}", self.driver.id());
        let kill = ["-s", "KILL", "--", &group];
        let _ = Command::new("kill").args(kill).status();
        let _ = self.driver.wait();
    }
}

pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

pub async fn wait_for(client: &reqwest::Client, url: &str) {
    while client.get(url).send().await.is_err() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
