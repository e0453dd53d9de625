//! Ends a process group and waits until no member lives.

use std::time::Duration;

use procfs::ProcResult;
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};

use crate::processes;

/// Sends SIGKILL to every process of the group. A group that is gone already is no error.
pub(crate) fn kill(group: u32) {
    if let Some(pid) = Pid::from_raw(group.cast_signed()) {
        let _ = kill_process_group(pid, Signal::KILL);
    }
}

/// Waits until no member lives; `false` if one still does after `limit`.
pub(crate) async fn gone(group: u32, limit: Duration) -> bool {
    let until = tokio::time::Instant::now() + limit;
    while is_alive(group) {
        if tokio::time::Instant::now() >= until {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    true
}

/// Whether a member lives, zombies not counted: orphans wait for an init process that may be slow
/// to reap them, and the kernel answers for a zombie's group as if it lived.
fn is_alive(group: u32) -> bool {
    Pid::from_raw(group.cast_signed()).is_some_and(|pid| test_kill_process_group(pid).is_ok())
        && has_living_member(group).unwrap_or(true)
}

fn has_living_member(group: u32) -> ProcResult<bool> {
    let group = group.cast_signed();
    Ok(processes::living()?.any(|stat| stat.pgrp == group))
}

#[cfg(test)]
mod tests {
    use std::{io, os::unix::process::CommandExt as _};

    use super::*;

    #[tokio::test]
    async fn a_zombie_is_no_living_member() -> io::Result<()> {
        let mut child = std::process::Command::new("true")
            .process_group(0)
            .spawn()?;
        let group = child.id();
        assert!(gone(group, Duration::from_secs(5)).await);
        let pid = Pid::from_raw(group.cast_signed()).expect("a process id");
        assert!(test_kill_process_group(pid).is_ok(), "it is reaped already");
        child.wait().map(drop)
    }

    #[tokio::test]
    async fn a_killed_group_is_gone() -> io::Result<()> {
        let mut child = tokio::process::Command::new("sleep")
            .arg("60")
            .process_group(0)
            .spawn()?;
        let group = child.id().expect("it was just started");
        assert!(is_alive(group));
        kill(group);
        assert!(gone(group, Duration::from_secs(5)).await);
        child.wait().await?;
        Ok(())
    }
}
