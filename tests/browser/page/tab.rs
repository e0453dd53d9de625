//! A tab that is really reloaded, left and come back to: a WebDriver session of its own, for the fleet's visits forget
//! all that a tab holds.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Client;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use webdriver_fleet::{Binaries, Browser, LocalEndpoint, find_binaries};

use super::visitor::{driver, keep};
use crate::support::client;

/// Longest that the driver, a page or a script may take; the machine may be busy.
const PATIENCE: Duration = Duration::from_mins(1);

/// A browser's only tab. It ends with its driver.
pub struct Tab {
    _driver: Driver,
    client: Client,
    session: String,
}

impl Tab {
    pub async fn open(kind: Browser) -> Self {
        let port = free_port().await;
        let end = LocalEndpoint {
            driver_binary: driver(kind),
            ..LocalEndpoint::default()
        };
        let binaries = find_binaries(kind, &end).unwrap();
        let driver = started(&binaries, port);
        let mut tab = Self {
            _driver: driver,
            client: client(),
            session: format!("http://127.0.0.1:{port}/session"),
        };
        let answering = async {
            while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, answering).await.unwrap();
        let asked = json!({ "capabilities": { "alwaysMatch": capabilities(kind, &binaries) } });
        let made = tab.post("", &asked).await;
        tab.session = format!("{}/{}", tab.session, made["sessionId"].as_str().unwrap());
        tab
    }

    pub async fn goes_to(&self, url: &str) {
        self.post("/url", &json!({ "url": url })).await;
    }

    pub async fn reloads(&self) {
        self.post("/refresh", &json!({})).await;
    }

    pub async fn goes_back(&self) {
        self.post("/back", &json!({})).await;
    }

    pub async fn address(&self) -> String {
        self.get("/url").await.as_str().unwrap().to_owned()
    }

    /// What `scene`, a part of a script, returns once the page is ready.
    pub async fn plays(&self, scene: &str) -> Value {
        let script = format!(
            "{HANDS}\n{{ {scene} }} }})().then(done, (error) => done({{ failed: String(error) }}));"
        );
        let value = self
            .post("/execute/async", &json!({ "script": script, "args": [] }))
            .await;
        assert!(value["failed"].is_null(), "{value}");
        value
    }

    /// A command of the `DevTools` protocol; Chromium's only.
    pub async fn devtools(&self, command: &str, params: &Value) {
        self.post(
            "/goog/cdp/execute",
            &json!({ "cmd": command, "params": params }),
        )
        .await;
    }

    /// Keeps a picture for people to look at.
    pub async fn is_kept(&self, name: &str) {
        let picture = self.get("/screenshot").await;
        keep(name, &STANDARD.decode(picture.as_str().unwrap()).unwrap());
    }

    /// Ends the browser as its driver does.
    pub async fn closes(self) {
        let answer = self.client.delete(&self.session).send().await;
        assert!(answer.unwrap().status().is_success());
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self
            .client
            .post(format!("{}{path}", self.session))
            .json(body);
        value(request).await
    }

    async fn get(&self, path: &str) -> Value {
        value(self.client.get(format!("{}{path}", self.session))).await
    }
}

/// A driver in a process group of its own, with all that it starts: they end together.
struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        let group = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw);
        let _ = kill_process_group(group.unwrap(), Signal::KILL);
        let _ = self.0.wait();
    }
}

async fn value(request: reqwest::RequestBuilder) -> Value {
    let answer = request.timeout(2 * PATIENCE).send().await.unwrap();
    let is_success = answer.status().is_success();
    let mut answer: Value = answer.json().await.unwrap();
    assert!(is_success, "{answer}");
    answer["value"].take()
}

fn started(binaries: &Binaries, port: u16) -> Driver {
    let driver = Command::new(&binaries.driver)
        .arg(format!("--port={port}"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn();
    Driver(driver.unwrap())
}

fn capabilities(kind: Browser, binaries: &Binaries) -> Value {
    let timeouts = json!({ "script": PATIENCE.as_millis(), "pageLoad": PATIENCE.as_millis() });
    match kind {
        Browser::Chromium => json!({
            "timeouts": timeouts,
            "goog:chromeOptions": {
                "binary": binaries.browser,
                "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,900"],
            },
        }),
        Browser::Firefox => json!({
            "timeouts": timeouts,
            "moz:firefoxOptions": { "binary": binaries.browser, "args": ["-headless"] },
        }),
    }
}

async fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

/// What every scene may use; the same as in `prelude.js`.
const HANDS: &str = "
    const done = arguments[arguments.length - 1];
    const $ = (selector) => document.querySelector(selector);
    const texts = (selector) => [...document.querySelectorAll(selector)].map((element) => element.innerText.trim());
    const until = async (fact) => { while (!fact()) await new Promise((go) => setTimeout(go, 10)); };
    const id = (name) => name.replaceAll('-', '').padEnd(20, '0');
    const link = (name) => `https://everytime.kr/@${id(name)}`;
    const asked = () => performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname).filter((path) => path.startsWith('/v1/'));
    const settled = () => until(() => $('#results')?.checkVisibility());
    const sight = () => ({
        text: $('#links').value, chips: texts('.choice button'), heading: $('#results-heading').innerText, cells: texts('.heat td button'),
        faults: [...document.querySelectorAll('.fault')].map(({ dataset }) => dataset.code), shown: texts('[aria-pressed=true]'),
    });
    (async () => {
    await until(() => document.documentElement.dataset.ready);";
