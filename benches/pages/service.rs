//! Our service: the release binary as its own process.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::site::Site;

pub(crate) struct Service {
    process: Child,
    client: reqwest::Client,
    url: String,
    pub(crate) ready_after: Duration,
}

impl Service {
    /// Two sessions, whatever the machine has, so that runs on different machines compare.
    pub(crate) fn start(site: &Site) -> Self {
        let began = Instant::now();
        let mut process = Command::new(env!("CARGO_BIN_EXE_gonggang"))
            .arg("serve")
            .env("GONGGANG_LISTEN", "127.0.0.1:0")
            .env("GONGGANG_LOG_FORMAT", "json")
            .env("GONGGANG_POOL_SIZE", "2")
            .env("GONGGANG_EVERYTIME_URL", &site.url)
            .env("GONGGANG_API_URL", &site.url)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let address = lines.find_map(|line| {
            let line: serde_json::Value = serde_json::from_str(&line.unwrap()).ok()?;
            (line["message"] == "ready").then(|| line["address"].as_str().unwrap().to_owned())
        });
        // The log goes on; nobody must wait for it to be read.
        std::thread::spawn(move || lines.for_each(drop));
        let url = format!("http://{}", address.unwrap());
        Self {
            process,
            client: crate::site::client(),
            url,
            ready_after: began.elapsed(),
        }
    }

    pub(crate) async fn read(&self, identifier: &str) -> Duration {
        let began = Instant::now();
        let request = self
            .client
            .get(format!("{}/v1/timetables/{identifier}", self.url));
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        response.bytes().await.unwrap();
        began.elapsed()
    }

    /// Timetables a second, never asked for before, with so many callers at once.
    pub(crate) async fn rate(&self, site: &Site, reads: usize, callers: usize) -> f64 {
        let began = Instant::now();
        let all = (0..callers).map(|_| async {
            for _ in 0..reads / callers {
                self.read(&site.fresh_identifier()).await;
            }
        });
        futures_util::future::join_all(all).await;
        (reads / callers * callers) as f64 / began.elapsed().as_secs_f64()
    }

    pub(crate) fn resident_mib(&self) -> f64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }

    pub(crate) fn stop(mut self) {
        let id = self.process.id().to_string();
        Command::new("kill")
            .args(["-s", "TERM", &id])
            .status()
            .unwrap();
        self.process.wait().unwrap();
    }
}
