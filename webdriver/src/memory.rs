//! What the processes of a group take, from `/proc`.

use std::fs;

use crate::group;

/// Bytes of memory that the members of these groups take together, each page shared between
/// processes counted once (proportional set size). A process that keeps that to itself is counted
/// with all that it can see (resident set size): too much rather than too little. 0 where there is
/// no `/proc`.
pub(crate) fn of_groups(groups: &[u32]) -> u64 {
    let Ok(processes) = fs::read_dir("/proc") else {
        return 0;
    };
    let processes = processes.flatten().map(|entry| entry.path());
    let members = processes.filter(|process| {
        let stat = fs::read_to_string(process.join("stat")).unwrap_or_default();
        groups.iter().any(|of| group::is_live_member(&stat, *of))
    });
    members
        .map(|process| {
            let proportional = kibibytes(&process.join("smaps_rollup"), "Pss:");
            let kibibytes = proportional.or_else(|| kibibytes(&process.join("status"), "VmRSS:"));
            kibibytes.unwrap_or_default() * 1024
        })
        .sum()
}

/// The number in a line like `Pss:    1234 kB`.
fn kibibytes(file: &std::path::Path, name: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::{io, os::unix::process::CommandExt as _, process::Command};

    use super::*;

    #[test]
    fn a_group_takes_what_its_processes_take_and_nobody_else() -> io::Result<()> {
        let mut sleeper = Command::new("sleep").arg("60").process_group(0).spawn()?;
        let mut other = Command::new("sleep").arg("60").process_group(0).spawn()?;
        let (one, both) = (
            of_groups(&[sleeper.id()]),
            of_groups(&[sleeper.id(), other.id()]),
        );
        for process in [&mut sleeper, &mut other] {
            process.kill()?;
            process.wait()?;
        }
        assert!((10_000..100_000_000).contains(&one), "{one}");
        assert!(both > one, "{both}");
        assert_eq!(of_groups(&[sleeper.id()]), 0);
        Ok(())
    }
}
