//! Names for events that stay the same from one file to the next.

use std::collections::HashMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::super::super::{Class, Timetable};

/// Keeps these digests apart from any other made of the same text.
const PURPOSE: &[u8] = b"gonggang calendar event 1";

/// Octets kept of a digest: more than enough for no two events of anyone to meet.
const KEPT: usize = 16;

/// A UID for each class meeting, in their order.
///
/// It follows from the timetable, the class's name and its time, so that a later file updates what
/// an earlier one added, a change of room or professor included. The identifier cannot be had back
/// from it: there are 62²⁰ to try.
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
