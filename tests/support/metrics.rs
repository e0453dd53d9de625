//! The documents, the dashboard and the alerts that name metrics, and the tool that checks them.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

pub fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

pub fn text(path: &str) -> String {
    std::fs::read_to_string(file(path)).unwrap()
}

/// Everything in a text that looks like one of our metrics; parts of a histogram by its own name.
pub fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let ours = words.filter(|word| word.starts_with("gonggang_"));
    let whole = |word: &str| {
        let parts = ["_bucket", "_count", "_sum"];
        let part = parts.into_iter().find_map(|part| word.strip_suffix(part));
        part.unwrap_or(word).to_owned()
    };
    ours.map(whole).collect()
}

/// The first column of the table, and which of its rows need a shared cache.
pub fn documented() -> (BTreeSet<String>, BTreeSet<String>) {
    let document = text("docs/operating.md");
    let rows = document
        .lines()
        .filter(|line| line.starts_with("| `gonggang_"));
    let (mut all, mut shared) = (BTreeSet::new(), BTreeSet::new());
    for row in rows {
        let columns: Vec<_> = row.split('|').collect();
        all.extend(names(columns[1]));
        if columns[2].contains("Only with `GONGGANG_CACHE_URL`") {
            shared.extend(names(columns[1]));
        }
    }
    (all, shared)
}

pub fn dashboard() -> Vec<String> {
    let dashboard: Value = serde_json::from_str(&text("deploy/grafana/gonggang.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels
        .iter()
        .filter_map(|panel| panel["targets"].as_array());
    let expressions = targets
        .flatten()
        .map(|target| target["expr"].as_str().unwrap());
    expressions.map(str::to_owned).collect()
}

/// Runs promtool on a text and says what it complains of.
pub fn promtool(arguments: &[&str], input: &str) -> (bool, String) {
    let mut tool = Command::new("promtool")
        .args(arguments)
        .current_dir(file("deploy/prometheus"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool is installed: scripts/setup-tests");
    let mut stdin = tool.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    let output = tool.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}
