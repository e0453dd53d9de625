//! Processes that belong together, and the memory that they take.

use std::fs;

/// Every process with this variable in its environment.
pub fn marked(variable: &str, value: &str) -> Vec<u32> {
    let mark = format!("{variable}={value}");
    let ids = fs::read_dir("/proc").unwrap().flatten();
    let ids = ids.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|id| {
        fs::read(format!("/proc/{id}/environ")).is_ok_and(|bytes| {
            bytes
                .split(|byte| *byte == 0)
                .any(|one| one == mark.as_bytes())
        })
    })
    .collect()
}

/// Resident memory in MiB.
pub fn resident(id: u32) -> f64 {
    mebibytes(&format!("/proc/{id}/status"), "VmRSS:")
}

/// The proportional share of memory in MiB: what several processes share is counted once.
pub fn share(id: u32) -> f64 {
    mebibytes(&format!("/proc/{id}/smaps_rollup"), "Pss:")
}

/// Zero for a process that has just gone.
fn mebibytes(file: &str, name: &str) -> f64 {
    let text = fs::read_to_string(file).unwrap_or_default();
    let kib: Option<f64> = text.lines().find_map(|line| {
        let rest = line.strip_prefix(name)?;
        rest.trim().trim_end_matches(" kB").parse().ok()
    });
    kib.unwrap_or_default() / 1024.0
}
