//! The identifier of a timetable.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Number of letters and digits in an identifier.
pub const IDENTIFIER_LENGTH: usize = 20;

/// Names one timetable: exactly 20 ASCII letters and digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Identifier(Box<str>);

impl Identifier {
    /// The letters and digits themselves.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn of(text: &str) -> Option<Self> {
        let fits =
            text.len() == IDENTIFIER_LENGTH && text.bytes().all(|b| b.is_ascii_alphanumeric());
        fits.then(|| Self(text.into()))
    }
}

/// An identifier leads to a person's timetable, so debug output never shows it.
impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identifier(…)")
    }
}

impl From<Identifier> for String {
    fn from(identifier: Identifier) -> Self {
        identifier.0.into()
    }
}
