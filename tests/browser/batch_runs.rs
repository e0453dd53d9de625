//! `gonggang batch` as a process: many links through the real browser, killed, interrupted, resumed.
//!
//! `BATCH_LINKS` chooses how many links; the default keeps the usual run short.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::processes::{eventually, nobody_is_left, resident_kib, signal};
use crate::support::random::RandomTimetable;
use crate::support::{Site, gonggang, read_part};
use gonggang::replay::Cases;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tempfile::TempDir;

const LINKS: u64 = 150;
const SEED: u64 = 40_000;
const KILLS: usize = 5;
/// Every so many links one comes again, and every so many lines there is garbage.
const AGAIN: usize = 10;
const GARBAGE: usize = 25;
/// Items at a time.
const CONCURRENCY: &str = "2";

fn links() -> u64 {
    std::env::var("BATCH_LINKS").map_or(LINKS, |text| text.parse().unwrap())
}

/// A site, a file of its links and what must come of them.
struct Task {
    site: Site,
    dir: TempDir,
    expected: Vec<Value>,
    different: Vec<String>,
}

impl Task {
    async fn of(count: u64) -> Self {
        let mut task = Self {
            site: Site::serving(Cases::default()).await,
            dir: TempDir::new().unwrap(),
            expected: Vec::new(),
            different: Vec::new(),
        };
        let timetables: Vec<_> = (SEED..SEED + count).map(RandomTimetable::new).collect();
        let mut text = Vec::new();
        for (number, timetable) in (1..).zip(&timetables) {
            task.site.cases.insert(timetable.case());
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

    fn input(&self) -> PathBuf {
        self.dir.path().join("links.txt")
    }

    fn out(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The command; whatever it starts can be told by the folder.
    fn batch(&self, flags: &[&str]) -> Command {
        let mut command = gonggang();
        command
            .arg("batch")
            .arg(self.input())
            .args(["--concurrency", CONCURRENCY])
            .args(flags)
            .envs(self.site.variables())
            .env("TMPDIR", self.dir.path())
            // A machine with much else to do is slow, and how slow is not the question here.
            .env("GONGGANG_PAGE_TIMEOUT", "60s")
            .env("GONGGANG_REQUEST_TIMEOUT", "90s")
            .stdin(Stdio::null());
        command
    }

    fn to_file(&self, out: &Path, flags: &[&str]) -> Child {
        let mut command = self.batch(flags);
        command.arg("--out").arg(out).spawn().unwrap()
    }

    /// How often the pages of all links were asked for.
    fn page_loads(&self) -> u64 {
        let links = self.different.iter();
        links
            .map(|identifier| self.site.cases.page_loads(identifier))
            .sum()
    }
}

fn share_message(timetable: &RandomTimetable) -> [String; 2] {
    [
        "에브리타임에서 친구의 2026년 2학기 시간표를 확인해보세요!".to_owned(),
        format!("https://everytime.kr/app/@{}", timetable.identifier()),
    ]
}

/// A line without what differs from run to run.
fn told(line: &str) -> Value {
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
fn timeless(out: &Path) -> String {
    const NAME: &str = "\"fetched_at\":\"";
    let text = fs::read_to_string(out).unwrap();
    let mut parts = text.split(NAME);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + NAME + part.split_once('"').unwrap().1
    })
}

fn lines_in(out: &Path) -> usize {
    let bytes = fs::read(out).unwrap_or_default();
    String::from_utf8_lossy(&bytes).matches('\n').count()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_is_exact_and_neither_time_nor_memory_runs_away() {
    let task = Task::of(links()).await;
    // Few answers are kept, so that memory has no reason to grow at all.
    let mut batch = task.batch(&["--cache-capacity", "20"]);
    let mut process = batch.stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let (mut began, mut marks) = (None, Vec::new());
    let fifth = task.expected.len() / 5;
    for (number, (line, expected)) in (1..).zip(lines.zip(&task.expected)) {
        assert_eq!(told(&line.unwrap()), *expected);
        // From the first answer on: how long a browser takes to start is another matter.
        let began = *began.get_or_insert_with(Instant::now);
        if number % fifth == 0 {
            marks.push((number, began.elapsed(), resident_kib(process.id())));
        }
        if number == task.expected.len() {
            break;
        }
    }
    assert_eq!(process.wait().unwrap().code(), Some(0));
    println!("items, time, resident KiB: {marks:?}");
    let ((_, early, small), (_, late, large)) = (marks[0], marks[4]);
    assert!(late < early * 5 * 2, "{marks:?}");
    assert!(large < small + 4 * 1024, "{marks:?}");
    nobody_is_left(task.dir.path());
}

#[tokio::test(flavor = "multi_thread")]
async fn five_kills_and_resumes_give_what_an_undisturbed_run_gives() {
    let task = Task::of(links()).await;
    let (whole, pieces) = (task.out("whole.jsonl"), task.out("pieces.jsonl"));
    assert!(task.to_file(&whole, &[]).wait().unwrap().success());
    assert_eq!(
        task.page_loads(),
        task.different.len() as u64,
        "each link is read once"
    );
    let size = fs::metadata(&whole).unwrap().len();
    let rng = &mut Xoshiro256PlusPlus::seed_from_u64(SEED);
    for kill in 1..=KILLS {
        let mut process = task.to_file(&pieces, &["--resume"]);
        let until = size * kill as u64 / (KILLS as u64 + 1);
        eventually("it is far enough", || {
            fs::metadata(&pieces).is_ok_and(|file| file.len() >= until)
        });
        std::thread::sleep(Duration::from_millis(rng.random_range(0..100)));
        process.kill().unwrap();
        assert_eq!(
            process.wait().unwrap().code(),
            None,
            "it was killed, not done"
        );
        nobody_is_left(task.dir.path());
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
    nobody_is_left(task.dir.path());
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_finishes_what_is_under_way_and_nothing_else() {
    let task = Task::of(60).await;
    let out = task.out("out.jsonl");
    let mut process = task.to_file(&out, &["--unordered"]);
    eventually("it has begun", || lines_in(&out) > 5);
    signal(process.id(), "INT");
    assert_eq!(process.wait().unwrap().code(), Some(75));
    nobody_is_left(task.dir.path());
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
        task.page_loads(),
        read.len() as u64,
        "every page begun is told of"
    );

    let resumed = task.to_file(&out, &["--unordered", "--resume"]).wait();
    assert!(resumed.unwrap().success());
    let text = fs::read_to_string(&out).unwrap();
    assert!(text.starts_with(&stopped), "nothing written is touched");
    let mut lines: Vec<_> = text.lines().map(told).collect();
    lines.sort_by_key(|line| line["item"].as_u64());
    assert_eq!(lines, task.expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_is_away_ends_a_run_and_its_links_are_asked_again() {
    let mut task = Task::of(30).await;
    let out = task.out("out.jsonl");
    let here = std::mem::replace(&mut task.site.url, "http://127.0.0.1:9".to_owned());
    let gave_up = task.to_file(&out, &["--give-up-after", "4"]).wait();
    assert_eq!(gave_up.unwrap().code(), Some(69));
    assert_eq!(lines_in(&out), 4);
    task.site.url = here;
    let resumed = task.to_file(&out, &["--resume"]).wait();
    assert!(resumed.unwrap().success());
    let text = fs::read_to_string(&out).unwrap();
    assert_eq!(text.lines().map(told).collect::<Vec<_>>(), task.expected);
}
