//! What the command line says of itself, and calendars printed by it.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use crate::support::{Site, fixtures, gonggang};

const COMMANDS: [&str; 9] = [
    "serve",
    "extract",
    "batch",
    "record",
    "replay",
    "check",
    "healthcheck",
    "completions",
    "man",
];

fn run(arguments: &[&str]) -> Output {
    gonggang().args(arguments).output().unwrap()
}

/// What `program` makes of `text` on its standard input.
fn fed(program: &str, arguments: &[&str], text: &[u8]) -> Output {
    let mut process = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(text).unwrap();
    process.wait_with_output().unwrap()
}

#[test]
fn bash_completes_every_command_and_its_flags() {
    let script = run(&["completions", "bash"]).stdout;
    let completed = |line: &str| {
        let words: Vec<_> = line.split(' ').collect();
        let ask = format!(
            "COMP_WORDS=({line}); COMP_CWORD={last}; _gonggang gonggang '{word}' '{before}'\n\
             printf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
            last = words.len() - 1,
            word = words[words.len() - 1],
            before = words[words.len() - 2],
        );
        let said = fed("bash", &["--norc"], &[&script, ask.as_bytes()].concat());
        assert_eq!(String::from_utf8_lossy(&said.stderr), "");
        String::from_utf8(said.stdout).unwrap()
    };
    for command in COMMANDS {
        let prefix = &command[..3];
        let found = completed(&format!("gonggang {prefix}"));
        assert!(
            found.lines().any(|line| line == command),
            "{command}: {found}"
        );
    }
    assert_eq!(completed("gonggang batch --res"), "--resume\n");
    assert_eq!(completed("gonggang extract --format i"), "ics\n");
}

#[test]
fn there_is_a_completion_script_for_each_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = run(&["completions", shell]);
        assert!(script.status.success());
        let script = String::from_utf8(script.stdout).unwrap();
        let missing: Vec<_> = COMMANDS
            .iter()
            .filter(|name| !script.contains(**name))
            .collect();
        assert!(missing.is_empty(), "{shell}: {missing:?}");
    }
}

/// What mandoc says of pages that no library of ours can change: it leaves breaks where it needs none,
/// and a page has no date so that two builds are the same.
fn is_known(complaint: &str) -> bool {
    let known = [
        "skipping paragraph macro: br",
        "cannot parse date",
        "missing date",
    ];
    known.iter().any(|known| complaint.contains(known))
}

#[test]
fn every_command_has_a_manual_page_without_fault() {
    for command in [None].into_iter().chain(COMMANDS.map(Some)) {
        let page = run(&["man"].into_iter().chain(command).collect::<Vec<_>>()).stdout;
        let read = fed("mandoc", &["-T", "lint", "-W", "warning"], &page);
        let complaints = String::from_utf8_lossy(&read.stdout).into_owned();
        let unknown: Vec<_> = complaints.lines().filter(|line| !is_known(line)).collect();
        assert!(unknown.is_empty(), "{command:?}: {unknown:#?}");
        let shown = fed("mandoc", &["-T", "utf8"], &page);
        let text = String::from_utf8_lossy(&shown.stdout).replace(['\u{8}', '\n'], "");
        assert!(text.contains("SSYYNNOOPPSSIISS"), "{command:?}: {text}");
    }
}

#[test]
fn a_manual_page_names_the_variables_and_never_their_values() {
    let page = gonggang()
        .args(["man", "serve"])
        .env("GONGGANG_API_KEYS", "secret-key")
        .env("GONGGANG_USER_AGENT", "secret-agent")
        .output()
        .unwrap();
    let page = String::from_utf8(page.stdout).unwrap();
    assert!(page.contains("GONGGANG_USER_AGENT") && page.contains("GONGGANG_POOL_SIZE"));
    assert!(!page.contains("secret"));
}

#[test]
fn a_manual_page_of_no_command_is_a_mistake() {
    let output = run(&["man", "dance"]);
    assert_eq!(output.status.code(), Some(64));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no command dance"));
}

#[test]
fn a_calendar_takes_the_term_and_nothing_else_does() {
    for (arguments, told) in [
        ("--format ics", "--from 2026-09-01 --until 2026-12-18"),
        (
            "--format ics --from 2026-09-01",
            "--from 2026-09-01 --until 2026-12-18",
        ),
        ("--format ics --from 2026-09-01 --until never", "not a date"),
        (
            "--format ics --from 2026-12-18 --until 2026-09-01",
            "before it begins",
        ),
        ("--format text --from 2026-09-01", "go with --format ics"),
        ("--detail busy", "go with --format ics"),
    ] {
        let output = gonggang()
            .args(["extract", "weekday0000000000000"])
            .args(arguments.split(' '))
            .env("GONGGANG_DRIVER_BINARY", "/nonexistent")
            .output()
            .unwrap();
        // No browser was looked for: that would be 69.
        assert_eq!(output.status.code(), Some(64), "{arguments}");
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(words.contains(told), "{arguments}: {words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_is_the_one_that_the_service_gives() {
    let site = Site::start(&fixtures()).await;
    let extract = |detail: &[&str]| {
        let output = gonggang()
            .args(["extract", "weekday0000000000000", "--format", "ics"])
            .args(["--from", "2026-09-01", "--until", "2026-12-18"])
            .args(detail)
            .envs(site.api_variables())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let service = crate::support::Service::reading_api(&site);
    let path = "/v1/timetables/weekday0000000000000.ics?from=2026-09-01&until=2026-12-18";
    for (detail, query) in [(&[][..], ""), (&["--detail", "busy"], "&detail=busy")] {
        let served = service.get(&format!("{path}{query}")).await.text;
        assert_eq!(stampless(&extract(detail)), stampless(&served));
    }
}

/// Without the moment of reading.
fn stampless(file: &str) -> String {
    assert!(file.contains("DTSTAMP"));
    let lines = file.split_inclusive("\r\n");
    lines.filter(|line| !line.starts_with("DTSTAMP")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn several_drawn_weeks_are_numbered() {
    let site = Site::start(&fixtures()).await;
    let output = gonggang()
        .args([
            "extract",
            "weekday0000000000000",
            "@saturday000000000000",
            "--format",
            "text",
        ])
        .envs(site.api_variables())
        .output()
        .unwrap();
    let drawn = String::from_utf8(output.stdout).unwrap();
    assert!(drawn.starts_with("#1 2026년 2학기\n"), "{drawn}");
    assert!(drawn.contains("\n#2 2026년 2학기\n"), "{drawn}");
}
