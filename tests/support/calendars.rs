//! Calendar files, read by two parsers that have nothing to do with the code that wrote them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Where scripts/setup-tests puts the parsers.
fn python() -> PathBuf {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools/python/bin/python");
    assert!(
        python.exists(),
        "the Python parsers are missing: run scripts/setup-tests"
    );
    python
}

/// Has check.py read the files; each has what it is to find beside it, as JSON.
pub fn check(files: &[PathBuf]) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs/calendar/check.py");
    let ran = Command::new(python())
        .arg(script)
        .args(files)
        .output()
        .unwrap();
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    print!("{}", String::from_utf8_lossy(&ran.stdout));
}
