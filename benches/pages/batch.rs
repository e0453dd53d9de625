//! Many links by `gonggang batch`, compared with the same number of requests to the service.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crate::Effort;
use crate::common::figures::{Rates, short};
use crate::common::processes::{group, marked, members, resident, share};
use crate::common::report::Report;
use crate::common::service::Service;
use crate::common::site::Site;

/// Links read at a time, and sessions of the service beside it.
const SESSIONS: usize = 2;
/// A variable that only the command's processes inherit.
const MARK: &str = "GONGGANG_MEASURED_BATCH";

pub(crate) async fn measure(site: &Site, effort: Effort, report: &mut Report) {
    eprintln!("Reading many links …");
    let links = effort.pages * 6;
    let service = Service::start(site, &[]);
    service.rate(site, 6, SESSIONS).await;
    let (mut served, mut batch) = (Rates::default(), Batch::default());
    for _ in 0..effort.rounds {
        served.add(service.rate(site, links, 2 * SESSIONS).await);
        // The site answers on the runtime of this thread.
        let file = Links::of(site, links);
        batch = tokio::task::spawn_blocking(move || batch.round(&file))
            .await
            .unwrap();
    }
    service.stop();
    let rate = batch.rate.median() / served.median();
    let row = vec![
        links.to_string(),
        served.cell(),
        batch.rate.cell(),
        short(rate),
        short(batch.own_memory),
        format!("{:.0}", batch.browsers_memory),
    ];
    report.add("Many links", &HEAD, &[row], NOTE);
}

const HEAD: [&str; 6] = [
    "links",
    "the service, a second",
    "`gonggang batch`, a second",
    "batch ÷ service",
    "batch, MiB",
    "its browsers, MiB",
];
const NOTE: &str = "Two sessions each, no link twice; four callers ask the service. The rate of the \
    command is from its first line to its last, without its start. Resident memory of the \
    command, proportional share of driver and browsers, at three quarters of the last run.";

/// A file of links.
struct Links {
    folder: tempfile::TempDir,
    site: String,
    count: usize,
}

impl Links {
    fn of(site: &Site, count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let link = |_| format!("https://everytime.kr/@{}\n", site.fresh_identifier());
        let links: String = (0..count).map(link).collect();
        fs::write(folder.path().join("links.txt"), links).unwrap();
        Self {
            folder,
            site: site.url.clone(),
            count,
        }
    }
}

/// The figures of the runs.
#[derive(Default)]
struct Batch {
    rate: Rates,
    own_memory: f64,
    browsers_memory: f64,
}

impl Batch {
    fn round(mut self, links: &Links) -> Self {
        let mut run = Run::start(links);
        let answers = BufReader::new(run.process.stdout.take().unwrap()).lines();
        let mut first = None;
        for (number, line) in (1..).zip(answers) {
            let answer = line.unwrap();
            assert!(answer.contains("\"timetable\""), "{answer}");
            first.get_or_insert_with(Instant::now);
            if number == links.count * 3 / 4 {
                (self.own_memory, self.browsers_memory) = run.memory();
            }
            if number == links.count {
                let took = first.unwrap().elapsed().as_secs_f64();
                self.rate.add((links.count - 1) as f64 / took);
            }
        }
        assert!(run.process.wait().unwrap().success());
        self
    }
}

/// The command. Its browsers end with it, however it ends.
struct Run {
    process: Child,
    mark: String,
}

impl Run {
    fn start(links: &Links) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gonggang"));
        command
            .arg("batch")
            .arg(links.folder.path().join("links.txt"))
            .args(["--concurrency", &SESSIONS.to_string()])
            .env("GONGGANG_EVERYTIME_URL", &links.site)
            .env("GONGGANG_API_URL", &links.site)
            .env("TMPDIR", links.folder.path())
            .env(MARK, links.folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        Self {
            process: command.spawn().unwrap(),
            mark: links.folder.path().display().to_string(),
        }
    }

    /// MiB of the command and of what it started.
    fn memory(&self) -> (f64, f64) {
        let own = self.process.id();
        let started = marked(MARK, &self.mark).into_iter();
        let started = started.filter(|id| *id != own);
        let groups = started.filter_map(group).collect();
        let browsers = members(&groups).into_iter().map(share).sum();
        (resident(own), browsers)
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
