//! Callers that take connections, open files and time of the real binary, and what is left for others.

use std::process::{Command, Stdio};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::{Service, Site, fixtures, gonggang, gonggang_after, gonggang_hearing};

/// A probe is answered within a second; the rest is for a busy machine. Without limits it took 18 s and more.
const PROMPTLY: Duration = Duration::from_secs(5);
/// The biggest file that is served without a key.
const BIG: &str = "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n\r\n";
const PROBE: &str = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";

async fn keyed_service() -> (Site, Service) {
    // The connections of both ends are open files of the tests or of the service.
    rlimit::increase_nofile_limit(8192).unwrap();
    let site = Site::start(&fixtures()).await;
    let mut variables = site.api_variables();
    variables.push(("GONGGANG_API_KEYS", "right-key".to_owned()));
    variables.push(("GONGGANG_RATE_LIMIT", "60".to_owned()));
    let service = Service::start(&variables);
    (site, service)
}

fn address(service: &Service) -> &str {
    service.url.strip_prefix("http://").unwrap()
}

async fn answers_probes(service: &Service) {
    for probe in ["/livez", "/readyz"] {
        let mut caller = TcpStream::connect(address(service)).await.unwrap();
        let request =
            format!("GET {probe} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        caller.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        timeout(PROMPTLY, caller.read_to_string(&mut answer))
            .await
            .unwrap_or_else(|_| panic!("{probe} is not answered"))
            .unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{probe}: {answer}");
    }
}

/// The most memory that it ever had, in MiB.
fn peak(service: &Service) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", service.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.unwrap().split_whitespace().nth(1).unwrap();
    kib.parse::<u64>().unwrap() / 1024
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_that_ask_for_big_files_and_read_nothing_leave_room_memory_and_a_timely_end() {
    let (_site, service) = keyed_service().await;
    let before = peak(&service);
    let hoard = async |_| {
        let mut caller = TcpStream::connect(address(&service)).await.unwrap();
        // Refused once it has given way to the next.
        let _ = timeout(PROMPTLY, caller.write_all(BIG.repeat(50).as_bytes())).await;
        caller
    };
    let hoarders = join_all((0..925).map(hoard)).await;
    answers_probes(&service).await;
    let used = peak(&service) - before;
    assert!(used < 150, "{used} MiB more");
    service.signal("TERM");
    let ending = tokio::task::spawn_blocking(move || service.wait());
    let ended = timeout(Duration::from_secs(12), ending).await;
    let (status, log) = ended.expect("it ends although they stay").unwrap();
    assert!(status.success(), "{log:?}");
    drop(hoarders);
}

#[tokio::test(flavor = "multi_thread")]
async fn probes_are_answered_promptly_beside_2000_idle_connections() {
    let (_site, service) = keyed_service().await;
    let idle = async |_| {
        let mut caller = TcpStream::connect(address(&service)).await.unwrap();
        caller.write_all(PROBE.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        // Cut off where it gave way to a later one before it had its answer.
        let _ = timeout(PROMPTLY, caller.read_exact(&mut answer)).await;
        caller
    };
    let idle = join_all((0..2000).map(idle)).await;
    for _ in 0..10 {
        answers_probes(&service).await;
    }
    drop(idle);
}

#[test]
fn too_few_open_files_are_told_at_the_start_with_what_to_do() {
    for command in ["serve", "extract @weekday0000000000000", "check"] {
        let output = gonggang_after("ulimit -n 64")
            .args(command.split(' '))
            .env("GONGGANG_SOURCE", "api")
            .env("GONGGANG_LISTEN", "127.0.0.1:0")
            // Nothing is asked of it.
            .env("GONGGANG_API_URL", "http://127.0.0.1:9")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        let code = if command == "check" { 1 } else { 64 };
        assert_eq!(output.status.code(), Some(code), "{command}: {said}");
        for part in ["64 files", "ulimit -n", "LimitNOFILE"] {
            assert!(said.contains(part), "{command}: {said}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_few_open_files_callers_give_way_to_each_other() {
    rlimit::increase_nofile_limit(8192).unwrap();
    let site = Site::start(&fixtures()).await;
    let mut command = gonggang_after("ulimit -n 160");
    command.arg("serve");
    let service = Service::running(command, &site.api_variables());
    let connected = (0..300).map(async |_| TcpStream::connect(address(&service)).await);
    let idle = join_all(connected).await;
    answers_probes(&service).await;
    drop(idle);
}

#[tokio::test]
async fn a_hang_up_drains_like_an_end() {
    let site = Site::start(&fixtures()).await;
    let mut command = gonggang_hearing("HUP");
    command.arg("serve");
    let service = Service::running(command, &site.api_variables());
    let slow = {
        let asked = format!("{}/v1/timetables/slow0000000000000000", service.url);
        let answer = service.client.get(asked).send();
        tokio::spawn(answer)
    };
    while site.fixtures.api_calls("slow0000000000000000") == 0 {
        tokio::task::yield_now().await;
    }
    service.signal("HUP");
    let status = slow.await.unwrap().unwrap().status().as_u16();
    assert_eq!(status, 200, "what was under way is answered");
    let (ended, log) = service.wait();
    assert_eq!(ended.code(), Some(0), "{log:?}");
}

#[tokio::test]
async fn signals_without_a_meaning_and_a_hang_up_under_nohup_change_nothing() {
    let site = Site::start(&fixtures()).await;
    let mut command = gonggang_after("trap '' HUP");
    command.arg("serve");
    let service = Service::running(command, &site.api_variables());
    for signal in ["USR1", "USR2", "HUP"] {
        service.signal(signal);
        assert_eq!(service.get("/livez").await.status, 200, "{signal}");
    }
    assert_eq!(service.stop().code(), Some(0));
}

#[test]
fn the_stand_in_outlives_a_signal_without_a_meaning_and_ends_at_one_that_has_one() {
    let mut command = gonggang();
    let replay = command
        .args(["replay", "--listen", "127.0.0.1:0", "--fixtures"])
        .arg(fixtures())
        .stdout(Stdio::piped());
    let mut process = replay.spawn().unwrap();
    // It has said where it listens.
    let mut first = [0; 1];
    std::io::Read::read_exact(process.stdout.as_mut().unwrap(), &mut first).unwrap();
    let id = process.id().to_string();
    let signal = |name: &str| Command::new("kill").args(["-s", name, &id]).status();
    assert!(signal("USR1").unwrap().success() && signal("TERM").unwrap().success());
    assert_eq!(process.wait().unwrap().code(), Some(0));
}
