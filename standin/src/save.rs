//! Writes a fixture to a folder that [`Fixture::load`] reads again.

use std::path::{Path, PathBuf};
use std::{fs, io};

use serde_json::{Map, Value};

use super::behaviour::Behaviour;
use super::fixture::Fixture;

/// A fixture could not be saved.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {source}", path.display())]
pub struct SaveError {
    /// The file or folder.
    pub path: PathBuf,
    /// The cause.
    pub source: io::Error,
}

impl Fixture {
    /// Writes the fixture to a new folder with its name in `dir`, with a line about it. Returns the folder.
    /// It writes no `expected.json`, which must not come from a reading.
    ///
    /// # Errors
    /// [`SaveError`] names the file or folder; an existing folder is an error.
    pub fn save(&self, dir: &Path, about: &str) -> Result<PathBuf, SaveError> {
        let folder = dir.join(&self.name);
        try_at(dir, fs::create_dir_all(dir))?;
        try_at(&folder, fs::create_dir(&folder))?;
        write(&folder.join("timetable.xml"), &self.answer)?;
        write(&folder.join("README.md"), &format!("{about}\n"))?;
        if let Some(behaviour) = changed_settings(&self.behaviour) {
            write(&folder.join("case.json"), &format!("{behaviour:#}\n"))?;
        }
        Ok(folder)
    }
}

fn write(path: &Path, text: &str) -> Result<(), SaveError> {
    try_at(path, fs::write(path, text))
}

fn try_at(path: &Path, done: io::Result<()>) -> Result<(), SaveError> {
    done.map_err(|source| SaveError {
        path: path.to_owned(),
        source,
    })
}

/// The settings that differ from the default; `None` without any.
fn changed_settings(behaviour: &Behaviour) -> Option<Value> {
    // Plain data cannot fail to serialise.
    let [changed, default] = [behaviour, &Behaviour::default()]
        .map(|behaviour| serde_json::to_value(behaviour).unwrap_or_default());
    difference(changed, &default)
}

fn difference(value: Value, default: &Value) -> Option<Value> {
    match value {
        Value::Object(members) => {
            let members: Map<_, _> = members
                .into_iter()
                .filter_map(|(name, value)| {
                    difference(value, &default[&name]).map(|value| (name, value))
                })
                .collect();
            (!members.is_empty()).then_some(Value::Object(members))
        }
        value => (value != *default).then_some(value),
    }
}
