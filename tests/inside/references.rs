//! Every document and section that a document or a file of deploy/ points at exists, and every check is documented.

use std::path::{Path, PathBuf};

use crate::support::metrics::{file, text};
use timetable::mismatch::Check;

/// Every document of the repository's own.
fn documents() -> Vec<String> {
    let listed = std::fs::read_dir(file("docs")).unwrap();
    let paths = listed.map(|entry| entry.unwrap().path());
    let markdown = paths.filter(|path| path.extension().is_some_and(|kind| kind == "md"));
    let names = markdown.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned());
    let others = [
        "README.md",
        "CONTRIBUTING.md",
        "fixtures/README.md",
        "fuzz/README.md",
    ];
    names
        .map(|name| format!("docs/{name}"))
        .chain(others.map(str::to_owned))
        .collect()
}

/// The targets of the links in a document, those to other sites aside.
fn links(document: &str) -> Vec<String> {
    let targets = document.split("](").skip(1);
    let targets = targets.map(|rest| rest.split(')').next().unwrap());
    let ours = targets.filter(|target| !target.contains("://") && !target.contains('<'));
    ours.map(str::to_owned).collect()
}

/// `docs/….md#section` in a file that is not Markdown.
fn mentions(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| letter.is_whitespace() || "\"`()".contains(letter));
    let mentions = words.filter(|word| word.contains(".md#"));
    mentions.map(str::to_owned).collect()
}

/// Paths of the repository that a document names: `src/…` and the like.
fn paths(document: &str) -> Vec<String> {
    let words = document.split('`').skip(1).step_by(2);
    let folders = [
        "benches/",
        "deploy/",
        "fixtures/",
        "scripts/",
        "src/",
        "standin/",
        "tests/",
        "timetable/",
        "webdriver/",
    ];
    let ours = words.filter(|word| folders.iter().any(|folder| word.starts_with(folder)));
    let whole = ours.filter(|word| !word.contains([' ', '<', '*', '…']));
    whole.map(str::to_owned).collect()
}

/// GitHub's name of a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept
        .chars()
        .filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    kept.collect::<String>().replace(' ', "-")
}

fn sections(document: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(document).unwrap();
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| anchor(line.trim_start_matches('#').trim()))
        .collect()
}

/// Why `target`, as `from` writes it, leads nowhere.
fn broken(from: &str, folder: &Path, target: &str) -> Option<String> {
    let (path, section) = target.split_once('#').unwrap_or((target, ""));
    let document = if path.is_empty() {
        file(from)
    } else {
        folder.join(path)
    };
    if !document.exists() {
        return Some(format!("{from}: no file {target}"));
    }
    let is_there = section.is_empty() || sections(&document).contains(&section.to_owned());
    (!is_there).then(|| format!("{from}: no section {target}"))
}

#[test]
fn every_link_of_the_documents_leads_to_a_file_and_a_section() {
    let mut count = 0;
    let mut faults = Vec::new();
    for document in documents() {
        let folder: PathBuf = file(&document).parent().unwrap().to_owned();
        for target in links(&text(&document)) {
            faults.extend(broken(&document, &folder, &target));
            count += 1;
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(count > 80, "{count}");
}

#[test]
fn every_path_that_a_document_names_exists() {
    let mut count = 0;
    for document in documents() {
        for path in paths(&text(&document)) {
            assert!(file(&path).exists(), "{document}: no {path}");
            count += 1;
        }
    }
    assert!(count > 30, "{count}");
}

#[test]
fn every_section_that_a_file_of_deploy_names_exists() {
    let mut count = 0;
    for deployed in [
        "deploy/gonggang.service",
        "deploy/compose.yaml",
        "deploy/kubernetes.yaml",
        "deploy/prometheus/alerts.yml",
    ] {
        for target in mentions(&text(deployed)) {
            let fault = broken(deployed, &file(""), &target);
            assert_eq!(fault, None);
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
}

#[test]
fn every_check_has_a_row_for_readers_and_one_for_operators() {
    for document in ["docs/page.md", "docs/operating.md"] {
        let text = text(document);
        let first_cells = text.lines().filter_map(|line| line.strip_prefix("| "));
        let first_cells: Vec<_> = first_cells
            .filter_map(|row| row.split(" |").next())
            .collect();
        for check in Check::ALL {
            let name = format!("`{}`", check.name());
            let has_row = first_cells.iter().any(|cell| cell.contains(&name));
            assert!(has_row, "{document}: {name}");
        }
    }
}
