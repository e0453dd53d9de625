//! The service: the release binary as a process, with the processes that it starts.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::client;
use super::processes::{group, marked, members, resident, share};
use super::site::Site;

/// A variable that only the service's processes inherit.
const MARK: &str = "GONGGANG_MEASURED";

pub struct Service {
    process: Child,
    mark: String,
    temporary: tempfile::TempDir,
    client: reqwest::Client,
    pub url: String,
    pub ready_after: Duration,
}

/// What is left after the service has ended.
pub struct Left {
    pub processes: usize,
    pub files: usize,
}

impl Service {
    /// Two sessions on every machine, so that runs on different machines compare.
    pub fn start(site: &Site, settings: &[(&str, String)]) -> Self {
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        let count = STARTED.fetch_add(1, Ordering::Relaxed);
        let mark = format!("{}-{count}", std::process::id());
        let temporary = tempfile::tempdir().unwrap();
        let began = Instant::now();
        let mut process = Command::new(env!("CARGO_BIN_EXE_gonggang"))
            .arg("serve")
            .env("GONGGANG_LISTEN", "127.0.0.1:0")
            .env("GONGGANG_LOG_FORMAT", "json")
            .env("GONGGANG_POOL_SIZE", "2")
            .env("GONGGANG_EVERYTIME_URL", &site.url)
            .env("GONGGANG_API_URL", &site.url)
            .env("TMPDIR", temporary.path())
            .env(MARK, &mark)
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap());
        let address = log.by_ref().lines().find_map(|line| {
            let line: Value = serde_json::from_str(&line.unwrap()).ok()?;
            (line["message"] == "ready").then(|| line["address"].as_str().unwrap().to_owned())
        });
        let ready_after = began.elapsed();
        // The log is written, but its reader must neither delay nor cost anything.
        std::thread::spawn(move || io::copy(&mut log, &mut io::sink()));
        Self {
            process,
            mark,
            temporary,
            client: client(),
            url: format!("http://{}", address.unwrap()),
            ready_after,
        }
    }

    /// Time until a timetable is answered.
    pub async fn read(&self, identifier: &str) -> Duration {
        let began = Instant::now();
        self.timetable(identifier).await.unwrap();
        began.elapsed()
    }

    /// The same, asked when all sessions are clean: the wait of a single caller.
    pub async fn read_at_rest(&self, identifier: &str) -> Duration {
        while !self.rests().await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        self.read(identifier).await
    }

    async fn rests(&self) -> bool {
        let status = self.get("/status").await.unwrap();
        let slots = status["source"]["browser"]["slots"].as_array().unwrap();
        slots.iter().all(|slot| slot["state"] == "idle")
    }

    pub async fn timetable(&self, identifier: &str) -> Result<Value, reqwest::Error> {
        self.get(&format!("/v1/timetables/{identifier}")).await
    }

    pub async fn get(&self, path: &str) -> Result<Value, reqwest::Error> {
        let request = self.client.get(format!("{}{path}", self.url));
        request.send().await?.error_for_status()?.json().await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, reqwest::Error> {
        let request = self.client.post(format!("{}{path}", self.url)).json(body);
        request.send().await?.error_for_status()?.json().await
    }

    /// New timetables a second, with so many callers at once.
    pub async fn rate(&self, site: &Site, reads: usize, callers: usize) -> f64 {
        let began = Instant::now();
        let all = (0..callers).map(|_| async {
            for _ in 0..reads / callers {
                self.read(&site.fresh_identifier()).await;
            }
        });
        futures_util::future::join_all(all).await;
        (reads / callers * callers) as f64 / began.elapsed().as_secs_f64()
    }

    /// Its steps from `Server-Timing`, by name, in milliseconds.
    pub async fn steps(&self, identifier: &str) -> Vec<(String, f64)> {
        let url = format!("{}/v1/timetables/{identifier}", self.url);
        let answer = self.client.get(url).send().await.unwrap();
        let told = answer.headers()["server-timing"]
            .to_str()
            .unwrap()
            .to_owned();
        answer.bytes().await.unwrap();
        let step = |step: &str| {
            let (name, millis) = step.trim().split_once(";dur=").unwrap();
            (name.to_owned(), millis.parse().unwrap())
        };
        told.split(',').map(step).collect()
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// The service's own resident memory in MiB.
    pub fn memory(&self) -> f64 {
        resident(self.process.id())
    }

    /// Memory in MiB of everything it started: drivers, browsers, keepers.
    pub fn memory_of_others(&self) -> f64 {
        self.others().into_iter().map(share).sum()
    }

    /// Drivers, browsers, keepers: all in groups that the service opened.
    pub fn others(&self) -> Vec<u32> {
        members(&self.groups())
    }

    fn groups(&self) -> BTreeSet<u32> {
        let own = self.process.id();
        let marked = marked(MARK, &self.mark).into_iter();
        marked.filter(|id| *id != own).filter_map(group).collect()
    }

    /// Ends the service and returns what is left of it.
    pub fn stop(mut self) -> Left {
        let groups = self.groups();
        self.terminate();
        assert!(self.process.wait().unwrap().success());
        Left {
            processes: marked(MARK, &self.mark).len() + members(&groups).len(),
            files: fs::read_dir(self.temporary.path()).unwrap().count(),
        }
    }

    fn terminate(&self) {
        let id = self.process.id().to_string();
        let _ = Command::new("kill").args(["-s", "TERM", &id]).status();
    }
}

/// A failed measurement leaves no process behind either.
impl Drop for Service {
    fn drop(&mut self) {
        if self.process.try_wait().ok().flatten().is_none() {
            self.terminate();
            let _ = self.process.wait();
        }
    }
}
