//! Groups of processes and their memory.

use std::collections::BTreeSet;
use std::fs;

/// Every process with this variable in its environment. Processes of pages hide theirs.
pub fn marked(variable: &str, value: &str) -> Vec<u32> {
    let mark = format!("{variable}={value}");
    let has_mark = |id: &u32| {
        fs::read(format!("/proc/{id}/environ")).is_ok_and(|bytes| {
            bytes
                .split(|byte| *byte == 0)
                .any(|one| one == mark.as_bytes())
        })
    };
    all().filter(has_mark).collect()
}

/// Every process of these groups.
pub fn members(groups: &BTreeSet<u32>) -> Vec<u32> {
    all()
        .filter(|id| group(*id).is_some_and(|group| groups.contains(&group)))
        .collect()
}

/// The process group, which a driver shares with its browsers and their pages. `None` for a dead
/// process, even before it is reaped.
pub fn group(id: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name before the bracket may hold anything; see proc_pid_stat(5) for what follows it.
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ');
    let is_dead = matches!(fields.next()?, "Z" | "X");
    if is_dead {
        return None;
    }
    fields.nth(1)?.parse().ok()
}

fn all() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// Resident memory in MiB.
pub fn resident(id: u32) -> f64 {
    mebibytes(&format!("/proc/{id}/status"), "VmRSS:")
}

/// The proportional share of memory in MiB: what several processes share is counted once.
pub fn share(id: u32) -> f64 {
    mebibytes(&format!("/proc/{id}/smaps_rollup"), "Pss:")
}

/// Zero for a process that has just ended.
fn mebibytes(file: &str, name: &str) -> f64 {
    let text = fs::read_to_string(file).unwrap_or_default();
    let kib: Option<f64> = text.lines().find_map(|line| {
        let rest = line.strip_prefix(name)?;
        rest.trim().trim_end_matches(" kB").parse().ok()
    });
    kib.unwrap_or_default() / 1024.0
}
