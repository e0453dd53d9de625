//! The API's answer as it is written: only the parts that are needed, nothing concluded.
//!
//! The owner's name is among the parts that are passed over.

use quick_xml::de::{self, DeError};
use quick_xml::events::Event;
use quick_xml::reader::Reader;
use serde::Deserialize;

use super::super::reading::{Check, Mismatch, Unread};

#[derive(Debug, Deserialize)]
pub(super) struct Response {
    /// What stands there instead of a table.
    #[serde(rename = "$text")]
    pub(super) code: Option<String>,
    pub(super) table: Option<Table>,
    #[serde(rename = "primaryTables", default)]
    pub(super) menu: Menu,
}

#[derive(Debug, Deserialize)]
pub(super) struct Table {
    #[serde(rename = "@status")]
    pub(super) status: String,
    #[serde(rename = "@identifier")]
    pub(super) identifier: Option<String>,
    #[serde(rename = "subject", default)]
    pub(super) subjects: Vec<Subject>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Subject {
    #[serde(rename = "@id")]
    pub(super) id: String,
    pub(super) name: Value,
    #[serde(default)]
    pub(super) professor: Value,
    #[serde(default)]
    pub(super) place: Value,
    #[serde(default)]
    pub(super) time: Time,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Value {
    #[serde(rename = "@value")]
    pub(super) value: String,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Time {
    #[serde(rename = "data", default)]
    pub(super) meetings: Vec<Meeting>,
}

#[derive(Debug, Deserialize)]
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
pub(super) struct Menu {
    #[serde(rename = "primaryTable", default)]
    pub(super) entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
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
