//! Whether the browser has a sandbox. A browser that needs one and cannot have it does not start, and its
//! driver only reports a timeout; so the browser is started without the driver.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use super::finding::Finding;

/// Longest wait for an empty page.
const PATIENCE: Duration = Duration::from_secs(20);

/// The browser's own message.
const NONE: &str = "No usable sandbox";

const TO_DO: &str = "\
Its sandbox is made of user namespaces, which this system or container forbids.
A container: run it with deploy/seccomp.json as its seccomp profile.
A machine: sysctl kernel.unprivileged_userns_clone=1, user.max_user_namespaces above 0, and on Ubuntu
kernel.apparmor_restrict_unprivileged_userns=0 or a profile for the browser.";

/// Opens an empty page with the browser alone.
pub(super) async fn look(browser: &Path) -> Finding {
    if is_root() {
        return Finding::warning(
            "sandbox",
            "off: the browser has none when run as root".to_owned(),
            "Run the service as another user.",
        );
    }
    let mut command = Command::new(browser);
    command
        .args(["--headless", "--disable-gpu", "--disable-dev-shm-usage"])
        .args(["--dump-dom", "about:blank"])
        .stdin(Stdio::null())
        .kill_on_drop(true);
    match timeout(PATIENCE, command.output()).await {
        Ok(Ok(output)) => verdict(output.status.success(), &output.stderr),
        Ok(Err(error)) => Finding::fault("sandbox", error.to_string(), TO_DO),
        Err(_) => Finding::skipped("sandbox", "the browser alone opens no page in time"),
    }
}

fn verdict(opened: bool, said: &[u8]) -> Finding {
    if String::from_utf8_lossy(said).contains(NONE) {
        Finding::fault("sandbox", "none can be made here".to_owned(), TO_DO)
    } else if opened {
        Finding::fine("sandbox", "on".to_owned())
    } else {
        Finding::skipped("sandbox", "the browser alone opens no page")
    }
}

/// As the fleet decides it: by the effective user.
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_own_words_decide() {
        let said = b"[1:1:FATAL:zygote_host_impl_linux.cc] No usable sandbox! If this is a Debian";
        assert!(verdict(false, said).is_fault());
        assert_eq!(verdict(true, b"[WARNING]").to_string(), "sandbox  ok: on");
        assert!(!verdict(false, b"anything else").is_fault());
    }
}
