//! What the command line says of itself, and calendars printed by it.

use std::fs::{self, File};
use std::io::Write;
use std::process::{Command, Output, Stdio};

use crate::support::processes::{eventually, signal};
use crate::support::{Service, Site, address, fixtures, gonggang, gonggang_after};
use tempfile::TempDir;

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

#[tokio::test(flavor = "multi_thread")]
async fn several_links_make_one_calendar() {
    let site = Site::start(&fixtures()).await;
    let output = gonggang()
        .args(["extract", "weekday0000000000000", "private0000000000000"])
        .args(["@saturday000000000000", "weekday0000000000000"])
        .args([
            "--format",
            "ics",
            "--from",
            "2026-09-01",
            "--until",
            "2026-12-18",
        ])
        .envs(site.api_variables())
        .output()
        .unwrap();
    // The link that is not public is told, and the others are in the file all the same.
    assert_eq!(output.status.code(), Some(77), "{output:?}");
    let file = String::from_utf8(output.stdout).unwrap();
    for line in ["BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VTIMEZONE"] {
        assert_eq!(file.matches(line).count(), 1, "{line}: {file}");
    }
    let calendar: icalendar::Calendar = file.parse().unwrap();
    let alone = |identifier: &str| {
        let timetable = crate::support::timetables::fixture(identifier);
        timetable.classes.len()
    };
    let events = calendar.events().count();
    assert_eq!(events, alone("weekday") + alone("saturday"), "{file}");
    let uids: std::collections::BTreeSet<_> = file
        .lines()
        .filter(|line| line.starts_with("UID:"))
        .collect();
    assert_eq!(uids.len(), events);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_pictures_are_files_in_a_folder() {
    let site = Site::start(&fixtures()).await;
    let dir = TempDir::new().unwrap();
    let folder = dir.path().join("weeks");
    let output = gonggang()
        .args(["extract", "weekday0000000000000", "private0000000000000"])
        .args(["@saturday000000000000", "--format", "svg", "--out"])
        .arg(&folder)
        .envs(site.api_variables())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(77), "{output:?}");
    assert!(output.stdout.is_empty());
    let mut names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["1.svg", "3.svg"]);
    for name in names {
        let picture = fs::read_to_string(folder.join(name)).unwrap();
        roxmltree::Document::parse(&picture).unwrap();
    }
}

#[test]
fn several_pictures_without_a_folder_and_a_folder_without_pictures_are_refused() {
    for (arguments, told) in [
        ("--format svg", "--out DIR"),
        ("--format json --out weeks", "goes with --format svg"),
    ] {
        let output = gonggang()
            .args(["extract", "weekday0000000000000", "saturday000000000000"])
            .args(arguments.split(' '))
            .env("GONGGANG_DRIVER_BINARY", "/nonexistent")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(64), "{arguments}");
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(words.contains(told), "{arguments}: {words}");
    }
}

/// Commands that print and end by themselves.
fn printing(site: &Site, dir: &TempDir) -> Vec<Command> {
    let input = dir.path().join("links.txt");
    fs::write(&input, "weekday0000000000000\n").unwrap();
    let formats = [
        "json",
        "slots",
        "svg",
        "text",
        "ics --from 2026-09-01 --until 2026-12-18",
    ];
    let mut typed: Vec<_> = formats
        .iter()
        .map(|format| format!("extract weekday0000000000000 --format {format}"))
        .collect();
    typed.push(format!("batch {}", input.display()));
    typed.push(format!(
        "record weekday0000000000000 --to {}/cases",
        dir.path().display()
    ));
    typed.extend(
        [
            "check",
            "man",
            "man batch",
            "completions bash",
            "--help",
            "--version",
        ]
        .map(str::to_owned),
    );
    let command = |line: &String| {
        let mut command = gonggang();
        command.args(line.split(' ')).envs(site.api_variables());
        command
    };
    typed.iter().map(command).collect()
}

/// How `command` ended that could not print.
fn assert_ended_by_its_output(command: &Command, output: &Output, expected: &str) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(70), "{command:?}: {told}");
    assert!(!told.contains("panic"), "{command:?}: {told}");
    let is_help = command
        .get_args()
        .last()
        .is_some_and(|last| last.to_string_lossy().starts_with("--"));
    assert!(is_help || told.contains(expected), "{command:?}: {told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_output_ends_every_command_with_70() {
    let (site, dir) = (Site::start(&fixtures()).await, TempDir::new().unwrap());
    for mut command in printing(&site, &dir) {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = command.stdout(full).output().unwrap();
        assert_ended_by_its_output(&command, &output, "cannot write: No space left");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_output_ends_every_command_with_70() {
    let (site, dir) = (Site::start(&fixtures()).await, TempDir::new().unwrap());
    for mut command in printing(&site, &dir) {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command.stdout(writer).output().unwrap();
        assert_ended_by_its_output(&command, &output, "cannot write: Broken pipe");
    }
}

#[test]
fn a_full_standard_error_changes_no_exit_code() {
    for (arguments, code) in [
        ("extract garbage", 65),
        ("man dance", 64),
        ("batch /nonexistent", 64),
    ] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let status = gonggang()
            .args(arguments.split(' '))
            .stderr(full)
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(code), "{arguments}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_serves_though_its_first_words_cannot_be_written() {
    let site = Site::start(&fixtures()).await;
    let mut command = gonggang_after("exec >/dev/full");
    command.args(["serve", "--replay"]).arg(fixtures());
    let service = Service::running(command, &site.api_variables());
    assert_eq!(service.schedule("weekday0000000000000").await.status, 200);
}

#[test]
fn a_stand_in_serves_though_its_first_words_cannot_be_written() {
    let listen = format!("{}:7778", address::own());
    let mut process = gonggang_after("exec >/dev/full")
        .args(["replay", "--listen", &listen, "--fixtures"])
        .arg(fixtures())
        .spawn()
        .unwrap();
    eventually("it listens", || {
        std::net::TcpStream::connect(&listen).is_ok()
    });
    signal(process.id(), "TERM");
    assert_eq!(process.wait().unwrap().code(), Some(0));
}
