//! `gonggang batch` as a process that asks the API: exact, killed, interrupted, resumed.
//!
//! `BATCH_LINKS` chooses how many links; the default keeps the usual run short.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Output, Stdio};

use crate::support::processes::{no_process_is_left, resident_kib};
use crate::support::task::{
    From, Task, ctrl_c_finishes_what_is_under_way, five_kills_and_resumes_change_nothing, lines_in,
    links, told,
};
use crate::support::{Site, fixtures, gonggang};
use serde_json::{Value, json};
use standin::Fixture;
use tempfile::TempDir;

#[tokio::test(flavor = "multi_thread")]
async fn every_line_is_exact_and_memory_does_not_grow() {
    let task = Task::of(links(), From::Api).await;
    // Few answers are kept, so that memory has no reason to grow at all.
    let mut batch = task.batch(&["--cache-capacity", "20"]);
    let mut process = batch.stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut marks = Vec::new();
    // The last part is not measured: a program that has written its last line may be gone.
    let part = task.expected.len() / 6;
    for (number, (line, expected)) in (1..).zip(lines.zip(&task.expected)) {
        assert_eq!(told(&line.unwrap()), *expected);
        if number % part == 0 && marks.len() < 5 {
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
    no_process_is_left(task.dir.path());
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

/// What `batch` makes of `input`, reading the API of `site`.
fn batch(site: &Site, input: &Path, flags: &[&str]) -> Output {
    gonggang()
        .arg("batch")
        .arg(input)
        .args(flags)
        .envs(site.api_variables())
        .env("GONGGANG_LOG", "trace")
        .output()
        .unwrap()
}

/// A line's number and name, and its identifier or the code of its fault.
fn summary(line: &str) -> Value {
    let line: Value = serde_json::from_str(line).unwrap();
    let fault = &line["fault"]["code"];
    let what = if fault.is_null() {
        &line["identifier"]
    } else {
        fault
    };
    json!([line["line"], line["label"], what])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_gives_lines_with_the_names_that_were_asked_for_and_no_log_has_them() {
    let (site, dir) = (Site::start(&fixtures()).await, TempDir::new().unwrap());
    let input = dir.path().join("people.csv");
    let rows = "이름,학번,링크\r\n\
                홍길동,1,https://everytime.kr/@weekday0000000000000\r\n\
                \"김, 영희\",2,\"확인해보세요!\nhttps://everytime.kr/app/@private0000000000000\"\r\n\
                이몽룡,3,\r\n\
                성춘향,4,garbage\r\n";
    fs::write(&input, rows).unwrap();
    let expected = [
        json!([2, "홍길동", "weekday0000000000000"]),
        json!([3, "김, 영희", "not_public"]),
        json!([5, "이몽룡", "invalid_link"]),
        json!([6, "성춘향", "invalid_link"]),
    ];
    for column in ["이름", "1"] {
        let run = batch(&site, &input, &["--label-column", column]);
        let log = String::from_utf8(run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(0), "{log}");
        let lines = String::from_utf8(run.stdout).unwrap();
        assert_eq!(lines.lines().map(summary).collect::<Vec<_>>(), expected);
        assert!(log.contains("links answered: 4"), "{log}");
        for name in ["홍길동", "영희", "이몽룡", "성춘향"] {
            assert!(!log.contains(name), "{log}");
        }
    }
    // Without the flag the same links are read, and no name is written.
    let run = batch(&site, &input, &[]);
    let lines = String::from_utf8(run.stdout).unwrap();
    assert_eq!(lines.lines().count(), 4);
    assert!(lines.lines().all(|line| summary(line)[1].is_null()));
    assert!(!lines.contains("홍길동"), "{lines}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_in_cp949_is_told_apart_before_anything_is_read_or_written() {
    let (site, dir) = (Site::start(&fixtures()).await, TempDir::new().unwrap());
    let (input, out) = (dir.path().join("people.csv"), dir.path().join("out.jsonl"));
    // 홍길동
    let name = b"\xc8\xab\xb1\xe6\xb5\xbf";
    let rows = [
        b"a,weekday0000000000000\n",
        name.as_slice(),
        b",weekday0000000000000\n",
    ];
    fs::write(&input, rows.concat()).unwrap();
    let flags = ["--label-column", "1", "--out", out.to_str().unwrap()];
    let run = batch(&site, &input, &flags);
    let told = String::from_utf8_lossy(&run.stderr);
    assert_eq!(run.status.code(), Some(64), "{told}");
    assert!(
        told.contains("line 2") && told.contains("iconv -f CP949"),
        "{told}"
    );
    assert!(!out.exists());
    assert_eq!(site.fixtures.api_calls("weekday0000000000000"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_goes_on_with_failed_links_ends_with_their_code_until_they_are_read_again() {
    let (site, dir) = (Site::start(&fixtures()).await, TempDir::new().unwrap());
    let (input, out) = (dir.path().join("links.txt"), dir.path().join("out.jsonl"));
    let names = ["weekday", "forbidden", "sunday"];
    let identifiers = names.map(|name| format!("{name:0<20}"));
    fs::write(&input, identifiers.join("\n")).unwrap();
    let run = |flag: &[&str]| {
        let flags = [&["--out", out.to_str().unwrap()], flag].concat();
        let run = batch(&site, &input, &flags);
        let lines = fs::read_to_string(&out).unwrap();
        let names: Vec<_> = lines.lines().map(|line| summary(line)[2].take()).collect();
        (
            run.status.code(),
            names,
            String::from_utf8(run.stderr).unwrap(),
        )
    };
    let [weekday, forbidden, sunday] = &identifiers;
    let failed = [json!(weekday), json!("blocked"), json!(sunday)];
    for flag in [&[][..], &["--resume"]] {
        let (code, names, told) = run(flag);
        assert_eq!(
            (code, names.as_slice()),
            (Some(75), &failed[..]),
            "{flag:?}: {told}"
        );
        assert!(told.contains("--retry-failed reads them again"), "{told}");
    }
    let (code, names, _) = run(&["--retry-failed"]);
    let last = [json!(weekday), json!(sunday), json!("blocked")];
    assert_eq!((code, names.as_slice()), (Some(75), &last[..]));
    let answer = site.fixtures.get(forbidden).unwrap().answer.clone();
    site.fixtures.insert(Fixture::new("forbidden", answer));
    let (code, names, told) = run(&["--retry-failed"]);
    let read = [json!(weekday), json!(sunday), json!(forbidden)];
    assert_eq!((code, names.as_slice()), (Some(0), &read[..]), "{told}");
    let (code, _, _) = run(&["--resume"]);
    assert_eq!(code, Some(0));
    assert_eq!(
        site.fixtures.api_calls(weekday),
        1,
        "what is answered is not asked again"
    );
}
