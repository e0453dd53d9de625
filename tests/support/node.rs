//! Programs of Node, with the packages that scripts/npm-packages installs.

use std::path::{Path, PathBuf};
use std::process::Command;

fn packages() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools/npm/node_modules");
    assert!(
        folder.join("axios").exists(),
        "npm packages are missing: run scripts/setup-programs"
    );
    folder
}

/// A file of a package.
pub fn tool(path: &str) -> String {
    packages().join(path).to_str().unwrap().to_owned()
}

/// Lets the programs in `folder` import the packages.
pub fn with_packages(folder: &Path) {
    std::os::unix::fs::symlink(packages(), folder.join("node_modules")).unwrap();
}

/// Runs `node` in `folder` to its good end.
pub async fn run(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("node");
    command.args(arguments).current_dir(folder);
    // The service is on this machine.
    for (name, _) in std::env::vars().filter(|(name, _)| name.to_lowercase().ends_with("_proxy")) {
        command.env_remove(name);
    }
    let ran = tokio::task::spawn_blocking(move || command.output());
    let ran = ran.await.unwrap().unwrap();
    let (said, complained) = (
        String::from_utf8_lossy(&ran.stdout),
        String::from_utf8_lossy(&ran.stderr),
    );
    assert!(ran.status.success(), "{said}{complained}");
}
