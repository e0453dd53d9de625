//! Finds a browser and its driver when no path is configured. Runs no program.

use std::{
    env,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use crate::{
    config::{Browser, LocalEndpoint},
    error::{Program, StartError},
};

/// The two programs of a local endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    /// The WebDriver server.
    pub driver: PathBuf,
    /// The browser.
    pub browser: PathBuf,
}

/// Finds driver and browser at the configured paths, or else in the usual places.
///
/// # Errors
/// [`StartError::BinaryNotFound`] with every path tried.
pub fn find_binaries(kind: Browser, local: &LocalEndpoint) -> Result<Binaries, StartError> {
    Ok(Binaries {
        driver: find(
            Program::Driver,
            local.driver_binary.as_deref(),
            drivers(kind),
        )?,
        browser: find(
            Program::Browser,
            local.browser_binary.as_deref(),
            browsers(kind),
        )?,
    })
}

/// Absolute paths, and names to look up in `PATH`.
fn drivers(kind: Browser) -> &'static [&'static str] {
    match kind {
        Browser::Chromium => &[
            "chromedriver",
            "/usr/lib/chromium/chromedriver",
            "/usr/lib/chromium-browser/chromedriver",
            "/snap/bin/chromium.chromedriver",
        ],
        Browser::Firefox => &["geckodriver", "/snap/bin/geckodriver"],
    }
}

/// Debian's `/usr/bin/chromium-headless-shell` is a shell script that outlives its browser, so the
/// program behind it comes first. The headless shell needs half of what `chromium` needs.
fn browsers(kind: Browser) -> &'static [&'static str] {
    match kind {
        Browser::Chromium => &[
            "/usr/lib/chromium/chromium-headless-shell",
            "chrome-headless-shell",
            "/usr/lib/chromium/chromium",
            "/usr/lib/chromium-browser/chromium-browser",
            "/opt/google/chrome/chrome",
            "chromium",
            "google-chrome",
            "google-chrome-stable",
        ],
        Browser::Firefox => &[
            "/usr/lib/firefox-esr/firefox-esr",
            "/usr/lib/firefox/firefox",
            "firefox-esr",
            "firefox",
        ],
    }
}

fn find(which: Program, given: Option<&Path>, usual: &[&str]) -> Result<PathBuf, StartError> {
    let candidates = match given {
        Some(path) => along_path(path),
        None => usual
            .iter()
            .flat_map(|name| along_path(Path::new(name)))
            .collect(),
    };
    match candidates.iter().find(|path| is_executable(path)) {
        Some(path) => Ok(path.clone()),
        None => Err(StartError::BinaryNotFound {
            which,
            looked_in: candidates,
        }),
    }
}

/// A bare name in every directory of `PATH`; any other path unchanged.
fn along_path(name: &Path) -> Vec<PathBuf> {
    if name.components().count() > 1 {
        return vec![name.to_owned()];
    }
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).map(|dir| dir.join(name)).collect()
}

/// The first executable file of that name in `PATH`.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    along_path(Path::new(name))
        .into_iter()
        .find(|path| is_executable(path))
}

fn is_executable(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_for_a_missing_driver_lists_every_path_tried() {
        let local = LocalEndpoint {
            driver_binary: Some("/nowhere/chromedriver".into()),
            ..LocalEndpoint::default()
        };
        let error = find_binaries(Browser::Chromium, &local).expect_err("it does not exist");
        assert!(matches!(
            error,
            StartError::BinaryNotFound { which: Program::Driver, ref looked_in }
                if looked_in == &[PathBuf::from("/nowhere/chromedriver")]
        ));
    }

    #[test]
    fn a_bare_name_is_looked_up_in_path() {
        assert!(on_path("sh").is_some_and(|path| path.is_absolute()));
        assert_eq!(on_path("no-such-program-anywhere"), None);
    }
}
