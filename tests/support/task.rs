//! `gonggang batch` as a process: many links of a site, killed, interrupted, resumed.
//!

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use standin::Fixtures;
use tempfile::TempDir;

use super::processes::{eventually, no_process_is_left, signal};
use super::random::RandomTimetable;
use super::{Site, gonggang, read_part};

const LINKS: u64 = 150;
const SEED: u64 = 40_000;
const KILLS: usize = 5;
/// Every so many links one comes again, and every so many lines there is garbage.
const AGAIN: usize = 10;
const GARBAGE: usize = 25;
/// Items at a time.
const CONCURRENCY: &str = "2";

pub fn links() -> u64 {
    std::env::var("BATCH_LINKS").map_or(LINKS, |text| text.parse().unwrap())
}

/// Milliseconds that the API takes to answer, so that a run can be stopped in its middle.
const API_DELAY_MS: u64 = 20;

/// Where a run reads.
#[derive(Clone, Copy, PartialEq)]
pub enum From {
    Browser,
    Api,
}

/// A site, a file of its links and what must come of them.
pub struct Task {
    pub site: Site,
    pub dir: TempDir,
    pub expected: Vec<Value>,
    pub different: Vec<String>,
    from: From,
}

impl Task {
    pub async fn of(count: u64, from: From) -> Self {
        let mut task = Self {
            site: Site::serving(Fixtures::default()).await,
            dir: TempDir::new().unwrap(),
            expected: Vec::new(),
            different: Vec::new(),
            from,
        };
        let timetables: Vec<_> = (SEED..SEED + count).map(RandomTimetable::new).collect();
        let mut text = Vec::new();
        for (number, timetable) in (1..).zip(&timetables) {
            let mut fixture = timetable.fixture();
            if from == From::Api {
                fixture.behaviour.api.delay_ms = API_DELAY_MS;
            }
            task.site.fixtures.insert(fixture);
            task.different.push(timetable.identifier().to_owned());
            task.ask(&mut text, timetable);
            if usize::is_multiple_of(number, AGAIN) {
                task.ask(&mut text, &timetables[number / 2]);
            }
            if usize::is_multiple_of(number, GARBAGE) {
                text.push("garbage".to_owned());
                task.expect(text.len(), None);
            }
        }
        fs::write(task.input(), text.join("\n")).unwrap();
        task
    }

    fn ask(&mut self, text: &mut Vec<String>, timetable: &RandomTimetable) {
        text.extend(share_message(timetable));
        self.expect(text.len(), Some(timetable));
    }

    fn expect(&mut self, line: usize, timetable: Option<&RandomTimetable>) {
        let item = self.expected.len() + 1;
        self.expected.push(match timetable {
            Some(timetable) => {
                json!({"item": item, "line": line, "identifier": timetable.identifier(),
                "timetable": timetable.expected()})
            }
            None => {
                json!({"item": item, "line": line, "identifier": null, "fault": "invalid_link"})
            }
        });
    }

    pub fn input(&self) -> PathBuf {
        self.dir.path().join("links.txt")
    }

    pub fn out(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The command; whatever it starts can be told by the folder.
    pub fn batch(&self, flags: &[&str]) -> Command {
        let mut command = gonggang();
        command
            .arg("batch")
            .arg(self.input())
            .args(["--concurrency", CONCURRENCY])
            .args(flags)
            .envs(match self.from {
                From::Browser => self.site.variables(),
                From::Api => self.site.api_variables(),
            })
            .env("TMPDIR", self.dir.path())
            // A machine with much else to do is slow, and how slow is not the question here.
            .env("GONGGANG_PAGE_TIMEOUT", "60s")
            .env("GONGGANG_REQUEST_TIMEOUT", "90s")
            .stdin(Stdio::null());
        command
    }

    pub fn to_file(&self, out: &Path, flags: &[&str]) -> Child {
        let mut command = self.batch(flags);
        command.arg("--out").arg(out).spawn().unwrap()
    }

    /// How often the site was asked for all links.
    pub fn reads(&self) -> u64 {
        let fixtures = &self.site.fixtures;
        let reads = |identifier: &String| match self.from {
            From::Browser => fixtures.page_loads(identifier),
            From::Api => fixtures.api_calls(identifier),
        };
        self.different.iter().map(reads).sum()
    }
}

fn share_message(timetable: &RandomTimetable) -> [String; 2] {
    [
        "에브리타임에서 친구의 2026년 2학기 시간표를 확인해보세요!".to_owned(),
        format!("https://everytime.kr/app/@{}", timetable.identifier()),
    ]
}

/// A line without what differs from run to run.
pub fn told(line: &str) -> Value {
    let mut told: Value = serde_json::from_str(line).unwrap();
    if let Some(timetable) = told.get_mut("timetable") {
        *timetable = read_part(timetable.take());
    }
    if let Some(fault) = told.get_mut("fault") {
        *fault = fault["code"].take();
    }
    told
}

/// The text without the moments at which timetables were read.
pub fn timeless(out: &Path) -> String {
    const NAME: &str = "\"fetched_at\":\"";
    let text = fs::read_to_string(out).unwrap();
    let mut parts = text.split(NAME);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + NAME + part.split_once('"').unwrap().1
    })
}

pub fn lines_in(out: &Path) -> usize {
    let bytes = fs::read(out).unwrap_or_default();
    String::from_utf8_lossy(&bytes).matches('\n').count()
}

/// Killed five times and resumed, a run gives what an undisturbed one gives.
pub async fn five_kills_and_resumes_change_nothing(from: From) {
    let task = Task::of(links(), from).await;
    let (whole, pieces) = (task.out("whole.jsonl"), task.out("pieces.jsonl"));
    assert!(task.to_file(&whole, &[]).wait().unwrap().success());
    assert_eq!(
        task.reads(),
        task.different.len() as u64,
        "each link is read once"
    );
    let size = fs::metadata(&whole).unwrap().len();
    let rng = &mut Xoshiro256PlusPlus::seed_from_u64(SEED);
    for kill in 1..=KILLS {
        let mut process = task.to_file(&pieces, &["--resume"]);
        // Anywhere in the part of this kill, also within a line.
        let part = size / (KILLS as u64 + 1);
        let until = part * kill as u64 + rng.random_range(0..part / 2);
        eventually("it is far enough", || {
            fs::metadata(&pieces).is_ok_and(|file| file.len() >= until)
        });
        process.kill().unwrap();
        assert_eq!(
            process.wait().unwrap().code(),
            None,
            "it was killed, not done"
        );
        no_process_is_left(task.dir.path());
        println!("killed after {} lines", lines_in(&pieces));
    }
    assert!(
        task.to_file(&pieces, &["--resume"])
            .wait()
            .unwrap()
            .success()
    );
    assert_eq!(lines_in(&whole), task.expected.len());
    assert!(timeless(&pieces) == timeless(&whole));
    no_process_is_left(task.dir.path());
}

/// An interrupted run answers the links under way and no other.
pub async fn ctrl_c_finishes_what_is_under_way(from: From) {
    let task = Task::of(40, from).await;
    let out = task.out("out.jsonl");
    let mut process = task.to_file(&out, &["--unordered"]);
    eventually("it has begun", || lines_in(&out) > 5);
    signal(process.id(), "INT");
    assert_eq!(process.wait().unwrap().code(), Some(75));
    no_process_is_left(task.dir.path());
    let stopped = fs::read_to_string(&out).unwrap();
    assert!(stopped.ends_with('\n'));
    let mut read: Vec<_> = stopped
        .lines()
        .map(|line| told(line)["identifier"].take())
        .collect();
    read.retain(|identifier| !identifier.is_null());
    read.sort_by_key(ToString::to_string);
    read.dedup();
    assert!(read.len() < task.different.len());
    assert_eq!(
        task.reads(),
        read.len() as u64,
        "every started page is reported"
    );

    let resumed = task.to_file(&out, &["--unordered", "--resume"]).wait();
    assert!(resumed.unwrap().success());
    let text = fs::read_to_string(&out).unwrap();
    assert!(text.starts_with(&stopped), "nothing written is touched");
    let mut lines: Vec<_> = text.lines().map(told).collect();
    lines.sort_by_key(|line| line["item"].as_u64());
    assert_eq!(lines, task.expected);
}
