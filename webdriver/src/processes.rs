//! What the processes of a group take, from `/proc`.

use std::{fs, time::Duration};

use rustix::param::{clock_ticks_per_second, page_size};

/// What the members of a process group take together. Nothing where there is no `/proc`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) group: u32,
    pub(crate) members: Vec<u32>,
    /// Bytes of memory; pages that processes share are counted for each (resident set size).
    pub(crate) resident: u64,
    /// Processor time of those that live.
    pub(crate) time: Duration,
}

/// Looks at every process of the system once: some ten microseconds for each.
pub(crate) fn usages(groups: &[u32]) -> Vec<Usage> {
    let mut usages: Vec<_> = groups.iter().map(|group| Usage::of(*group)).collect();
    for id in ids() {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let Some(process) = Process::read(&stat) else {
            continue;
        };
        let mut usages = usages.iter_mut();
        if let Some(usage) = usages.find(|usage| usage.group == process.group) {
            usage.add(id, &process);
        }
    }
    usages
}

/// Bytes of memory that these processes take together, each page shared between processes counted
/// once (proportional set size). A process that keeps that to itself is counted with all that it can
/// see (resident set size): too much rather than too little. Some milliseconds a process.
pub(crate) fn proportional(members: &[u32]) -> u64 {
    let taken = members.iter().map(|id| {
        let proportional = kibibytes(*id, "smaps_rollup", "Pss:");
        let kibibytes = proportional.or_else(|| kibibytes(*id, "status", "VmRSS:"));
        kibibytes.unwrap_or_default() * 1024
    });
    taken.sum()
}

fn ids() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// The number in a line like `Pss:    1234 kB`.
fn kibibytes(id: u32, file: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{id}/{file}")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

impl Usage {
    fn of(group: u32) -> Self {
        Self {
            group,
            ..Self::default()
        }
    }

    fn add(&mut self, id: u32, process: &Process) {
        self.members.push(id);
        self.resident += process.pages * page_size() as u64;
        let seconds = process.ticks as f64 / clock_ticks_per_second() as f64;
        self.time += Duration::from_secs_f64(seconds);
    }
}

/// A living process, as its `stat` has it.
#[derive(Debug, PartialEq, Eq)]
struct Process {
    group: u32,
    /// Processor time in clock ticks.
    ticks: u64,
    /// Resident pages.
    pages: u64,
}

impl Process {
    /// `ID (name) state parent group …`, and the name may hold anything.
    fn read(stat: &str) -> Option<Self> {
        let (_, rest) = stat.rsplit_once(") ")?;
        let fields: Vec<_> = rest.split(' ').collect();
        let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
        if matches!(fields[0], "Z" | "X") {
            return None;
        }
        Some(Self {
            group: fields.get(2)?.parse().ok()?,
            ticks: number(11)? + number(12)?,
            pages: number(21)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        os::unix::process::CommandExt as _,
        process::{Child, Command},
    };

    use super::*;

    fn sleeper() -> io::Result<Child> {
        Command::new("sleep").arg("60").process_group(0).spawn()
    }

    #[test]
    fn a_groups_usage_is_that_of_its_own_processes() -> io::Result<()> {
        let (mut one, mut other) = (sleeper()?, sleeper()?);
        let [of_one, of_other] = &usages(&[one.id(), other.id()])[..] else {
            panic!("two groups");
        };
        assert_eq!(
            (&of_one.members, &of_other.members),
            (&vec![one.id()], &vec![other.id()])
        );
        let taken = proportional(&of_one.members);
        assert!((10_000..=of_one.resident).contains(&taken), "{taken}");
        assert!(of_one.resident < 100_000_000 && of_one.time < Duration::from_secs(10));
        let id = one.id();
        for process in [&mut one, &mut other] {
            process.kill()?;
            process.wait()?;
        }
        assert_eq!(usages(&[id]), [Usage::of(id)]);
        assert_eq!(proportional(&[id]), 0);
        Ok(())
    }

    #[test]
    fn a_process_is_read_whatever_its_name() {
        let fields = "1 42 42 0 -1 4194560 80 0 0 0 30 12 0 0 20 0 1 0 900 5431296 207 1844";
        let process = Process {
            group: 42,
            ticks: 42,
            pages: 207,
        };
        assert_eq!(
            Process::read(&format!("7 (a) b) S {fields}")),
            Some(process)
        );
        assert_eq!(Process::read(&format!("7 (a) Z {fields}")), None);
        assert_eq!(Process::read(""), None);
    }
}
