//! No process and no file is left behind, however the fleet's process ends.
//!
//! This program runs a second time as the process that ends, see `runs_a_fleet_for_another_test`.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use super::common::{
    self, config, fleet_of,
    lent::lent,
    processes::{eventually, members, mentioning, signal},
    site, visit,
};
use rustix::process::Signal;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, Command},
};

const DIR: &str = "WEBDRIVER_FLEET_TEST_DIR";

/// Not a test, but the other process. It opens two sessions, prints READY, and ends as its input says.
#[tokio::test]
#[ignore = "started by other tests"]
async fn runs_a_fleet_for_another_test() {
    let Some(dir) = std::env::var_os(DIR) else {
        return;
    };
    let fleet = fleet_of(common::in_dir(config(2), dir.into())).await;
    let site = site().await;
    fleet.visit(visit(&site, "plain")).await.unwrap();
    eventually("two sessions", || fleet.status().opened == 2).await;
    println!("READY");
    let mut word = String::new();
    BufReader::new(tokio::io::stdin())
        .read_line(&mut word)
        .await
        .unwrap();
    match word.trim() {
        "drop" => drop(fleet),
        "shut down" => fleet.shutdown(std::time::Duration::from_secs(5)).await,
        "abort" => std::process::abort(),
        _ => panic!("as asked"),
    }
}

/// The name of [`runs_a_fleet_for_another_test`] as the test harness knows it.
fn holder() -> String {
    let (_, module) = module_path!().split_once("::").unwrap();
    format!("{module}::runs_a_fleet_for_another_test")
}

/// The other process, with its sessions open.
pub(crate) struct Other {
    pub(crate) process: Child,
    input: ChildStdin,
    pub(crate) dir: PathBuf,
}

impl Other {
    pub(crate) async fn start(name: &str) -> Self {
        let dir = common::short_dir(name);
        // A shell that runs the tests in the background makes them and their children ignore SIGINT.
        let mut process = Command::new("env")
            .arg("--default-signal=INT")
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", &holder(), "--ignored", "--nocapture"])
            .env(DIR, &dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        while lines.next_line().await.unwrap().expect("it starts").trim() != "READY" {}
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let input = process.stdin.take().unwrap();
        assert!(mentioning(&dir).len() > 4, "two drivers with browsers");
        Self {
            process,
            input,
            dir,
        }
    }

    pub(crate) async fn tell(mut self, word: &str) {
        self.input
            .write_all(format!("{word}\n").as_bytes())
            .await
            .unwrap();
        self.leaves_nothing().await;
    }

    pub(crate) async fn gets(self, which: Signal) {
        signal(self.process.id().unwrap(), which);
        self.leaves_nothing().await;
    }

    async fn leaves_nothing(mut self) {
        self.process.wait().await.unwrap();
        let dir = self.dir.clone();
        eventually("no process left", || mentioning(&dir).is_empty()).await;
        eventually("no file left", || is_empty(&dir)).await;
        std::fs::remove_dir(&dir).unwrap();
    }
}

fn is_empty(dir: &Path) -> bool {
    std::fs::read_dir(dir).unwrap().next().is_none()
}

#[tokio::test]
async fn a_terminated_process_leaves_nothing() {
    Other::start("term").await.gets(Signal::TERM).await;
}

#[tokio::test]
async fn a_killed_process_leaves_nothing() {
    Other::start("kill").await.gets(Signal::KILL).await;
}

#[tokio::test]
async fn a_dropped_fleet_leaves_nothing() {
    Other::start("drop").await.tell("drop").await;
}

#[tokio::test]
async fn killing_a_driver_ends_its_browser_and_the_slot_goes_on() {
    let (fleet, site) = (lent().await, site().await);
    fleet.visit(visit(&site, "plain")).await.unwrap();
    let group = fleet.status().slots[0].process_group.unwrap();
    assert!(members(group).len() > 2);
    signal(group, Signal::KILL);
    fleet.visit(visit(&site, "plain")).await.unwrap();
    eventually("no process of the group", || members(group).is_empty()).await;
}

#[tokio::test]
async fn killing_a_browser_ends_its_driver_and_the_slot_goes_on() {
    let (fleet, site) = (lent().await, site().await);
    fleet.visit(visit(&site, "plain")).await.unwrap();
    let group = fleet.status().slots[0].process_group.unwrap();
    for id in members(group).into_iter().filter(|id| *id != group) {
        signal(id, Signal::KILL);
    }
    fleet.visit(visit(&site, "plain")).await.unwrap();
    eventually("no process of the group", || members(group).is_empty()).await;
}

#[tokio::test]
async fn a_stopped_browser_is_replaced_within_the_visits_deadline() {
    let mut config = config(1);
    config.limits.command = std::time::Duration::from_secs(1);
    config.limits.clean = std::time::Duration::from_secs(2);
    let (fleet, site) = (fleet_of(config).await, site().await);
    fleet.visit(visit(&site, "plain")).await.unwrap();
    let group = fleet.status().slots[0].process_group.unwrap();
    for id in members(group).into_iter().filter(|id| *id != group) {
        signal(id, Signal::STOP);
    }
    fleet.visit(visit(&site, "plain")).await.unwrap();
    eventually("no process of the group", || members(group).is_empty()).await;
    fleet.shutdown(std::time::Duration::from_secs(5)).await;
}
