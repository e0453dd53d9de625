//! No file contains what a page writes to consoles and logs.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::common::{fleet_of, hostile::MARK, in_dir, patience, programs, short_dir, site, visit};
use serde_json::json;
use webdriver_fleet::Visit;

/// By how much a session's files may grow, in bytes, since browsers write files of their own. The page
/// writes 30 MB.
const GROWTH: u64 = 16 << 20;

#[tokio::test]
async fn no_file_contains_what_a_page_writes_to_its_console() {
    for config in programs(1) {
        let dir = short_dir("files");
        let (fleet, site) = (fleet_of(in_dir(config, dir.clone())).await, site().await);
        fleet.visit(visit(&site, "plain")).await.unwrap();
        let before = size(&dir);
        let writes = Visit {
            page_timeout: patience(15),
            ..visit(&site, "hostile/writes")
        };
        assert_eq!(fleet.visit(writes).await.unwrap().value, json!("written"));
        fleet.visit(visit(&site, "plain")).await.unwrap();
        let grown = size(&dir).saturating_sub(before);
        println!("{}: {grown} bytes", dir.display());
        assert_eq!(quoting(&dir), Vec::<PathBuf>::new());
        assert!(grown < GROWTH, "{grown} bytes");
        fleet.shutdown(std::time::Duration::from_secs(5)).await;
        fs::remove_dir_all(&dir).unwrap();
    }
}

/// Files below `dir` that contain what a page wrote.
pub(super) fn quoting(dir: &Path) -> Vec<PathBuf> {
    files(dir).into_iter().filter(quotes).collect()
}

fn quotes(file: &PathBuf) -> bool {
    let bytes = fs::read(file).unwrap_or_default();
    bytes
        .windows(MARK.len())
        .any(|part| part == MARK.as_bytes())
}

fn size(dir: &Path) -> u64 {
    let sizes = files(dir)
        .into_iter()
        .filter_map(|file| file.metadata().ok());
    sizes.map(|file| file.len()).sum()
}

/// Every regular file below `dir`. Browsers may remove some meanwhile.
fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let (mut found, mut below) = (Vec::new(), Vec::new());
    for entry in entries {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => below.push(entry.path()),
            Ok(kind) if kind.is_file() => found.push(entry.path()),
            _ => {}
        }
    }
    found.extend(below.iter().flat_map(|dir| files(dir)));
    found
}
