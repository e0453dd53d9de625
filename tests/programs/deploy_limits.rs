//! The limits of tasks and memory in deploy/ against the table of docs/operating.md.

use std::ops::RangeInclusive;

use crate::support::metrics::text;

/// Most sessions, so most processors with the default pool, for which the unit is written.
const OF_THE_UNIT: RangeInclusive<u64> = 1..=16;
/// `/tmp` in memory, in MiB, as Compose, Kubernetes and the documents' `docker run` have it.
const TMP: u64 = 512;

/// What a row of the table asks for: once, and for each session.
struct Need {
    once: u64,
    each: u64,
}

impl Need {
    fn of(row: &str) -> Self {
        let document = text("docs/operating.md");
        let begin = format!("| {row} |");
        let found = document.lines().find(|line| line.starts_with(&begin));
        let cells: Vec<_> = found.expect(row).split('|').map(str::trim).collect();
        Self {
            once: cells[2].parse().unwrap(),
            each: cells[3].parse().unwrap(),
        }
    }

    fn for_sessions(&self, sessions: u64) -> u64 {
        self.once + self.each * sessions
    }
}

/// What follows `key` in a file: a number, of MiB if it has a unit of memory.
fn limit(file: &str, key: &str) -> u64 {
    let text = text(file);
    let (_, value) = text
        .split_once(key)
        .unwrap_or_else(|| panic!("{key} is not in {file}"));
    let value = value.trim_start();
    let digits = value.chars().take_while(char::is_ascii_digit).count();
    let number: u64 = value[..digits].parse().unwrap();
    match value[digits..].chars().next() {
        Some('g' | 'G') => number * 1024,
        _ => number,
    }
}

#[test]
fn the_unit_has_room_for_a_session_on_each_of_up_to_sixteen_processors() {
    let unit = "deploy/gonggang.service";
    let (tasks, memory) = (
        Need::of("tasks, Chromium"),
        Need::of("memory in MiB, Chromium"),
    );
    for processors in OF_THE_UNIT {
        assert!(
            limit(unit, "\nTasksMax=") >= tasks.for_sessions(processors),
            "{processors}"
        );
        assert!(
            limit(unit, "\nMemoryMax=") >= memory.for_sessions(processors),
            "{processors}"
        );
    }
    let most = format!("{} sessions", OF_THE_UNIT.end());
    assert!(
        text(unit).contains(&most),
        "the unit does not say for how many"
    );
    let advice = format!("`GONGGANG_POOL_SIZE={}`", OF_THE_UNIT.end());
    assert!(text("docs/operating.md").contains(&advice), "{advice}");
}

#[test]
fn compose_and_kubernetes_and_docker_run_have_room_for_their_sessions_and_a_full_tmp() {
    let (tasks, memory) = (
        Need::of("tasks, Chromium"),
        Need::of("memory in MiB, Chromium"),
    );
    for (file, pool, of_memory, of_tasks, tmp) in [
        (
            "deploy/compose.yaml",
            "GONGGANG_POOL_SIZE:-",
            "mem_limit:",
            Some("pids_limit:"),
            "/tmp:mode=1777,size=",
        ),
        (
            "deploy/kubernetes.yaml",
            "GONGGANG_POOL_SIZE\n              value: \"",
            "limits:\n              memory:",
            None,
            "sizeLimit:",
        ),
        (
            "docs/deploying.md",
            "-e GONGGANG_POOL_SIZE=",
            "--memory",
            Some("--pids-limit"),
            "/tmp:mode=1777,size=",
        ),
    ] {
        let sessions = limit(file, pool);
        assert_eq!(limit(file, tmp), TMP, "{file}");
        assert!(
            limit(file, of_memory) >= memory.for_sessions(sessions) + TMP,
            "{file}"
        );
        let has = of_tasks.is_none_or(|key| limit(file, key) >= tasks.for_sessions(sessions));
        assert!(has, "{file}: {of_tasks:?}");
    }
}
