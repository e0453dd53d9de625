//! Process groups: ending one, and knowing that nobody of it is left.

use std::{fs, io, time::Duration};

use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};

/// Sends SIGKILL to every process of the group. A group that is gone already is no error.
pub(crate) fn kill(group: u32) {
    if let Some(pid) = Pid::from_raw(group.cast_signed()) {
        let _ = kill_process_group(pid, Signal::KILL);
    }
}

/// Waits until nobody of the group lives; `false` if somebody does after `limit`.
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

/// Zombies do not count: orphans wait for an init process that may be slow to reap them, and the
/// kernel answers for a zombie's group as if it lived. So the process table decides where there is
/// one.
fn is_alive(group: u32) -> bool {
    Pid::from_raw(group.cast_signed()).is_some_and(|pid| test_kill_process_group(pid).is_ok())
        && members_in_proc(group).unwrap_or(true)
}

fn members_in_proc(group: u32) -> io::Result<bool> {
    let processes = fs::read_dir("/proc")?.flatten();
    let mut stats =
        processes.filter_map(|entry| fs::read_to_string(entry.path().join("stat")).ok());
    Ok(stats.any(|stat| is_live_member(&stat, group)))
}

/// `/proc/ID/stat` is `ID (name) state parent group …`, and the name may hold anything.
pub(crate) fn is_live_member(stat: &str, group: u32) -> bool {
    let Some((_, rest)) = stat.rsplit_once(") ") else {
        return false;
    };
    let mut fields = rest.split(' ');
    let state = fields.next();
    let member = fields.nth(1) == Some(group.to_string().as_str());
    member && !matches!(state, Some("Z" | "X"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zombie_is_no_member_whatever_its_name() {
        assert!(is_live_member("7 (a) b) S 1 42 42 0", 42));
        assert!(!is_live_member("7 (a) b) Z 1 42 42 0", 42));
        assert!(!is_live_member("7 (42) S 42 7 42 0", 42));
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
