//! The format of answers in the shared cache.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::cache::age::Age;
use crate::cache::entry::{CacheEntry, Definitive};
use crate::code::Code;
use crate::reading::Reading;
use timetable::NotAvailable;
use timetable::Timetable;
use timetable::share_link::Identifier;

/// Version of the format, part of every key: replicas of different versions do not see each other's
/// answers. Increase it with every change to what [`encode`] writes.
const FORMAT: u32 = 2;

/// Longest value read or written; a hundred times the usual length.
pub(super) const MAX_BYTES: usize = 1 << 20;

/// Replaces, in a value, the identifier that the value is about.
///
/// A replica knows the identifier from the question. Access to the server's memory alone must not give
/// the link away.
const ASKED_FOR: &str = "theidentifieraskedby";

/// How far another replica's clock may be ahead.
const CLOCKS_DIFFER: Duration = Duration::from_mins(1);

/// An answer as it is written.
#[derive(Serialize, Deserialize)]
struct StoredAnswer {
    /// Milliseconds since 1970.
    fetched_at: u64,
    outcome: Result<Reading, Code>,
}

/// The key of the answer about `identifier`.
///
/// It is a hash, so that a slow log or a monitor that shows keys does not show links. An identifier has
/// 119 random bits and cannot be guessed, so the hash needs no secret. The values are personal all the
/// same: they hold classes and the owner's other terms.
pub(super) fn key(identifier: &Identifier) -> String {
    let digest = Sha256::digest(identifier.as_str());
    format!("gonggang:{FORMAT}:{}", hex::encode(&digest[..16]))
}

/// The value of `entry`; `None` if it is too long or about another identifier.
pub(super) fn encode(identifier: &Identifier, entry: &CacheEntry) -> Option<Vec<u8>> {
    let since = entry.fetched_at().duration_since(UNIX_EPOCH).ok()?;
    let outcome = match &entry.outcome {
        Ok(reading) => {
            let mut reading = Reading::clone(reading);
            rename(&mut reading.timetable, identifier, &placeholder()?)?;
            Ok(reading)
        }
        Err(why) => Err(why.into()),
    };
    let value = StoredAnswer {
        fetched_at: since.as_millis() as u64,
        outcome,
    };
    let value = serde_json::to_vec(&value).ok()?;
    (value.len() <= MAX_BYTES).then_some(value)
}

/// The answer in `value`; `None` unless it is about `identifier`.
pub(super) fn decode(value: &[u8], identifier: &Identifier) -> Option<(Definitive, Age)> {
    let value: StoredAnswer = serde_json::from_slice(value).ok()?;
    let fetched_at = UNIX_EPOCH.checked_add(Duration::from_millis(value.fetched_at))?;
    let outcome = match value.outcome {
        Ok(mut reading) => {
            rename(&mut reading.timetable, &placeholder()?, identifier)?;
            Ok(reading)
        }
        Err(code) => Err(definitive(code)?),
    };
    let is_future = fetched_at > SystemTime::now() + CLOCKS_DIFFER;
    (!is_future).then(|| (outcome, Age::since(fetched_at)))
}

fn definitive(code: Code) -> Option<NotAvailable> {
    let mut all = NotAvailable::DEFINITIVE.into_iter();
    all.find(|why| Code::from(why) == code)
}

fn placeholder() -> Option<Identifier> {
    ASKED_FOR.parse().ok()
}

/// Replaces the timetable's identifier, in its list of semesters too; `None` if it is not `from`.
fn rename(timetable: &mut Timetable, from: &Identifier, to: &Identifier) -> Option<()> {
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
    use crate::cache::CacheConfig;
    use crate::reading::{SourceKind, Timings};

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

    fn entry() -> CacheEntry {
        let reading = Reading {
            timetable: serde_json::from_value(timetable(IDENTIFIER)).unwrap(),
            source: SourceKind::Browser,
            timings: Timings::default(),
        };
        cached(IDENTIFIER, Ok(reading))
    }

    fn cached(identifier: &str, outcome: Definitive) -> CacheEntry {
        let config = CacheConfig {
            capacity: 1,
            ttl: Duration::from_mins(10),
            negative_ttl: Duration::from_secs(30),
            stale: Duration::from_hours(24),
            url: None,
        };
        CacheEntry::new(&identifier.parse().unwrap(), outcome, Age::new(), &config)
    }

    #[test]
    fn a_value_never_holds_the_identifier_and_reading_restores_it() {
        let identifier: Identifier = IDENTIFIER.parse().unwrap();
        let value = encode(&identifier, &entry()).unwrap();
        assert!(!String::from_utf8_lossy(&value).contains(IDENTIFIER));
        let (outcome, _) = decode(&value, &identifier).unwrap();
        assert_eq!(
            outcome.unwrap().timetable,
            entry().outcome.unwrap().timetable
        );
    }

    #[test]
    fn an_answer_about_another_identifier_is_neither_written_nor_read() {
        let asked: Identifier = OTHER.parse().unwrap();
        assert!(encode(&asked, &entry()).is_none());
        let value = encode(&IDENTIFIER.parse().unwrap(), &entry()).unwrap();
        let named = String::from_utf8(value)
            .unwrap()
            .replace(ASKED_FOR, IDENTIFIER);
        assert!(decode(named.as_bytes(), &asked).is_none());
    }

    #[test]
    fn a_definitive_answer_is_written_by_its_code_and_read_again() {
        let identifier: Identifier = IDENTIFIER.parse().unwrap();
        for why in NotAvailable::DEFINITIVE {
            let value = encode(&identifier, &cached(IDENTIFIER, Err(why.clone()))).unwrap();
            let written: serde_json::Value = serde_json::from_slice(&value).unwrap();
            assert_eq!(
                written["outcome"],
                serde_json::json!({"Err": Code::from(&why).as_str()})
            );
            let (outcome, _) = decode(&value, &identifier).unwrap();
            assert_eq!(outcome.unwrap_err(), why);
        }
        let other = br#"{"fetched_at": 0, "outcome": {"Err": "blocked"}}"#;
        assert!(decode(other, &identifier).is_none());
    }

    /// Replicas of other releases read what this one writes: with another shape, increase
    /// [`FORMAT`], and only then change this test.
    #[test]
    fn the_second_format_is_this() {
        let identifier = IDENTIFIER.parse().unwrap();
        let value = encode(&identifier, &entry()).unwrap();
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
