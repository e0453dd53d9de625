//! The members of a JSON object, each given once.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::fault::{BadRequest, Fault, Name};

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// The member of this name is given twice, and one would be ignored.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Repeated(Name);

impl From<Repeated> for Fault {
    fn from(Repeated(name): Repeated) -> Self {
        Self::BadRequest(BadRequest::Repeated(name))
    }
}

/// The members of a JSON object.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Members(pub(super) Result<Object, Repeated>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Collector)
    }
}

struct Collector;

impl<'de> Visitor<'de> for Collector {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Members, A::Error> {
        let mut members = Ok(Map::new());
        while let Some((name, value)) = access.next_entry::<String, Value>()? {
            members = members.and_then(|members| with(members, name, value));
        }
        Ok(Members(members))
    }
}

fn with(mut members: Object, name: String, value: Value) -> Result<Object, Repeated> {
    if members.contains_key(&name) {
        return Err(Repeated(Name::new(&name)));
    }
    members.insert(name, value);
    Ok(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> serde_json::Result<Members> {
        serde_json::from_str(text)
    }

    #[test]
    fn a_repeated_member_is_another_error_than_invalid_json() {
        let Members(members) = read(r#"{"a": {"b": 1}, "c": {"b": 1}}"#).unwrap();
        assert_eq!(members.unwrap().len(), 2);
        let Members(members) = read(r#"{"a": 1, "b": 2, "a": 1}"#).unwrap();
        assert_eq!(members, Err(Repeated(Name::new("a"))));
        for wrong in ["[]", "1", "{\"a\": 1", "{\"a\": 1, \"a\""] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
