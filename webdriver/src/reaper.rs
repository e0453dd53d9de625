//! The reaper: a small shell that outlives us by a moment, so that nobody is left behind.
//!
//! It reads which process groups we started and ended. When its input ends, however we died, it
//! kills the groups that are left and removes the fleet's temporary directory.

use std::{
    io::{self, Write as _},
    os::unix::{fs::DirBuilderExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::Stdio,
};

use parking_lot::Mutex;
use uuid::Uuid;

/// `+ID` after a group was started, `-ID` before it may be reaped (so an id is never somebody
/// else's). Browsers write into their directory until they are gone, hence the second and third try.
/// `kill -s KILL --` is the one form that every shell takes a group in: dash refuses `-KILL --`.
const SCRIPT: &str = r#"
trap '' HUP INT QUIT TERM
groups=" "
while read -r line; do
  case $line in
    +*) groups="$groups${line#+} " ;;
    -*) groups="${groups%% ${line#-} *} ${groups#* ${line#-} }" ;;
  esac
done
for id in $groups; do kill -s KILL -- "-$id" 2>/dev/null; done
for pause in 0 0.2 1 3; do sleep $pause; rm -rf -- "$0" 2>/dev/null && break; done
"#;

/// The fleet's temporary directory and the process that removes it.
#[derive(Debug)]
pub(crate) struct Reaper {
    root: PathBuf,
    input: Mutex<std::process::ChildStdin>,
    process: Mutex<std::process::Child>,
}

impl Reaper {
    /// Makes the directory and starts the reaper, in a process group of its own so that Ctrl-C at
    /// a terminal does not reach it.
    pub(crate) fn start(parent: Option<&Path>) -> io::Result<Self> {
        let root = make_root(parent)?;
        if let Err(full) = make_room(&root) {
            let _ = std::fs::remove_dir_all(&root);
            return Err(full);
        }
        let mut process = std::process::Command::new("/bin/sh")
            .args(["-c", SCRIPT])
            .arg(&root)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        let input = process.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(Self {
            root,
            input: Mutex::new(input),
            process: Mutex::new(process),
        })
    }

    /// The directory everything of this fleet is written under.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// From now on this group is killed if we die.
    pub(crate) fn watch(&self, group: u32) {
        self.tell(&format!("+{group}\n"));
    }

    /// We ended this group ourselves.
    pub(crate) fn forget(&self, group: u32) {
        self.tell(&format!("-{group}\n"));
    }

    /// Nothing is left to be watched. Only if the directory cannot be removed yet is the reaper left
    /// to do that, when its input ends.
    pub(crate) fn end(&self) {
        if self.root.exists() && std::fs::remove_dir_all(&self.root).is_err() {
            return;
        }
        let mut process = self.process.lock();
        if process.kill().is_ok() {
            let _ = process.wait();
        }
    }

    /// A reaper that is gone cannot be told anything; its parent-death twin in [`crate::driver`]
    /// still ends the drivers.
    fn tell(&self, line: &str) {
        let mut input = self.input.lock();
        if let Err(error) = input.write_all(line.as_bytes()) {
            tracing::warn!(%error, "the reaper process is gone");
        }
    }
}

/// Every driver holds the reaper, so it goes last.
impl Drop for Reaper {
    fn drop(&mut self) {
        self.end();
    }
}

fn make_root(parent: Option<&Path>) -> io::Result<PathBuf> {
    let parent = parent.map_or_else(std::env::temp_dir, Path::to_owned);
    // Short: paths of sockets, Chromium's 54 bytes below it among them, end at 107.
    let name = format!("fleet-{}-{}", std::process::id(), short_id());
    let root = parent.join(name);
    std::fs::create_dir_all(&parent)?;
    std::fs::DirBuilder::new().mode(0o700).create(&root)?;
    Ok(root)
}

/// What the first session writes, at least. A browser that finds less does not say so.
const ROOM: usize = 8 << 20;

/// Makes sure that there is room for a session's files.
fn make_room(root: &Path) -> io::Result<()> {
    let probe = root.join("room");
    std::fs::write(&probe, vec![0; ROOM])?;
    std::fs::remove_file(probe)
}

/// Eight random hexadecimal digits, for the name of a directory.
pub(crate) fn short_id() -> String {
    let (id, ..) = Uuid::new_v4().as_fields();
    format!("{id:08x}")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn sleeper() -> io::Result<std::process::Child> {
        Command::new("sleep").arg("60").process_group(0).spawn()
    }

    #[test]
    fn at_the_end_of_its_input_the_groups_still_watched_are_killed() -> io::Result<()> {
        let (mut watched, mut forgotten) = (sleeper()?, sleeper()?);
        let root = make_root(None)?;
        let mut reaper = Command::new("/bin/sh")
            .args(["-c", SCRIPT])
            .arg(&root)
            .stdin(Stdio::piped())
            .spawn()?;
        let mut input = reaper.stdin.take().expect("it is piped");
        let (one, other) = (watched.id(), forgotten.id());
        writeln!(input, "+{other}\n+{one}\n-{other}")?;
        drop(input);
        assert!(reaper.wait()?.success());
        assert!(!watched.wait()?.success());
        assert!(forgotten.try_wait()?.is_none());
        assert!(!root.exists());
        forgotten.kill()?;
        forgotten.wait().map(drop)
    }
}
