//! UIDs of events, the same in each file.

use std::collections::HashMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::super::super::{Class, Timetable};

/// Separates these digests from other digests of the same text.
const PURPOSE: &[u8] = b"gonggang calendar event 1";

/// Octets of a digest that are used: enough to avoid collisions.
const KEPT: usize = 16;

/// A UID for each class meeting, in their order.
///
/// It depends on the timetable, the name of the class and its time, so a later file updates the events of
/// an earlier one, also after a change of room or professor. The identifier cannot be recovered from it:
/// there are 62²⁰ to try.
pub(super) fn of_each_class(timetable: &Timetable) -> impl Iterator<Item = String> + '_ {
    let mut seen: HashMap<_, u32> = HashMap::new();
    timetable.classes.iter().map(move |class| {
        let count = seen
            .entry((&class.name, class.day, class.time))
            .or_default();
        *count += 1;
        uid(timetable, class, *count)
    })
}

/// `nth` counts the meetings of the same name at the same time, from 1.
fn uid(timetable: &Timetable, class: &Class, nth: u32) -> String {
    let digest = Sha256::new()
        .chain_update(PURPOSE)
        .chain_update(timetable.identifier.as_str())
        .chain_update([class.day.index() as u8])
        .chain_update(class.time.start().units().to_be_bytes())
        .chain_update(class.time.end().units().to_be_bytes())
        .chain_update(nth.to_be_bytes())
        .chain_update(&class.name)
        .finalize();
    let mut uid = String::new();
    for octet in &digest[..KEPT] {
        let _ = write!(uid, "{octet:02x}");
    }
    uid + "@gonggang"
}
