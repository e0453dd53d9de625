//! A bare session that gets the commands of the fleet, one after the other, and variants for which the
//! fleet has no option.

use std::collections::BTreeMap;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use gonggang::source::VIEWPORT;
use serde_json::{Value, json};
use webdriver_fleet::{Binaries, Browser, LocalEndpoint, find_binaries};

use crate::common::bare::{SCRIPT, free_port, wait_for};
use crate::common::client;
use crate::common::figures::Figures;
use crate::common::site::Site;
use crate::fleet::{CALL, PATIENCE, is_drawn};

const WRAPPER: &str = include_str!("../../webdriver/src/wrapper.js");
const LEAVE: &str = include_str!("../../webdriver/src/chromium/leave.js");
const MARK: &str = "/left-0123456789abcdef";
const STORES: &str = "cookies,indexeddb,service_workers,cache_storage,file_systems";
/// The fleet's arguments that a page's time depends on.
const ARGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-remote-fonts",
    "--disable-features=Translate,MediaRouter,OptimizationHints,DialMediaRouteProvider,\
     BackForwardCache,PaintHolding,RenderDocument,ProactivelySwapBrowsingInstance",
    "--blink-settings=imagesEnabled=false",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
    "--js-flags=--max-old-space-size=256",
];

/// A command of the `DevTools` protocol.
pub(crate) type DevTools = (&'static str, &'static str);

/// How a bare session differs from the fleet's.
#[derive(Clone, Copy)]
pub(crate) struct Settings {
    /// The driver talks to the browser over a pipe, otherwise over a port.
    pub(crate) pipe: bool,
    /// Sent once at the start, with the parameters as JSON.
    pub(crate) first: &'static [DevTools],
    pub(crate) cleaning: Cleaning,
    /// Milliseconds until the script is sent again if the page has not arrived.
    pub(crate) pause: u64,
    pub(crate) window: Window,
    /// `Page.navigate`, which answers when the page starts to arrive, instead of the driver's own command.
    pub(crate) by_devtools: bool,
    /// A script of the driver waits for the document, with a deadline.
    pub(crate) waits: bool,
}

/// When the window is hidden.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Window {
    Always,
    Never,
    /// From the answer until the session is clean.
    Cleaned,
    /// From the answer until the next page, which then takes one more command.
    Resting,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cleaning {
    /// An empty document of the same process takes the page's place.
    Replace,
    /// The driver leaves the page for a blank document.
    Leave,
    /// Nothing at all.
    None,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            pipe: true,
            first: &[],
            cleaning: Cleaning::Replace,
            pause: 5,
            by_devtools: false,
            waits: false,
            window: Window::Always,
        }
    }
}

pub(crate) struct Bare {
    settings: Settings,
    driver: Child,
    client: reqwest::Client,
    url: String,
    site: String,
    /// The main frame's name.
    frame: String,
    /// The fleet's world in the last document.
    world: AtomicU64,
    /// Duration of each command, by its position in a read.
    pub(crate) commands: Mutex<BTreeMap<&'static str, Figures>>,
}

impl Bare {
    pub(crate) async fn open(settings: &Settings, site: &Site) -> Self {
        let port = free_port();
        let address = format!("http://127.0.0.1:{port}");
        let mut bare = Self {
            settings: *settings,
            driver: start_driver(port),
            client: client(),
            url: format!("{address}/session"),
            site: site.url.clone(),
            frame: String::new(),
            world: AtomicU64::new(0),
            commands: Mutex::default(),
        };
        wait_for(&bare.client, &format!("{address}/status")).await;
        let wanted = json!({"capabilities": {"alwaysMatch": bare.capabilities()}});
        let created = bare.post("", &wanted).await;
        bare.url = format!("{}/{}", bare.url, created["sessionId"].as_str().unwrap());
        bare.post("/url", &json!({"url": "about:blank"})).await;
        let nothing = json!({});
        let tree = bare.devtools("at the start", "Page.getFrameTree", &nothing);
        text(&tree.await["frameTree"]["frame"]["id"]).clone_into(&mut bare.frame);
        if settings.window == Window::Always {
            bare.show("minimized").await;
        }
        for (command, params) in settings.first {
            let params = serde_json::from_str(params).unwrap();
            bare.devtools("at the start", command, &params).await;
        }
        bare
    }

    fn capabilities(&self) -> Value {
        let browser = binaries().browser;
        json!({
            "pageLoadStrategy": "none", "unhandledPromptBehavior": "ignore",
            "goog:chromeOptions": {"binary": browser, "args": self.args()},
            "goog:loggingPrefs": {"browser": "SEVERE"},
        })
    }

    fn args(&self) -> Vec<String> {
        let (width, height) = VIEWPORT;
        let host = self.site.trim_start_matches("http://");
        let mut args: Vec<_> = ARGS.iter().map(ToString::to_string).collect();
        args.push(format!("--window-size={width},{height}"));
        args.push(format!(
            "--host-resolver-rules=MAP {host} {host}, MAP * ~NOTFOUND"
        ));
        if self.settings.pipe {
            args.push("--remote-debugging-pipe".to_owned());
        }
        args
    }

    /// One page, until it is read.
    pub(crate) async fn read(&self, identifier: &str) -> Result<(), String> {
        let path = format!("/@{identifier}");
        let url = format!("{}{path}", self.site);
        if self.settings.window == Window::Resting {
            self.show("normal").await;
        }
        self.navigate(&url).await;
        let circumstances = json!({
            "alerts": [], "left": PATIENCE.as_millis(), "spare": 250, "mark": MARK,
            "hidden": PATIENCE.as_millis(), "firefox": false, "record": null, "again": false,
        });
        let args = json!([path, [format!("{}{CALL}", self.site)], {}]);
        let wrapper = WRAPPER.trim_end();
        let script = format!(
            "new Promise((done) => {wrapper}({args}, {circumstances}, function () {{\n{SCRIPT}\n}}, done))"
        );
        let began = Instant::now();
        loop {
            let answer = self.run(&script).await;
            match (&answer["value"], self.settings.cleaning) {
                // Without cleaning the script may meet the previous page.
                (left, Cleaning::None) if left["state"] == "left" => {}
                (Value::Null, _) if began.elapsed() < PATIENCE => {}
                (reading, _) => return is_drawn(reading),
            }
            tokio::time::sleep(Duration::from_millis(self.settings.pause)).await;
        }
    }

    async fn run(&self, script: &str) -> Value {
        if self.settings.waits {
            let nothing = json!({"script": "", "args": []});
            self.timed("wait", "/execute/sync", &nothing).await;
        }
        let world = self.enter().await;
        self.world.store(world, Relaxed);
        self.evaluate("script", world, script).await
    }

    async fn evaluate(&self, step: &'static str, world: u64, expression: &str) -> Value {
        let params = json!({
            "expression": expression, "contextId": world, "awaitPromise": true, "returnByValue": true,
        });
        let mut answer = self.devtools(step, "Runtime.evaluate", &params).await;
        answer["result"]["value"].take()
    }

    async fn navigate(&self, url: &str) {
        let to = json!({"url": url});
        if self.settings.by_devtools {
            self.devtools("navigate", "Page.navigate", &to).await;
        } else {
            self.timed("navigate", "/url", &to).await;
        }
    }

    pub(crate) async fn clean(&self) {
        if matches!(self.settings.window, Window::Cleaned | Window::Resting) {
            self.show("minimized").await;
        }
        match self.settings.cleaning {
            Cleaning::Replace => {
                let world = self.world.load(Relaxed);
                let leave = format!("({})({})", LEAVE.trim_end(), json!(MARK));
                self.evaluate("leave", world, &leave).await;
                self.forget_history().await;
                while !self.is_replaced().await {}
                let command = "Network.getSecurityIsolationStatus";
                let frame = json!({"frameId": self.frame});
                self.devtools("look for a policy", command, &frame).await;
            }
            Cleaning::Leave => {
                self.post("/url", &json!({"url": "about:blank"})).await;
                let probe = json!({"script": "self.name = ''; return location.href", "args": []});
                while self.post("/execute/sync", &probe).await != "about:blank" {}
                self.forget_history().await;
            }
            Cleaning::None => (),
        }
        match self.settings.cleaning {
            Cleaning::Replace => self.clear(STORES).await,
            Cleaning::Leave => self.clear("all").await,
            Cleaning::None => (),
        }
        if self.settings.window == Window::Cleaned {
            self.show("normal").await;
        }
    }

    async fn show(&self, state: &str) {
        let bounds = json!({"windowId": 1, "bounds": {"windowState": state}});
        self.devtools("show the window", "Browser.setWindowBounds", &bounds)
            .await;
    }

    async fn clear(&self, stores: &str) {
        let all = json!({"origin": "*", "storageTypes": stores});
        self.devtools("clear stores", "Storage.clearDataForOrigin", &all)
            .await;
    }

    async fn forget_history(&self) {
        let command = "Page.resetNavigationHistory";
        self.devtools("forget history", command, &json!({})).await;
    }

    /// Whether the empty document has taken the page's place.
    async fn is_replaced(&self) -> bool {
        let nothing = json!({});
        let targets = self.devtools("look for others", "Target.getTargets", &nothing);
        let targets = targets.await["targetInfos"].take();
        let mut targets = targets.as_array().into_iter().flatten();
        targets.any(|target| text(&target["url"]).ends_with(MARK))
    }

    /// The fleet's world in the document shown.
    async fn enter(&self) -> u64 {
        let place = json!({"frameId": self.frame, "worldName": "fleet"});
        let world = self.devtools("enter", "Page.createIsolatedWorld", &place);
        world.await["executionContextId"].as_u64().unwrap()
    }

    async fn devtools(&self, step: &'static str, command: &str, params: &Value) -> Value {
        let body = json!({"cmd": command, "params": params});
        self.timed(step, "/goog/cdp/execute", &body).await
    }

    async fn timed(&self, step: &'static str, path: &str, body: &Value) -> Value {
        let began = Instant::now();
        let answer = self.post(path, body).await;
        let mut commands = self.commands.lock().unwrap();
        commands.entry(step).or_default().add(began.elapsed());
        answer
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.client.post(format!("{}{path}", self.url)).json(body);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        answer["value"].clone()
    }

    pub(crate) fn group(&self) -> u32 {
        self.driver.id()
    }

    pub(crate) async fn close(self) {
        let _ = self.client.delete(&self.url).send().await;
    }
}

/// Ends driver and browser, even if a measurement fails.
impl Drop for Bare {
    fn drop(&mut self) {
        let group = format!("-{}", self.driver.id());
        let _ = Command::new("kill")
            .args(["-s", "KILL", "--", &group])
            .status();
        let _ = self.driver.wait();
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn binaries() -> Binaries {
    find_binaries(Browser::Chromium, &LocalEndpoint::default()).unwrap()
}

fn start_driver(port: u16) -> Child {
    Command::new(binaries().driver)
        .arg(format!("--port={port}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap()
}
