//! The service and every process that it started, directly or not.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A variable that all of them inherit, and nobody else has.
const MARK: &str = "GONGGANG_SOAK_FAMILY";

pub(crate) struct Family {
    process: Child,
    mark: String,
    temporary: tempfile::TempDir,
    client: reqwest::Client,
    url: String,
}

/// In MiB: resident memory of the service; of the others the proportional share, since browsers
/// share much with each other.
pub(crate) struct Memory {
    pub(crate) service: f64,
    pub(crate) others: f64,
    pub(crate) processes: usize,
}

pub(crate) struct Left {
    pub(crate) processes: usize,
    pub(crate) files: usize,
}

impl Family {
    pub(crate) fn start(site: &str, cache: usize) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let mark = std::process::id().to_string();
        let mut process = Command::new(env!("CARGO_BIN_EXE_gonggang"))
            .arg("serve")
            .env("GONGGANG_LISTEN", "127.0.0.1:0")
            .env("GONGGANG_LOG_FORMAT", "json")
            .env("GONGGANG_POOL_SIZE", "2")
            .env("GONGGANG_CACHE_CAPACITY", cache.to_string())
            .env("GONGGANG_EVERYTIME_URL", site)
            .env("GONGGANG_API_URL", site)
            .env("TMPDIR", temporary.path())
            .env(MARK, &mark)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let address = lines.find_map(|line| {
            let line: Value = serde_json::from_str(&line.unwrap()).ok()?;
            (line["message"] == "ready").then(|| line["address"].as_str().unwrap().to_owned())
        });
        // The log goes on; nobody must wait for it to be read.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            process,
            mark,
            temporary,
            client: reqwest::Client::new(),
            url: format!("http://{}", address.unwrap()),
        }
    }

    pub(crate) async fn ask(&self, identifier: &str) -> Result<Value, reqwest::Error> {
        self.get(&format!("/v1/timetables/{identifier}")).await
    }

    /// Sessions begun, and ended by reason, as the service tells.
    pub(crate) async fn sessions(&self) -> String {
        let status = self.get("/status").await.unwrap();
        let browser = &status["source"]["browser"];
        format!("{} {}", browser["created"], browser["closed"])
    }

    async fn get(&self, path: &str) -> Result<Value, reqwest::Error> {
        let request = self.client.get(format!("{}{path}", self.url));
        request.send().await?.error_for_status()?.json().await
    }

    pub(crate) fn memory(&self) -> Memory {
        let own = self.process.id();
        let others: Vec<_> = self.members().into_iter().filter(|id| *id != own).collect();
        Memory {
            service: kib(&format!("/proc/{own}/status"), "VmRSS:") / 1024.0,
            others: others
                .iter()
                .map(|id| kib(&format!("/proc/{id}/smaps_rollup"), "Pss:") / 1024.0)
                .sum(),
            processes: others.len(),
        }
    }

    /// Ends the service and looks what is left of it.
    pub(crate) fn stop(mut self) -> Left {
        let id = self.process.id().to_string();
        Command::new("kill")
            .args(["-s", "TERM", &id])
            .status()
            .unwrap();
        assert!(self.process.wait().unwrap().success());
        Left {
            processes: self.members().len(),
            files: fs::read_dir(self.temporary.path()).unwrap().count(),
        }
    }

    fn members(&self) -> Vec<u32> {
        let mark = format!("{MARK}={}", self.mark);
        let ids = fs::read_dir("/proc").unwrap().flatten();
        let ids = ids.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        ids.filter(|id| {
            fs::read(format!("/proc/{id}/environ")).is_ok_and(|bytes| {
                bytes
                    .split(|byte| *byte == 0)
                    .any(|one| one == mark.as_bytes())
            })
        })
        .collect()
    }
}

/// A figure of a file of `/proc`; zero for a process that has just gone.
fn kib(file: &str, name: &str) -> f64 {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or_default()
}
