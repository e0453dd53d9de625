//! The service against its own OpenAPI document: schemathesis makes up requests, right and wrong,
//! and compares every answer with what the document promises.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Service, Site, fixtures};

/// Where scripts/setup-tests puts it.
fn schemathesis() -> PathBuf {
    let program = root().join(".tools/python/bin/schemathesis");
    assert!(
        program.exists(),
        "schemathesis is missing: run scripts/setup-tests"
    );
    program
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_as_the_document_promises() {
    promises_hold("examples,fuzzing", 50, 200).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "make test-all"]
async fn every_answer_is_as_the_document_promises_for_long() {
    promises_hold("examples,coverage,fuzzing", 50, 500).await;
}

/// Makes up requests in these phases, so many for each operation, and at least so many in all.
async fn promises_hold(phases: &str, examples: u32, at_least: usize) {
    let site = Site::start(&fixtures()).await;
    let service = Service::reading_api(&site);
    let mut command = Command::new(schemathesis());
    command
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .arg("--config-file")
        .arg(root().join("tests/programs/schemathesis.toml"))
        .arg("run")
        .arg(format!("{}/openapi.json", service.url))
        // Python 3.11 counts the depth of syntax trees for all threads together, so two workers that read their
        // own source can fail with "AST constructor recursion depth mismatch".
        .args(["--phases", phases, "--workers", "1"])
        .args(["--max-examples", &examples.to_string()])
        .args(["--seed", "1", "--continue-on-failure", "--no-color"]);
    let ran = tokio::task::spawn_blocking(move || command.output())
        .await
        .unwrap()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    println!("{said}");
    assert!(cases(&said) > at_least, "too few cases: {said}");
}

/// `2152 generated, …`; a warning may have the word without a number before it.
fn cases(said: &str) -> usize {
    let words: Vec<_> = said.split_whitespace().collect();
    let mut pairs = words.windows(2);
    let generated = pairs.find_map(|pair| match pair {
        [number, word] if word.starts_with("generated") => number.parse().ok(),
        _ => None,
    });
    generated.unwrap_or(0)
}
