//! One fixture: the API's answer for one identifier, and a behaviour. It is read from a folder.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{behaviour::Behaviour, markup};

/// Letters and digits of an identifier.
const IDENTIFIER_LENGTH: usize = 20;

/// What the stand-in serves for one identifier.
#[derive(Clone, Debug, PartialEq)]
pub struct Fixture {
    /// The folder's name.
    pub name: String,
    /// The part of the link after `/@`.
    pub identifier: String,
    /// The body of the API's answer, verbatim; it may be HTML.
    pub answer: String,
    /// How page and API behave.
    pub behaviour: Behaviour,
}

impl Fixture {
    /// A fixture with the default behaviour. Its identifier is that of its answer, else made from `name`.
    pub fn new(name: impl Into<String>, answer: impl Into<String>) -> Self {
        let (name, answer) = (name.into(), answer.into());
        let identifier =
            markup::table_identifier(&answer).unwrap_or_else(|| identifier_from_name(&name));
        Self {
            name,
            identifier,
            answer,
            behaviour: Behaviour::default(),
        }
    }

    /// The same fixture with another behaviour, and with the identifier of that behaviour if it has one.
    #[must_use]
    pub fn with_behaviour(mut self, behaviour: Behaviour) -> Self {
        if let Some(identifier) = &behaviour.identifier {
            self.identifier.clone_from(identifier);
        }
        self.behaviour = behaviour;
        self
    }

    /// Reads `<folder>/timetable.xml` and, if there is one, `<folder>/case.json`.
    ///
    /// # Errors
    /// [`LoadError`] names the missing, unreadable or invalid file.
    pub fn load(folder: &Path) -> Result<Self, LoadError> {
        let name = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let answer = read(folder.join("timetable.xml"))?;
        Ok(Self::new(name, answer).with_behaviour(load_behaviour(folder.join("case.json"))?))
    }
}

/// The identifier of a fixture whose answer has none: the ASCII letters and digits of its name, cut or
/// padded with `0` on the right to 20.
pub fn identifier_from_name(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters
        .chain(std::iter::repeat('0'))
        .take(IDENTIFIER_LENGTH)
        .collect()
}

/// Why fixtures could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file or folder could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A `case.json` is not JSON, or has an unknown field or value.
    #[error("{} is not a fixture's behaviour: {source}", path.display())]
    Behaviour {
        /// The file.
        path: PathBuf,
        /// The first fault in it.
        source: serde_json::Error,
    },
    /// A `case.json` has a status outside 200 to 599.
    #[error("{}: no HTTP status {status}", path.display())]
    Status {
        /// The file.
        path: PathBuf,
        /// The status.
        status: u16,
    },
    /// Two fixtures have the same identifier.
    #[error("fixtures {first} and {second} have the same identifier {identifier}")]
    SameIdentifier {
        /// The fixture loaded earlier.
        first: String,
        /// The other fixture.
        second: String,
        /// Their identifier.
        identifier: String,
    },
}

fn read(path: PathBuf) -> Result<String, LoadError> {
    fs::read_to_string(&path).map_err(|source| LoadError::Read { path, source })
}

fn load_behaviour(path: PathBuf) -> Result<Behaviour, LoadError> {
    if !path.exists() {
        return Ok(Behaviour::default());
    }
    let text = read(path.clone())?;
    match serde_json::from_str(&text) {
        Ok(behaviour) => check_statuses(path, behaviour),
        Err(source) => Err(LoadError::Behaviour { path, source }),
    }
}

fn check_statuses(path: PathBuf, behaviour: Behaviour) -> Result<Behaviour, LoadError> {
    let statuses = [behaviour.api.status, behaviour.page.status];
    match statuses
        .into_iter()
        .find(|status| !(200..600).contains(status))
    {
        Some(status) => Err(LoadError::Status { path, status }),
        None => Ok(behaviour),
    }
}
