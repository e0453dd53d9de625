//! Finds living processes by their group, or by a directory in their arguments. Zombies do not count.

use std::{fs, path::Path, time::Duration};

use rustix::process::{Pid, Signal, kill_process};

/// Processes of the group, its leader included.
pub fn members(group: u32) -> Vec<u32> {
    living(|id| field(id, 2) == Some(group.to_string()))
}

/// Processes with the directory in their environment or arguments.
pub fn mentioning(dir: &Path) -> Vec<u32> {
    let dir = dir.to_str().expect("plain");
    let names = |id, file| {
        fs::read(format!("/proc/{id}/{file}"))
            .is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(dir))
    };
    living(|id| names(id, "environ") || names(id, "cmdline"))
}

fn living(wanted: impl Fn(u32) -> bool) -> Vec<u32> {
    let entries = fs::read_dir("/proc").expect("Linux").flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|id| *id != std::process::id() && !is_dead(*id) && wanted(*id))
        .collect()
}

fn is_dead(id: u32) -> bool {
    field(id, 0).is_none_or(|state| state == "Z" || state == "X")
}

/// A field of `/proc/ID/stat` after the name: 0 is the state, 2 the group.
fn field(id: u32, index: usize) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.split(' ').nth(index).map(str::to_owned)
}

/// Sends a signal. A process that is gone already is no error.
pub fn signal(id: u32, signal: Signal) {
    let pid = Pid::from_raw(id.cast_signed()).expect("an id");
    let _ = kill_process(pid, signal);
}

/// Waits until the condition holds, at most for a minute, since machines are busy.
pub async fn eventually(what: &str, so: impl Fn() -> bool) {
    for _ in 0..3000 {
        if so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never: {what}");
}
