//! The cache takes no more memory than documented, as the system measures it for a separate process.

use std::process::{Command, Stdio};
use std::time::Duration;

use gonggang::cache::{Cache, CacheConfig};
use gonggang::reading::{Reading, SourceKind, Timings};
use serde_json::json;
use timetable::share_link::Identifier;
use timetable::{Class, Timetable};

/// Set in that process: classes of a timetable, and bytes of each of their texts.
const SHAPE: &str = "GONGGANG_TEST_CACHE_SHAPE";
const PLACES: u64 = 10_000;
/// What docs/caching.md promises for that many places.
const PROMISED: u64 = 80 << 20;
/// Small answers, answers that fill one place with few or many texts, and answers that fill several.
const SHAPES: [&str; 5] = ["1 4", "15 12", "22 1", "40 3", "60 40"];

#[tokio::test]
async fn a_full_cache_takes_no_more_than_it_promises() {
    if let Ok(shape) = std::env::var(SHAPE) {
        return fill(&shape).await;
    }
    let runs = SHAPES.map(|shape| {
        let mut program = Command::new(std::env::current_exe().unwrap());
        let test = "cache_memory::a_full_cache_takes_no_more_than_it_promises";
        program.args([test, "--exact", "--nocapture"]);
        program.stdout(Stdio::piped()).stderr(Stdio::piped());
        program.env(SHAPE, shape).spawn().unwrap()
    });
    for run in runs {
        let run = run.wait_with_output().unwrap();
        println!("{}", String::from_utf8_lossy(&run.stdout));
        assert!(
            run.status.success(),
            "{}",
            String::from_utf8_lossy(&run.stderr)
        );
    }
}

async fn fill(shape: &str) {
    let (classes, bytes) = shape.split_once(' ').unwrap();
    let (classes, bytes) = (classes.parse().unwrap(), bytes.parse().unwrap());
    let config = CacheConfig {
        capacity: PLACES,
        ttl: Duration::from_mins(10),
        negative_ttl: Duration::from_secs(30),
        stale: Duration::from_hours(24),
        url: None,
    };
    let cache = Cache::new(config);
    keep(&cache, 0, classes, bytes).await;
    let before = resident();
    for thousand in 0.. {
        for number in 1..=1000 {
            keep(&cache, 1000 * thousand + number, classes, bytes).await;
        }
        // A tenth more than it holds.
        if 10_000 * u64::from(thousand + 1) > 11 * reported(&cache, "entries") {
            break;
        }
    }
    let (taken, entries) = (resident() - before, reported(&cache, "entries"));
    let reported = reported(&cache, "bytes");
    println!("{shape}: {entries} entries take {taken} bytes, reported as {reported}");
    assert!(taken <= PROMISED, "{taken} bytes");
    assert!(
        taken <= reported + reported / 10,
        "{taken} bytes, reported as {reported}"
    );
}

fn reported(cache: &Cache, what: &str) -> u64 {
    let status = serde_json::to_value(cache.status()).unwrap();
    status[what].as_u64().unwrap()
}

async fn keep(cache: &Cache, number: u32, classes: usize, bytes: usize) {
    let identifier: Identifier = format!("{number:020}").parse().unwrap();
    let read = Reading {
        timetable: timetable(&identifier, classes, bytes),
        source: SourceKind::Browser,
        timings: Timings::default(),
    };
    let entry = cache.insert(&identifier, Ok(read)).await;
    // A caller's copy of the bytes.
    drop(entry.json.as_ref().unwrap().bytes.clone());
}

/// As a source returns it: lists and texts have spare capacity.
fn timetable(identifier: &Identifier, classes: usize, bytes: usize) -> Timetable {
    let word = || {
        let mut word = String::with_capacity(2 * bytes);
        word.extend(std::iter::repeat_n('x', bytes));
        word
    };
    let class: Class = serde_json::from_value(json!({
        "name": "", "professor": "", "place": "", "color": null,
        "day": "mon", "start": "09:00", "end": "10:00",
    }))
    .unwrap();
    let mut all = Vec::with_capacity(2 * classes);
    all.extend((0..classes).map(|_| Class {
        name: word(),
        professor: word(),
        place: word(),
        ..class.clone()
    }));
    Timetable {
        identifier: identifier.clone(),
        year: Some(2026),
        semester: Some("2".to_owned()),
        title: Some("2026년 2학기".to_owned()),
        days: Vec::new(),
        classes: all,
        untimed: Vec::new(),
        not_drawn: Vec::new(),
        semesters: Vec::new(),
    }
}

/// Bytes of memory that this process takes.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}
