//! The driver, the browser, and whether their versions match.

use std::path::Path;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;
use webdriver_fleet::{Browser, Program, StartError, find_binaries};

use super::finding::Finding;
use super::sandbox;
use crate::commands::reader::what_to_do;
use crate::source::PoolConfig;

/// Longest wait for a program's version.
const PATIENCE: Duration = Duration::from_secs(10);

/// Finds both programs, asks each for its version, and compares.
pub(super) async fn look(config: &PoolConfig) -> Vec<Finding> {
    let binaries = match find_binaries(config.kind, &config.local_endpoint()) {
        Ok(binaries) => binaries,
        Err(error) => return vec![missing(&error, config.kind)],
    };
    let (driver, browser) = tokio::join!(version(&binaries.driver), version(&binaries.browser));
    let mut findings = vec![
        described("driver", &binaries.driver, driver.as_deref()),
        described("browser", &binaries.browser, browser.as_deref()),
    ];
    if let (Ok(driver), Ok(browser), Browser::Chromium) = (&driver, &browser, config.kind) {
        findings.push(versions(driver, browser));
        findings.push(sandbox::look(&binaries.browser).await);
    }
    findings
}

fn missing(error: &StartError, kind: Browser) -> Finding {
    let subject = match error {
        StartError::BinaryNotFound {
            which: Program::Browser,
            ..
        } => "browser",
        _ => "driver",
    };
    Finding::fault(subject, error.to_string(), what_to_do(error, kind))
}

/// The first line of `--version`, or the error.
async fn version(program: &Path) -> Result<String, String> {
    let mut command = Command::new(program);
    command.arg("--version").kill_on_drop(true);
    let output = timeout(PATIENCE, command.output())
        .await
        .map_err(|_| "does not name its version in time".to_owned())?
        .map_err(|error| format!("does not start: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    match text.lines().next().map(str::trim) {
        Some(line) if output.status.success() && !line.is_empty() => Ok(line.to_owned()),
        _ => Err(format!("does not name its version ({})", output.status)),
    }
}

fn described(subject: &'static str, path: &Path, version: Result<&str, &String>) -> Finding {
    let path = path.display();
    match version {
        Ok(version) => Finding::fine(subject, format!("{path}, {}", without_build(version))),
        Err(why) => Finding::fault(
            subject,
            format!("{path} {why}"),
            format!("Run `{path} --version` by hand: its own words say what it lacks."),
        ),
    }
}

/// chromedriver adds the revision it was built from, which does not help here.
fn without_build(version: &str) -> &str {
    version.split(" (").next().unwrap_or(version).trim()
}

/// chromedriver only drives a browser of its own major version. geckodriver drives most.
fn versions(driver: &str, browser: &str) -> Finding {
    match (major(driver), major(browser)) {
        (Some(driver), Some(browser)) if driver == browser => {
            Finding::fine("versions", format!("both are {driver}"))
        }
        (Some(driver), Some(browser)) => Finding::fault(
            "versions",
            format!("the driver is {driver}, the browser is {browser}"),
            "Install both from the same place and update them together, or set \
             GONGGANG_DRIVER_BINARY and GONGGANG_BROWSER_BINARY to two that match.",
        ),
        _ => Finding::skipped("versions", "one of them has no number"),
    }
}

/// The number before the first dot of the first word that begins with a digit.
fn major(version: &str) -> Option<u32> {
    let number = version
        .split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    number.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRIVER: &str = "ChromeDriver 156.0.8078.79 (a21ce95c-refs/branch-heads/8078@{#1704})";

    #[test]
    fn a_driver_and_a_browser_of_one_major_version_belong_together() {
        let finding = versions(DRIVER, "Chromium 156.0.9000.1");
        assert_eq!(finding.to_string(), "versions ok: both are 156");
    }

    #[test]
    fn others_do_not_and_both_are_named() {
        let finding = versions(DRIVER, "Google Chrome for Testing 157.0.1.2");
        assert!(finding.is_fault());
        let text = finding.to_string();
        assert!(text.contains("driver is 156, the browser is 157"), "{text}");
    }

    #[tokio::test]
    async fn a_program_that_does_not_start_is_a_fault_with_its_path() {
        let path = Path::new("/nowhere/chromedriver");
        let found = version(path).await;
        let finding = described("driver", path, found.as_deref());
        assert!(finding.is_fault());
        assert!(
            finding
                .to_string()
                .contains("/nowhere/chromedriver does not start")
        );
    }
}
