//! `gonggang check`: checks each part that the service needs on this machine and says what to do about
//! each fault.

mod api;
mod canary;
mod finding;
mod fonts;
mod pages;
mod programs;
mod proxy;
mod sandbox;

use super::{open_files, output};
use crate::cli::CommandError;
use crate::config::{Config, Settings};
use crate::log;
use crate::source::{PoolConfig, SourceConfig};
use finding::{Finding, shown};

/// Runs every check, also after a fault, and prints a line for each.
pub(super) async fn run(settings: &Settings) -> Result<(), CommandError> {
    let config = settings.validate().map_err(CommandError::Settings)?;
    let _log = log::start(&config.log);
    let findings = look(&config).await;
    print(&findings)?;
    match findings.iter().filter(|finding| finding.is_fault()).count() {
        0 => Ok(()),
        faults => Err(CommandError::CannotServe { faults }),
    }
}

async fn look(config: &Config) -> Vec<Finding> {
    let mut findings: Vec<_> = too_few_files(config).into_iter().collect();
    findings.extend(proxy::look(config).await);
    if !matches!(config.source, SourceConfig::Api) {
        findings.extend(browser(config).await);
    }
    if !matches!(config.source, SourceConfig::Browser) {
        findings.push(api::look(config).await);
    }
    findings.extend(canary::look(config).await);
    findings
}

/// `None` if the limit of open files is high enough.
fn too_few_files(config: &Config) -> Option<Finding> {
    let too_few = open_files::connections(config).err()?.to_string();
    let (what, to_do) = too_few.split_once('\n').unwrap_or((&too_few, ""));
    Some(Finding::fault("files", what.to_owned(), to_do))
}

async fn browser(config: &Config) -> Vec<Finding> {
    let mut findings = programs(&config.browser).await;
    if findings.iter().any(Finding::is_fault) {
        findings.extend(pages::without_browser(&config.site).await);
    } else {
        findings.extend(pages::look(config).await);
    }
    findings
}

/// Programs and fonts of this machine, or the address of a remote end.
async fn programs(config: &PoolConfig) -> Vec<Finding> {
    if let Some(url) = &config.webdriver_url {
        let what = format!("at {}, with a browser and fonts of its own", shown(url));
        return vec![Finding::fine("driver", what)];
    }
    let mut findings = programs::look(config).await;
    findings.push(fonts::look().await);
    findings
}

fn print(findings: &[Finding]) -> Result<(), CommandError> {
    let lines: Vec<_> = findings.iter().map(ToString::to_string).collect();
    output::print(lines.join("\n") + "\n")
}
