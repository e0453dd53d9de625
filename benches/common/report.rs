//! Tables of figures as Markdown, to the terminal and to a file.

use std::fs;
use std::path::Path;

/// The results of one run.
pub struct Report(String);

impl Report {
    /// Starts with a title and the machine.
    pub fn new(title: &str, machine: &str) -> Self {
        let report = Self(format!("# {title}\n\n{machine}\n"));
        show(&report.0);
        report
    }

    /// Adds a table under a heading; a note below it may say how to read it.
    pub fn add(&mut self, heading: &str, head: &[&str], rows: &[Vec<String>], note: &str) {
        let note = if note.is_empty() {
            String::new()
        } else {
            format!("\n{note}\n")
        };
        let section = format!("\n## {heading}\n\n{}{note}", table(head, rows));
        show(&section);
        self.0 += &section;
    }

    /// Writes all of it.
    pub fn save(&self, file: &Path) {
        fs::write(file, &self.0).unwrap();
        show(&format!("\nWritten to {}", file.display()));
    }
}

pub fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<_> = head.iter().map(ToString::to_string).collect();
    let rule = vec!["---".to_owned(); head.len()];
    let rows: String = rows.iter().map(|row| line(row)).collect();
    format!("{}{}{rows}", line(&head), line(&rule))
}

fn show(text: &str) {
    println!("{text}");
}
