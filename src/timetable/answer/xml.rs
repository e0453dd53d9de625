//! The API's answer as it is written: only the parts that are needed, nothing concluded.
//!
//! A part under a name that is not known is refused: a class, or its time, may hide in it. The owner's
//! name is among the known parts that are passed over.

use quick_xml::de::{self, DeError};
use quick_xml::events::Event;
use quick_xml::reader::Reader;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::super::reading::{Check, Mismatch, Unread};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Response {
    /// What stands there instead of a table.
    #[serde(rename = "$text")]
    pub(super) code: Option<String>,
    pub(super) table: Option<Table>,
    #[serde(rename = "primaryTables", default)]
    pub(super) menu: Menu,
    #[serde(rename = "user")]
    _user: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    #[serde(rename = "@status")]
    pub(super) status: String,
    #[serde(rename = "@identifier")]
    pub(super) identifier: Option<String>,
    #[serde(rename = "subject", default)]
    pub(super) subjects: Vec<Subject>,
    #[serde(rename = "@year")]
    _year: Option<IgnoredAny>,
    #[serde(rename = "@semester")]
    _semester: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Subject {
    #[serde(rename = "@id")]
    pub(super) id: String,
    pub(super) name: Value,
    #[serde(default)]
    pub(super) professor: Value,
    #[serde(default)]
    pub(super) place: Value,
    pub(super) time: Time,
    #[serde(rename = "internal")]
    _internal: Option<IgnoredAny>,
    #[serde(rename = "credit")]
    _credit: Option<IgnoredAny>,
    #[serde(rename = "closed")]
    _closed: Option<IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Value {
    #[serde(rename = "@value")]
    pub(super) value: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Time {
    #[serde(rename = "data", default)]
    pub(super) meetings: Vec<Meeting>,
    /// Free text that differs by school.
    #[serde(rename = "@value")]
    _value: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Meeting {
    /// Days after Monday.
    #[serde(rename = "@day")]
    pub(super) day: u16,
    /// In 5-minute units from midnight, as the end.
    #[serde(rename = "@starttime")]
    pub(super) start: u16,
    #[serde(rename = "@endtime")]
    pub(super) end: u16,
    #[serde(rename = "@place", default)]
    pub(super) place: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Menu {
    #[serde(rename = "primaryTable", default)]
    pub(super) entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    #[serde(rename = "@year")]
    pub(super) year: String,
    #[serde(rename = "@semester")]
    pub(super) semester: String,
    #[serde(rename = "@identifier")]
    pub(super) identifier: String,
}

/// Reads an answer. What is no XML, or another document, is what a site says that turns one away.
pub(super) fn parse(body: &[u8]) -> Result<Response, Unread> {
    let blocked = Unread::Blocked { status: None };
    let text = std::str::from_utf8(body).map_err(|_| blocked.clone())?;
    if !is_response(text) {
        return Err(blocked);
    }
    // The error's own words may quote the answer.
    de::from_str(text).map_err(|error| match error {
        DeError::InvalidXml(_) | DeError::UnexpectedEof => blocked,
        _ => Mismatch::new(Check::AnswerShape, "the known parts", "others").into(),
    })
}

/// Whether the outermost element is the one that every answer has.
fn is_response(text: &str) -> bool {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(Event::Start(root) | Event::Empty(root)) => {
                return root.name().as_ref() == "response";
            }
            Ok(Event::Eof) | Err(_) => return false,
            Ok(_) => {}
        }
    }
}
