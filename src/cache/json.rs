//! A timetable as JSON, written once when it is cached.

use std::time::SystemTime;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::reading::Reading;

/// Memory of an entry without its timetable: moka's bookkeeping, the entry itself, and what allocators
/// add. Measured.
const ENTRY_BYTES: u64 = 1024;
/// Memory of a timetable and its JSON, in lengths of the JSON. Many short words take most: 2.8.
const JSON_LENGTHS: u64 = 3;

/// A timetable as JSON.
#[derive(Debug)]
pub struct Json {
    /// The whole answer.
    pub bytes: Bytes,
    /// The same for timetables with the same content, whenever they were read.
    pub version: [u8; 16],
}

impl Json {
    /// `None` if the reading cannot be written.
    pub(super) fn write(reading: &Reading, fetched_at: SystemTime) -> Option<Self> {
        let content = serde_json::to_vec(&reading.timetable).ok()?;
        let document = serde_json::to_vec(&reading.document(fetched_at)).ok()?;
        let digest: [u8; 32] = Sha256::digest(content).into();
        Some(Self {
            // A copy has memory of its own size.
            bytes: Bytes::copy_from_slice(&document),
            // Half of the digest tells any two timetables apart.
            version: *digest.first_chunk()?,
        })
    }
}

/// Memory of an entry, estimated from its JSON.
pub(super) fn weight(json: Option<&Json>) -> u64 {
    let length = json.map_or(0, |json| json.bytes.len() as u64);
    ENTRY_BYTES + JSON_LENGTHS * length
}
