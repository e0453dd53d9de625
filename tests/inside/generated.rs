//! Parts of docs/ that come from the program: the table of the settings and the picture of a week.
//! `UPDATE=1` writes them.

use std::path::Path;

use crate::support::timetables::fixture;
use clap::{Arg, Args as _, Command};
use gonggang::config::Settings;
use timetable::render::svg;
use timetable::render::words::KOREAN;

const TABLE: &str = "| variable | flag | default | meaning |\n|---|---|---|---|\n";

fn table() -> String {
    let command = Settings::augment_args(Command::new("gonggang"));
    let shown = command.get_arguments().filter(|arg| !arg.is_hide_set());
    TABLE.to_owned() + &shown.map(row).collect::<String>()
}

fn row(setting: &Arg) -> String {
    let variable = setting.get_env().unwrap().to_str().unwrap();
    let flag = setting.get_long().unwrap();
    let help = setting.get_long_help().or(setting.get_help()).unwrap();
    let help = help.to_string();
    let mut paragraphs = help.split("\n\n").map(str::trim);
    let (short, default) = without_default(setting, paragraphs.next().unwrap());
    let rest = paragraphs.map(|paragraph| format!(". {paragraph}"));
    let meaning = short + &rest.collect::<String>();
    format!("| `{variable}` | `--{flag}` | {default} | {meaning} |\n")
}

/// The help text without its `[default: …]`, and the default from there or from the flag itself.
fn without_default(setting: &Arg, help: &str) -> (String, String) {
    if let Some((help, default)) = help.split_once(" [default: ") {
        return (help.to_owned(), default.trim_end_matches(']').to_owned());
    }
    let default = setting.get_default_values().first();
    let default = default.map_or("", |value| value.to_str().unwrap());
    let default = match default {
        "" => "none".to_owned(),
        value => format!("`{value}`"),
    };
    (help.to_owned(), default)
}

/// Compares a file of docs/ with what `generate` makes of its text.
fn assert_generated(name: &str, generate: impl Fn(&str) -> String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs")
        .join(name);
    let written = std::fs::read_to_string(&path).unwrap();
    let expected = generate(&written);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, expected).unwrap();
    } else {
        assert!(
            written == expected,
            "{name} is out of date; UPDATE=1 writes it"
        );
    }
}

#[test]
fn the_table_of_the_settings_is_the_help_text_of_their_flags() {
    assert_generated("configuration.md", |document| {
        let (prose, _) = document.split_once(TABLE).unwrap();
        prose.to_owned() + &table()
    });
}

#[test]
fn the_picture_of_a_week_is_what_the_program_draws() {
    assert_generated("week.svg", |_| {
        svg::week(&fixture("seventy-five-minutes"), &KOREAN)
    });
}
