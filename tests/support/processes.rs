//! Who runs on this machine, by what they were told. Zombies do not count.

use std::fs;
use std::path::Path;
use std::time::Duration;

/// Processes with the folder in their environment or arguments.
pub fn mentioning(dir: &Path) -> Vec<u32> {
    let dir = dir.to_str().unwrap();
    let told = |id: &u32| {
        ["environ", "cmdline"].iter().any(|file| {
            fs::read(format!("/proc/{id}/{file}"))
                .is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(dir))
        })
    };
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|id| told(id)).collect()
}

/// Fails if processes that were told of the folder never go away.
pub fn nobody_is_left(dir: &Path) {
    eventually("nobody is left", || mentioning(dir).is_empty());
}

/// Looks until it is so, at most for a minute.
pub fn eventually(what: &str, so: impl Fn() -> bool) {
    for _ in 0..6000 {
        if so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("never: {what}");
}

/// Resident memory of a process, in KiB.
pub fn resident_kib(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.unwrap().trim_end_matches("kB").trim().parse().unwrap()
}

/// Sends a signal by name.
pub fn signal(id: u32, name: &str) {
    let sent = std::process::Command::new("kill")
        .args(["-s", name, &id.to_string()])
        .status();
    assert!(sent.unwrap().success());
}
