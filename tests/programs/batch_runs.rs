//! `gonggang batch` as a process that asks the API: exact, killed, interrupted, resumed.
//!
//! `BATCH_LINKS` chooses how many links; the default keeps the usual run short.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::support::processes::{nobody_is_left, resident_kib};
use crate::support::task::{
    From, Task, ctrl_c_finishes_what_is_under_way, five_kills_and_resumes_change_nothing, lines_in,
    links, told,
};

#[tokio::test(flavor = "multi_thread")]
async fn every_line_is_exact_and_memory_does_not_grow() {
    let task = Task::of(links(), From::Api).await;
    // Few answers are kept, so that memory has no reason to grow at all.
    let mut batch = task.batch(&["--cache-capacity", "20"]);
    let mut process = batch.stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut marks = Vec::new();
    let fifth = task.expected.len() / 5;
    for (number, (line, expected)) in (1..).zip(lines.zip(&task.expected)) {
        assert_eq!(told(&line.unwrap()), *expected);
        if number % fifth == 0 {
            marks.push((number, resident_kib(process.id())));
        }
        if number == task.expected.len() {
            break;
        }
    }
    assert_eq!(process.wait().unwrap().code(), Some(0));
    println!("items, resident KiB: {marks:?}");
    let ((_, small), (_, large)) = (marks[0], marks[4]);
    assert!(large < small + 4 * 1024, "{marks:?}");
    nobody_is_left(task.dir.path());
}

#[tokio::test(flavor = "multi_thread")]
async fn five_kills_and_resumes_give_what_an_undisturbed_run_gives() {
    five_kills_and_resumes_change_nothing(From::Api).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_finishes_what_is_under_way_and_nothing_else() {
    ctrl_c_finishes_what_is_under_way(From::Api).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_is_away_ends_a_run_and_its_links_are_asked_again() {
    let mut task = Task::of(30, From::Api).await;
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
