//! The service as the first process of a container that has no init process.

use std::process::Command;

use crate::support::processes::{PARENT, STATE, all, signal, stat, within_a_minute};
use crate::support::{HANDFUL, Service, Site, fixtures, gonggang};

const NAMESPACES: [&str; 4] = ["--pid", "--fork", "--mount-proc", "--kill-child"];

fn children_of(parent: u32) -> impl Iterator<Item = u32> {
    all().filter(move |id| stat(*id, PARENT) == Some(parent.to_string()))
}

fn zombies_of(parent: u32) -> usize {
    let is_zombie = |id: &u32| stat(*id, STATE).is_some_and(|state| state == "Z");
    children_of(parent).filter(is_zombie).count()
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
    let first = children_of(service.id()).next().expect("it has a child");
    let mut statuses = Vec::new();
    for name in &HANDFUL[..5] {
        let fixture = site.fixtures.named(name).unwrap();
        statuses.push(service.schedule(&fixture.identifier).await.status);
    }
    let are_reaped = within_a_minute(|| zombies_of(first) == 0);
    // `unshare` hears no signal but its child does, so nothing is judged before that has ended.
    signal(first, "TERM");
    let (ended, log) = service.wait();
    assert_eq!(ended.code(), Some(0), "{log:?}");
    assert_eq!(statuses, [200; 5]);
    assert!(are_reaped);
}
