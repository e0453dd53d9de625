//! What the processes of a group take, from `/proc`.

use std::time::Duration;

use procfs::{
    ProcResult,
    process::{Process, Stat, all_processes},
};
use rustix::param::{clock_ticks_per_second, page_size};

/// What the members of a process group take together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) group: u32,
    pub(crate) members: Vec<u32>,
    /// Bytes of memory (resident set size): counts a page once for each process that shares it.
    pub(crate) resident: u64,
    /// Processor time of the living members.
    pub(crate) time: Duration,
}

/// Every living process of the system. Zombies are left out.
///
/// # Errors
/// This system has no `/proc`.
pub(crate) fn living() -> ProcResult<impl Iterator<Item = Stat>> {
    let stats = all_processes()?.filter_map(|process| process.ok()?.stat().ok());
    Ok(stats.filter(|stat| !matches!(stat.state, 'Z' | 'X')))
}

/// Looks at every process of the system once. All usages are zero where there is no `/proc`.
pub(crate) fn usages(groups: &[u32]) -> Vec<Usage> {
    let mut usages: Vec<_> = groups.iter().map(|group| Usage::of(*group)).collect();
    for stat in living().into_iter().flatten() {
        let group = stat.pgrp.cast_unsigned();
        if let Some(usage) = usages.iter_mut().find(|usage| usage.group == group) {
            usage.add(&stat);
        }
    }
    usages
}

/// Bytes of memory that these processes take together. Counts a shared page once (proportional set
/// size). A process that hides this figure counts with its resident set size, which is higher.
/// Takes some milliseconds a process.
pub(crate) fn proportional(members: &[u32]) -> u64 {
    let processes = members
        .iter()
        .filter_map(|id| Process::new(id.cast_signed()).ok());
    processes
        .filter_map(|process| proportional_of(&process).or_else(|| resident_of(&process)))
        .sum()
}

fn proportional_of(process: &Process) -> Option<u64> {
    let maps = process.smaps_rollup().ok()?.memory_map_rollup;
    maps.0.first()?.extension.map.get("Pss").copied()
}

fn resident_of(process: &Process) -> Option<u64> {
    let kibibytes = process.status().ok()?.vmrss?;
    Some(kibibytes * 1024)
}

impl Usage {
    fn of(group: u32) -> Self {
        Self {
            group,
            ..Self::default()
        }
    }

    fn add(&mut self, stat: &Stat) {
        self.members.push(stat.pid.cast_unsigned());
        self.resident += stat.rss * page_size() as u64;
        let seconds = (stat.utime + stat.stime) as f64 / clock_ticks_per_second() as f64;
        self.time += Duration::from_secs_f64(seconds);
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
    fn the_usage_of_a_group_counts_its_own_processes_only() -> io::Result<()> {
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
}
