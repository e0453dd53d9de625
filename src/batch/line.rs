//! One line of the output: an item and what came of it, written and read back.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::input::Item;
use crate::code::Code;
use crate::fault::Fault;
use crate::messages::{Language, message};
use crate::reading::Document;
use crate::service::Answer;
use timetable::share_link::Identifier;

/// What an answer says of the run so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The site has answered, be it that there is nothing to see.
    Answered,
    /// Nobody was asked: it was no link.
    NotAsked,
    /// Reading failed, and may go better another time.
    Failed,
}

impl Verdict {
    pub(super) fn of(answer: &Result<Answer, Fault>) -> Self {
        answer
            .as_ref()
            .err()
            .map_or(Self::Answered, |fault| Self::of_code(fault.code()))
    }

    fn of_code(code: Code) -> Self {
        match code {
            Code::NotFound | Code::NotPublic | Code::NoTimetable => Self::Answered,
            Code::MissingLink | Code::InvalidLink => Self::NotAsked,
            _ => Self::Failed,
        }
    }
}

#[derive(Serialize)]
struct Written<'a> {
    item: u64,
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    identifier: Option<&'a Identifier>,
    #[serde(flatten)]
    outcome: Outcome<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome<'a> {
    Timetable(Document<'a>),
    Fault(Told),
}

/// A fault for the reader of the output.
#[derive(Serialize)]
struct Told {
    code: &'static str,
    message: Cow<'static, str>,
    detail: String,
}

/// The line for an item, its line break included.
///
/// # Errors
/// Never for what this program makes; the library cannot know.
pub fn written(item: &Item, found: &Result<Answer, Fault>) -> serde_json::Result<Vec<u8>> {
    let outcome = match found {
        Ok(found) => Outcome::Timetable(found.document()),
        Err(fault) => Outcome::Fault(Told {
            code: fault.code().as_str(),
            message: message(fault, Language::Korean),
            detail: fault.to_string(),
        }),
    };
    let line = Written {
        item: item.number,
        line: item.line,
        label: item.label.as_deref(),
        identifier: item.identifier(),
        outcome,
    };
    let mut written = serde_json::to_vec(&line)?;
    written.push(b'\n');
    Ok(written)
}

/// What a line of an earlier run says, the timetable itself aside.
#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    pub(super) item: u64,
    line: u64,
    identifier: Option<Identifier>,
    timetable: Option<IgnoredAny>,
    fault: Option<WrittenFault>,
}

#[derive(Debug, Deserialize)]
struct WrittenFault {
    code: String,
}

impl Entry {
    /// `None` for a line that no run has written.
    pub(super) fn read(line: &[u8]) -> Option<Self> {
        let entry: Self = serde_json::from_slice(line).ok()?;
        (entry.timetable.is_some() != entry.fault.is_some()).then_some(entry)
    }

    /// Whether it is the answer to this item and no other.
    pub(super) fn answers(&self, item: &Item) -> bool {
        (self.item, self.line, self.identifier.as_ref())
            == (item.number, item.line, item.identifier())
    }

    /// The code of its fault, where reading failed and may go better another time.
    pub(super) fn failure(self) -> Option<String> {
        match self.verdict() {
            Verdict::Failed => self.fault.map(|fault| fault.code),
            _ => None,
        }
    }

    pub(super) fn verdict(&self) -> Verdict {
        // A code that this version does not know is a failure.
        let verdict = |fault: &WrittenFault| {
            let code = fault.code.parse();
            code.map_or(Verdict::Failed, Verdict::of_code)
        };
        self.fault.as_ref().map_or(Verdict::Answered, verdict)
    }
}
