//! Processor time of a process and its descendants. Other load on the machine changes it little.

use std::fs;
use std::time::Duration;

/// `/proc` counts in hundredths of a second on every Linux that browsers run on.
const TICK: Duration = Duration::from_millis(10);

/// What a process alone has used, and the ended ones it waited for.
pub fn of(process: u32) -> Duration {
    TICK * Stat::read(process).map_or(0, |stat| stat.ticks)
}

/// What a process, its living descendants and the ended ones they waited for have used.
pub fn of_family(process: u32) -> Duration {
    let processes: Vec<_> = fs::read_dir("/proc").unwrap().flatten().collect();
    let processes: Vec<_> = processes
        .iter()
        .filter_map(|entry| Stat::read(entry.file_name().to_str()?.parse().ok()?))
        .collect();
    let mut family = vec![process];
    let mut ticks = 0;
    while let Some(member) = family.pop() {
        family.extend(
            processes
                .iter()
                .filter(|stat| stat.parent == member)
                .map(|stat| stat.id),
        );
        ticks += processes
            .iter()
            .find(|stat| stat.id == member)
            .map_or(0, |stat| stat.ticks);
    }
    TICK * ticks
}

struct Stat {
    id: u32,
    parent: u32,
    ticks: u32,
}

impl Stat {
    /// `None` for a process that has just ended.
    fn read(id: u32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // The name before the bracket may hold anything; see proc_pid_stat(5) for what follows it.
        let fields: Vec<_> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = fields
            .get(11..15)?
            .iter()
            .filter_map(|field| field.parse::<u32>().ok())
            .sum();
        Some(Self {
            id,
            parent: fields.get(1)?.parse().ok()?,
            ticks,
        })
    }
}
