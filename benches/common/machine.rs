//! A description of the machine, without serial numbers and names.

use std::fs;
use std::process::Command;

use super::engine::Engine;

/// Processor, memory, system and browsers.
pub fn in_words() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let gib = memory_mib() / 1024.0;
    let browsers: Vec<_> = Engine::ALL.into_iter().filter_map(version).collect();
    format!(
        "{cores} cores of {}, {gib:.0} GiB, {}; {}.",
        field("/proc/cpuinfo", "model name").unwrap_or_else(|| "an unnamed processor".to_owned()),
        quoted("/etc/os-release", "PRETTY_NAME").unwrap_or_else(|| "Linux".to_owned()),
        browsers.join(", ")
    )
}

/// Memory of the machine in MiB; 0 if unknown.
pub fn memory_mib() -> f64 {
    let memory = field("/proc/meminfo", "MemTotal").unwrap_or_default();
    memory.trim_end_matches(" kB").parse().unwrap_or(0.0) / 1024.0
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn quoted(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once('=')?.1.trim_matches('"').to_owned())
}

/// The first two words that look like a name and a number.
fn version(engine: Engine) -> Option<String> {
    // The headless shell prints no version; it is Chromium's, of the same package.
    if engine == Engine::Shell {
        return None;
    }
    let output = Command::new(engine.binaries()?.browser)
        .arg("--version")
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let words: Vec<_> = said.split_whitespace().collect();
    let number = words.iter().find(|word| word.contains('.'))?;
    Some(format!("{} {number}", engine.name()))
}
