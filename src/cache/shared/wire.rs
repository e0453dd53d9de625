//! How an answer is written in the shared cache.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::cache::answer::{Absence, Answer, Seen};
use timetable::Timetable;
use timetable::share_link::Identifier;

/// Version of the format, part of every key: replicas of different versions do not see each
/// other's answers. To be counted up with any change of what [`written`] writes.
const FORMAT: u32 = 2;

/// Longest value read or written; a hundred times a usual one.
pub(super) const MAX_BYTES: usize = 1 << 20;

/// Stands in a value for the identifier that the value is about.
///
/// Who reads the value knows the identifier from the question. Who only sees the server's memory
/// must not get the link from it.
const ASKED_FOR: &str = "theidentifieraskedby";

/// How far another replica's clock may be ahead.
const CLOCKS_DIFFER: Duration = Duration::from_mins(1);

/// An answer as it is written.
#[derive(Serialize, Deserialize)]
struct Value<Outcome> {
    /// Milliseconds since 1970.
    fetched_at: u64,
    outcome: Outcome,
}

/// Where the answer of `identifier` is.
///
/// Hashed, so that links do not show where only keys do: in a server's slow log, in its monitoring.
/// An identifier has 119 random bits, which no one guesses, so the hash needs no key of its own.
/// The values are personal all the same: they hold classes and the owner's other terms.
pub(super) fn key(identifier: &Identifier) -> String {
    let digest = Sha256::digest(identifier.as_str());
    format!("gonggang:{FORMAT}:{}", hex::encode(&digest[..16]))
}

/// The value of `answer`; `None` if it is too long or about another identifier.
pub(super) fn written(identifier: &Identifier, answer: &Answer) -> Option<Vec<u8>> {
    let since = answer.fetched_at.duration_since(UNIX_EPOCH).ok()?;
    let mut outcome = answer.outcome.clone();
    if let Ok(seen) = &mut outcome {
        rename(&mut seen.timetable, identifier, &placeholder()?)?;
    }
    let value = Value {
        fetched_at: since.as_millis() as u64,
        outcome,
    };
    let value = serde_json::to_vec(&value).ok()?;
    (value.len() <= MAX_BYTES).then_some(value)
}

/// The answer in `value`; `None` for anything but one about `identifier`.
pub(super) fn read(value: &[u8], identifier: &Identifier) -> Option<Answer> {
    let mut value: Value<Result<Seen, Absence>> = serde_json::from_slice(value).ok()?;
    let fetched_at = UNIX_EPOCH.checked_add(Duration::from_millis(value.fetched_at))?;
    let is_future = fetched_at > SystemTime::now() + CLOCKS_DIFFER;
    if let Ok(seen) = &mut value.outcome {
        rename(&mut seen.timetable, &placeholder()?, identifier)?;
    }
    (!is_future).then(|| Answer::of_another(value.outcome, fetched_at))
}

fn placeholder() -> Option<Identifier> {
    ASKED_FOR.parse().ok()
}

/// Names the timetable `to`, in its list of semesters too; `None` if its name is not `from`.
fn rename(timetable: &mut Arc<Timetable>, from: &Identifier, to: &Identifier) -> Option<()> {
    let timetable = Arc::make_mut(timetable);
    if timetable.identifier != *from {
        return None;
    }
    timetable.identifier = to.clone();
    let own = timetable.semesters.iter_mut();
    for semester in own.filter(|semester| semester.identifier == *from) {
        semester.identifier = to.clone();
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::{Reading, SourceKind, Timings};

    const IDENTIFIER: &str = "AbCdEfGhIjKlMnOpQr12";
    const OTHER: &str = "otherterm00000000000";

    fn timetable(identifier: &str) -> serde_json::Value {
        serde_json::json!({
            "identifier": identifier, "year": 2026, "semester": "2", "title": "2026년 2학기",
            "days": ["mon"],
            "classes": [{
                "name": "a", "professor": "b", "place": "c", "color": 1,
                "day": "mon", "start": "09:00", "end": "24:00",
            }],
            "untimed": [{"name": "d", "place": "e"}],
            "not_drawn": [{"name": null}],
            "semesters": [
                {"label": "2026년 2학기", "identifier": identifier},
                {"label": "2026년 1학기", "identifier": OTHER},
            ],
        })
    }

    fn answer() -> Answer {
        let answer = Answer::of(Ok(Reading {
            timetable: serde_json::from_value(timetable(IDENTIFIER)).unwrap(),
            source: SourceKind::Browser,
            timings: Timings::default(),
        }));
        answer.unwrap()
    }

    #[test]
    fn a_value_never_holds_the_identifier_and_reading_restores_it() {
        let identifier: Identifier = IDENTIFIER.parse().unwrap();
        let value = written(&identifier, &answer()).unwrap();
        assert!(!String::from_utf8_lossy(&value).contains(IDENTIFIER));
        let read = read(&value, &identifier).unwrap().outcome.unwrap();
        assert_eq!(read.timetable, answer().outcome.unwrap().timetable);
    }

    #[test]
    fn an_answer_about_another_identifier_is_neither_written_nor_read() {
        let asked: Identifier = OTHER.parse().unwrap();
        assert!(written(&asked, &answer()).is_none());
        let value = written(&IDENTIFIER.parse().unwrap(), &answer()).unwrap();
        let named = String::from_utf8(value)
            .unwrap()
            .replace(ASKED_FOR, IDENTIFIER);
        assert!(read(named.as_bytes(), &asked).is_none());
    }

    /// Replicas of other releases read what this one writes: with another shape, count up
    /// [`FORMAT`], and only then change this test.
    #[test]
    fn the_second_format_is_this() {
        let identifier = IDENTIFIER.parse().unwrap();
        let value = written(&identifier, &answer()).unwrap();
        let mut value: serde_json::Value = serde_json::from_slice(&value).unwrap();
        assert!(value["fetched_at"].take().is_u64());
        let seen = serde_json::json!({"timetable": timetable(ASKED_FOR), "source": "browser"});
        assert_eq!(
            value,
            serde_json::json!({"fetched_at": null, "outcome": {"Ok": seen}})
        );
        assert_eq!(
            key(&identifier),
            "gonggang:2:0166001e3c1c786731fe8098943db20e"
        );
    }
}
