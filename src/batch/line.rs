//! One line of the output: an item and its answer, written and read back.

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

/// What an answer means for the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LinkVerdict {
    /// The site has answered, even if only that there is no timetable.
    Answered,
    /// The link is invalid, so no source was asked.
    NotAsked,
    /// The read failed; another attempt may succeed.
    Failed,
}

impl LinkVerdict {
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
struct WrittenLine<'a> {
    item: u64,
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    identifier: Option<&'a Identifier>,
    #[serde(flatten)]
    outcome: LineOutcome<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum LineOutcome<'a> {
    Timetable(Document<'a>),
    Fault(FaultText),
}

/// A fault in the output.
#[derive(Serialize)]
struct FaultText {
    code: &'static str,
    message: Cow<'static, str>,
    detail: String,
}

/// The line for an item, its line break included.
///
/// # Errors
/// Those of the library; an answer of this program causes none.
pub fn written(item: &Item, found: &Result<Answer, Fault>) -> serde_json::Result<Vec<u8>> {
    let outcome = match found {
        Ok(found) => LineOutcome::Timetable(found.document()),
        Err(fault) => LineOutcome::Fault(FaultText {
            code: fault.code().as_str(),
            message: message(fault, Language::Korean),
            detail: fault.to_string(),
        }),
    };
    let line = WrittenLine {
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

/// A line of an earlier run, without its timetable.
#[derive(Debug, Deserialize)]
pub(super) struct JournalEntry {
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

impl JournalEntry {
    /// `None` for a line that no run wrote.
    pub(super) fn read(line: &[u8]) -> Option<Self> {
        let entry: Self = serde_json::from_slice(line).ok()?;
        (entry.timetable.is_some() != entry.fault.is_some()).then_some(entry)
    }

    /// Whether it answers exactly this item.
    pub(super) fn answers(&self, item: &Item) -> bool {
        (self.item, self.line, self.identifier.as_ref())
            == (item.number, item.line, item.identifier())
    }

    /// The fault's code, if the read failed and another attempt may succeed.
    pub(super) fn failure(self) -> Option<String> {
        match self.verdict() {
            LinkVerdict::Failed => self.fault.map(|fault| fault.code),
            _ => None,
        }
    }

    pub(super) fn verdict(&self) -> LinkVerdict {
        // A code that this version does not know is a failure.
        let verdict = |fault: &WrittenFault| {
            let code = fault.code.parse();
            code.map_or(LinkVerdict::Failed, LinkVerdict::of_code)
        };
        self.fault.as_ref().map_or(LinkVerdict::Answered, verdict)
    }
}
