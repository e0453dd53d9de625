//! The reaper: a small shell that outlives this process by a moment, so that no browser does.
//!
//! It reads which process groups were started and ended. Its input ends when this process dies, for
//! whatever reason. Then it kills the remaining groups and removes the fleet's temporary directory.

use std::{
    io::{self, Write as _},
    os::unix::{fs::DirBuilderExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::Stdio,
};

use parking_lot::Mutex;
use uuid::Uuid;

/// Reads `+ID` after a group was started, and `-ID` before its leader may be reaped, so the id cannot
/// belong to another group. It tries several times to remove the directory, since browsers write
/// there until they are gone. Every shell takes a group with `kill -s KILL --`; dash refuses
/// `-KILL --`.
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
    /// Makes the directory and starts the reaper. Its own process group keeps Ctrl-C at a terminal
    /// from it.
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

    /// The parent of all the fleet's files.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Kills this group if this process dies from now on.
    pub(crate) fn watch(&self, group: u32) {
        self.send(&format!("+{group}\n"));
    }

    /// The group was ended and need not be watched any more.
    pub(crate) fn forget(&self, group: u32) {
        self.send(&format!("-{group}\n"));
    }

    /// Ends the reaper, since no group is left to watch. If the directory cannot be removed yet, the
    /// reaper stays and removes it when its input ends.
    pub(crate) fn end(&self) {
        if self.root.exists() && std::fs::remove_dir_all(&self.root).is_err() {
            return;
        }
        let mut process = self.process.lock();
        if process.kill().is_ok() {
            let _ = process.wait();
        }
    }

    /// If the reaper is gone, the parent-death signal of [`crate::driver_spawner`] still ends the
    /// drivers.
    fn send(&self, line: &str) {
        let mut input = self.input.lock();
        if let Err(error) = input.write_all(line.as_bytes()) {
            tracing::warn!(%error, "the reaper process is gone");
        }
    }
}

/// Every driver holds the reaper, so it is dropped last.
impl Drop for Reaper {
    fn drop(&mut self) {
        self.end();
    }
}

fn make_root(parent: Option<&Path>) -> io::Result<PathBuf> {
    let parent = parent.map_or_else(std::env::temp_dir, Path::to_owned);
    // Short: a socket's path may have 107 bytes, and Chromium adds 54 to this one.
    let name = format!("fleet-{}-{}", std::process::id(), short_id());
    let root = parent.join(name);
    std::fs::create_dir_all(&parent)?;
    std::fs::DirBuilder::new().mode(0o700).create(&root)?;
    Ok(root)
}

/// What a first session writes at least, in bytes. A browser with less room does not report it.
const ROOM: usize = 8 << 20;

/// Checks that there is room for a session's files.
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
    fn the_reaper_kills_the_watched_groups_when_its_input_ends() -> io::Result<()> {
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
