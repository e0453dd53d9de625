//! How an answer is written in the shared cache.

use std::fmt::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::cache::answer::{Absence, Answer, Seen};
use crate::timetable::share_link::Identifier;

/// Version of the format, part of every key: replicas of different versions do not see each
/// other's answers. To be counted up with any change of what [`written`] writes.
const FORMAT: u32 = 1;

/// Longest value read or written; a hundred times a usual one.
pub(super) const MAX_BYTES: usize = 1 << 20;

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
/// The values are as personal as the links, and so is the server.
pub(super) fn key(identifier: &Identifier) -> String {
    let digest = Sha256::digest(identifier.as_str());
    let mut key = format!("gonggang:{FORMAT}:");
    for byte in &digest[..16] {
        let _ = write!(key, "{byte:02x}");
    }
    key
}

/// The value of `answer`; `None` if it is too long.
pub(super) fn written(answer: &Answer) -> Option<Vec<u8>> {
    let since = answer.fetched_at.duration_since(UNIX_EPOCH).ok()?;
    let value = Value {
        fetched_at: since.as_millis() as u64,
        outcome: &answer.outcome,
    };
    let value = serde_json::to_vec(&value).ok()?;
    (value.len() <= MAX_BYTES).then_some(value)
}

/// The answer in `value`; `None` for anything but one about `identifier`.
pub(super) fn read(value: &[u8], identifier: &Identifier) -> Option<Answer> {
    let value: Value<Result<Seen, Absence>> = serde_json::from_slice(value).ok()?;
    let fetched_at = UNIX_EPOCH.checked_add(Duration::from_millis(value.fetched_at))?;
    let is_future = fetched_at > SystemTime::now() + CLOCKS_DIFFER;
    let is_another = value
        .outcome
        .as_ref()
        .is_ok_and(|seen| seen.timetable.identifier != *identifier);
    (!is_future && !is_another).then(|| Answer::of_another(value.outcome, fetched_at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Read, SourceKind, Timings};

    const IDENTIFIER: &str = "AbCdEfGhIjKlMnOpQr12";

    fn timetable() -> serde_json::Value {
        serde_json::json!({
            "identifier": IDENTIFIER, "year": 2026, "semester": "2", "title": "2026년 2학기",
            "days": ["mon"],
            "classes": [{
                "name": "a", "professor": "b", "place": "c", "color": 1,
                "day": "mon", "start": "09:00", "end": "24:00",
            }],
            "untimed": [{"name": "d", "place": "e"}],
            "not_drawn": [{"name": null}],
            "semesters": [{"label": "2026년 1학기", "identifier": IDENTIFIER}],
        })
    }

    /// Replicas of other releases read what this one writes: with another shape, count up
    /// [`FORMAT`], and only then change this test.
    #[test]
    fn the_first_format_is_this() {
        let answer = Answer::of(Ok(Read {
            timetable: serde_json::from_value(timetable()).unwrap(),
            source: SourceKind::Browser,
            timings: Timings::default(),
        }));
        let answer = answer.unwrap();
        let mut value: serde_json::Value =
            serde_json::from_slice(&written(&answer).unwrap()).unwrap();
        assert!(value["fetched_at"].take().is_u64());
        let seen = serde_json::json!({"timetable": timetable(), "source": "browser"});
        assert_eq!(
            value,
            serde_json::json!({"fetched_at": null, "outcome": {"Ok": seen}})
        );
        assert_eq!(
            key(&IDENTIFIER.parse().unwrap()),
            "gonggang:1:0166001e3c1c786731fe8098943db20e"
        );
    }
}
