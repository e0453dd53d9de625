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
    all().filter(|id| told(id)).collect()
}

/// Fails if processes that were told of the folder never go away.
pub fn no_process_is_left(dir: &Path) {
    eventually("no process is left", || mentioning(dir).is_empty());
}

/// Looks until it is so, at most for a minute.
pub fn eventually(what: &str, so: impl Fn() -> bool) {
    assert!(within_a_minute(so), "never: {what}");
}

/// The same, for what must be cleared up before it is judged.
pub fn within_a_minute(so: impl Fn() -> bool) -> bool {
    let mut looks = 0..6000;
    looks.any(|_| {
        let is_so = so();
        if !is_so {
            std::thread::sleep(Duration::from_millis(10));
        }
        is_so
    })
}

/// Resident memory of a process, in KiB.
pub fn resident_kib(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.unwrap().trim_end_matches("kB").trim().parse().unwrap()
}

/// Sends a signal by name.
pub fn signal(id: u32, name: &str) {
    assert!(kill(id, name), "{id} is gone");
}

/// Sends a signal by name; whether the process was still there.
pub fn kill(id: u32, name: &str) -> bool {
    let sent = std::process::Command::new("kill")
        .args(["-s", name, &id.to_string()])
        .output();
    sent.unwrap().status.success()
}

/// The process group.
pub fn group_of(id: u32) -> Option<u32> {
    stat(id, GROUP)?.parse().ok()
}

/// Members of a process group that are no zombies.
pub fn living_members(group: u32) -> Vec<u32> {
    let lives =
        |id: &u32| group_of(*id) == Some(group) && stat(*id, STATE).is_some_and(|of| of != "Z");
    all().filter(lives).collect()
}

/// Fields of `/proc/ID/stat` after the name.
pub const STATE: usize = 0;
pub const PARENT: usize = 1;
pub const GROUP: usize = 2;

/// A field of `/proc/ID/stat` after the name.
pub fn stat(id: u32, field: usize) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.split(' ').nth(field).map(str::to_owned)
}

/// Every process.
pub fn all() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}
