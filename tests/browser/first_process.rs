//! The service as the first process of a container that has no init process.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::{HANDFUL, Service, Site, fixtures, gonggang};

const NAMESPACES: [&str; 4] = ["--pid", "--fork", "--mount-proc", "--kill-child"];

/// Parts of a browser that was replaced are reaped within a moment.
const PATIENCE: Duration = Duration::from_secs(10);

/// State and parent of every process, by its id.
fn processes() -> Vec<(u32, String, u32)> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let read = |entry: fs::DirEntry| {
        let id = entry.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        let mut fields = stat.rsplit_once(") ")?.1.split(' ');
        Some((id, fields.next()?.to_owned(), fields.next()?.parse().ok()?))
    };
    entries.filter_map(read).collect()
}

fn child_of(parent: u32) -> u32 {
    let found = processes().into_iter().find(|(_, _, of)| *of == parent);
    found.expect("it has a child").0
}

fn zombies_of(parent: u32) -> usize {
    let of_it = |(_, state, of): &(u32, String, u32)| *of == parent && state == "Z";
    processes().iter().filter(|process| of_it(process)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn as_the_first_process_it_leaves_no_zombies_and_ends_when_it_is_told_to() {
    let allowed = Command::new("unshare")
        .args(NAMESPACES)
        .arg("true")
        .output();
    if !allowed.as_ref().is_ok_and(|ended| ended.status.success()) {
        println!("skipped: no namespaces here: {allowed:?}");
        return;
    }
    let site = Site::start(&fixtures()).await;
    let plain = gonggang();
    let mut command = Command::new("unshare");
    command
        .args(NAMESPACES)
        .arg(plain.get_program())
        .arg("serve");
    let mut variables = site.variables();
    variables.push(("GONGGANG_SESSION_MAX_PAGES", "1".to_owned()));
    variables.push(("GONGGANG_QUEUE_TIMEOUT", "30s".to_owned()));
    variables.push(("GONGGANG_REQUEST_TIMEOUT", "60s".to_owned()));
    let service = Service::running(command, &variables);
    let first = child_of(service.id());
    let mut statuses = Vec::new();
    for name in &HANDFUL[..5] {
        let case = site.cases.named(name).unwrap();
        statuses.push(service.schedule(&case.identifier).await.status);
    }
    let until = Instant::now() + PATIENCE;
    while zombies_of(first) > 0 && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let zombies = zombies_of(first);
    // `unshare` hears no signal but its child does, so nothing is judged before that has ended.
    let told = Command::new("kill")
        .args(["-s", "TERM", &first.to_string()])
        .status();
    assert!(told.unwrap().success());
    let (ended, log) = service.wait();
    assert_eq!(ended.code(), Some(0), "{log:?}");
    assert_eq!(statuses, [200; 5]);
    assert_eq!(zombies, 0);
}
