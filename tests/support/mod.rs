//! What the tests share: the real binary against a stand-in site that runs inside the test.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test target uses its own part"
)]

pub mod address;
pub mod calendars;
pub mod errors;
pub mod failing;
pub mod fake;
pub mod grid;
pub mod metrics;
pub mod node;
pub mod privacy;
pub mod processes;
pub mod random;
pub mod reader;
pub mod redis;
pub mod shapes;
pub mod shared;
pub mod task;
pub mod timetables;
pub mod tinyproxy;
pub mod verdicts;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use serde_json::Value;
use standin::Fixtures;
use tokio::net::TcpListener;

/// Longest that the service may take to be ready, or to end.
const PATIENCE: Duration = Duration::from_secs(90);

/// The project's own fixtures.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Fixtures that differ from each other in what the page does: enough where all have been read otherwise.
pub const HANDFUL: [&str; 11] = [
    "weekday",
    "sunday",
    "overlap",
    "markup-and-emoji",
    "without-jquery",
    "private",
    "unknown",
    "forbidden",
    "drawn-bit-by-bit",
    "status-minus-three",
    "interstitial",
];

/// What a fixture's `expected.json` says.
pub fn expected(folder: &Path) -> Value {
    let text = std::fs::read_to_string(folder.join("expected.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A document without what differs from read to read.
pub fn read_part(mut document: Value) -> Value {
    let members = document.as_object_mut().unwrap();
    members.remove("fetched_at");
    members.remove("source");
    document
}

/// A stand-in site that serves as long as the test runs.
pub struct Site {
    pub fixtures: Arc<Fixtures>,
    pub url: String,
}

impl Site {
    /// Serves the fixtures under `folder`.
    pub async fn start(folder: &Path) -> Self {
        Self::serving(Fixtures::load(folder).unwrap()).await
    }

    /// Serves these fixtures; more may be added while it does.
    pub async fn serving(fixtures: Fixtures) -> Self {
        let fixtures = Arc::new(fixtures);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(standin::serve(
            listener,
            Arc::clone(&fixtures),
            std::future::pending(),
        ));
        Self { fixtures, url }
    }

    /// The variables that make the service read this site.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("GONGGANG_EVERYTIME_URL", self.url.clone()),
            ("GONGGANG_API_URL", self.url.clone()),
        ]
    }

    /// The variables that make the service read this site's API, with no browser to be found.
    pub fn api_variables(&self) -> Vec<(&'static str, String)> {
        let mut variables = self.variables();
        variables.push(("GONGGANG_SOURCE", "api".to_owned()));
        variables.push(("GONGGANG_DRIVER_BINARY", "/nowhere/chromedriver".to_owned()));
        variables
    }
}

/// A client for the service. The library leaves the choice of a cryptography to the program.
pub fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

/// `gonggang` as a command, without any setting of the environment the tests run in.
pub fn gonggang() -> Command {
    without_settings(Command::new(env!("CARGO_BIN_EXE_gonggang")))
}

/// The same in the process of a shell that runs `script` first.
pub fn gonggang_after(script: &str) -> Command {
    let mut shell = without_settings(Command::new("sh"));
    let program = env!("CARGO_BIN_EXE_gonggang");
    shell.args(["-c", &format!("{script} && exec \"$0\" \"$@\""), program]);
    shell
}

/// The same where a signal has its usual meaning, though the tests run under `nohup`.
pub fn gonggang_hearing(signal: &str) -> Command {
    let mut env = without_settings(Command::new("env"));
    env.arg(format!("--default-signal={signal}"));
    env.arg(env!("CARGO_BIN_EXE_gonggang"));
    env
}

fn without_settings(mut command: Command) -> Command {
    let is_setting =
        |name: &str| name.starts_with("GONGGANG_") || name.to_lowercase().ends_with("_proxy");
    for (name, _) in std::env::vars().filter(|(name, _)| is_setting(name)) {
        command.env_remove(name);
    }
    command
}

/// The service as its own process.
pub struct Service {
    process: Child,
    pub url: String,
    pub client: reqwest::Client,
    log: Arc<Mutex<Vec<String>>>,
    /// Reads what it writes, until it ends.
    output: Option<std::thread::JoinHandle<()>>,
}

impl Service {
    /// Starts it and waits until it is ready.
    pub fn start(variables: &[(&'static str, String)]) -> Self {
        Self::start_with(&["serve"], variables)
    }

    /// The same, offline: it serves the fixtures under `folder` itself.
    pub fn replaying(folder: &Path, variables: &[(&'static str, String)]) -> Self {
        Self::start_with(&["serve", "--replay", folder.to_str().unwrap()], variables)
    }

    fn start_with(arguments: &[&str], variables: &[(&'static str, String)]) -> Self {
        let mut command = gonggang();
        command.args(arguments);
        Self::running(command, variables)
    }

    /// What `command` starts, once it is ready.
    pub fn running(mut command: Command, variables: &[(&'static str, String)]) -> Self {
        command
            .env("GONGGANG_LISTEN", "127.0.0.1:0")
            .env("GONGGANG_LOG_FORMAT", "json")
            // Where a test does not say otherwise.
            .env("GONGGANG_POOL_SIZE", "1")
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let (ready, address) = mpsc::channel();
        let written = Arc::clone(&log);
        let output = std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some(address) = address_of_ready_line(&line) {
                    let _ = ready.send(address);
                }
                written.lock().unwrap().push(line);
            }
        });
        let Ok(address) = address.recv_timeout(PATIENCE) else {
            let _ = process.kill();
            panic!("the service is not ready: {:?}", log.lock().unwrap());
        };
        let client = client();
        Self {
            process,
            url: format!("http://{address}"),
            client,
            log,
            output: Some(output),
        }
    }

    /// Against `site`, with the defaults.
    pub fn reading(site: &Site) -> Self {
        Self::start(&site.variables())
    }

    /// Against `site` with two sessions, and time enough on a machine with much else to do.
    pub fn patient(site: &Site) -> Self {
        let mut variables = site.variables();
        variables.extend([
            ("GONGGANG_POOL_SIZE", "2".to_owned()),
            ("GONGGANG_QUEUE_TIMEOUT", "60s".to_owned()),
            ("GONGGANG_PAGE_TIMEOUT", "60s".to_owned()),
            ("GONGGANG_REQUEST_TIMEOUT", "150s".to_owned()),
        ]);
        Self::start(&variables)
    }

    /// Against `site`'s API, where no browser is found.
    pub fn reading_api(site: &Site) -> Self {
        Self::start(&site.api_variables())
    }

    /// What it has logged so far.
    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    pub async fn get(&self, path: &str) -> Answer {
        let request = self.client.get(format!("{}{path}", self.url));
        Answer::of(request.send().await.unwrap()).await
    }

    /// `GET /schedule?url=<link>`
    pub async fn schedule(&self, link: &str) -> Answer {
        let request = self
            .client
            .get(format!("{}/schedule", self.url))
            .query(&[("url", link)]);
        Answer::of(request.send().await.unwrap()).await
    }

    /// Asks it to stop and waits for its end.
    pub fn stop(mut self) -> std::process::ExitStatus {
        self.signal("TERM");
        self.process.wait().unwrap()
    }

    /// Waits for its end: how it ended, and all that it has written.
    pub fn wait(mut self) -> (std::process::ExitStatus, Vec<String>) {
        let status = self.process.wait().unwrap();
        self.output.take().unwrap().join().unwrap();
        (status, self.log())
    }

    /// Sends it a signal by name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args(["-s", name, &self.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if self.process.try_wait().ok().flatten().is_none() {
            self.signal("TERM");
            let _ = self.process.wait();
        }
    }
}

fn address_of_ready_line(line: &str) -> Option<String> {
    let line: Value = serde_json::from_str(line).ok()?;
    (line["message"] == "ready").then(|| line["address"].as_str().map(str::to_owned))?
}

/// An answer that has arrived whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    pub async fn of(response: reqwest::Response) -> Self {
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}
