//! The cache's metrics.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use metrics::{Counter, counter, describe_counter, describe_gauge, gauge};
use moka::notification::RemovalCause;

use super::lookup::Lookup;

const REQUESTS: &str = "gonggang_cache_requests_total";
const EVICTIONS: &str = "gonggang_cache_evictions_total";
const ENTRIES: &str = "gonggang_cache_entries";
const BYTES: &str = "gonggang_cache_bytes";

/// Describes each metric, and sets each counter to zero so that it is not absent.
pub(super) fn describe() {
    describe_counter!(REQUESTS, "Questions by what the cache had for them.");
    describe_counter!(EVICTIONS, "Answers removed from the cache, by reason.");
    describe_gauge!(ENTRIES, "Answers in the cache.");
    describe_gauge!(BYTES, "Approximate memory of the answers in the cache.");
    for result in Lookup::ALL.map(Lookup::name) {
        counter!(REQUESTS, "result" => result).absolute(0);
    }
    for reason in ["expired", "size"] {
        counter!(EVICTIONS, "reason" => reason).absolute(0);
    }
    for contents in [ENTRIES, BYTES] {
        gauge!(contents).increment(0.0);
    }
}

/// Number and size of the cached answers.
#[derive(Debug, Default)]
pub(super) struct Contents {
    entries: AtomicU64,
    bytes: AtomicU64,
}

impl Contents {
    pub(super) fn entries(&self) -> u64 {
        self.entries.load(Ordering::Relaxed)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    pub(super) fn added(&self, bytes: u64) {
        self.entries.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        gauge!(ENTRIES).increment(1.0);
        gauge!(BYTES).increment(bytes as f64);
    }

    pub(super) fn removed(&self, bytes: u64, cause: RemovalCause) {
        self.entries.fetch_sub(1, Ordering::Relaxed);
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
        gauge!(ENTRIES).decrement(1.0);
        gauge!(BYTES).decrement(bytes as f64);
        // A replaced answer is not an eviction.
        match cause {
            RemovalCause::Expired => counter!(EVICTIONS, "reason" => "expired").increment(1),
            RemovalCause::Size => counter!(EVICTIONS, "reason" => "size").increment(1),
            RemovalCause::Explicit | RemovalCause::Replaced => {}
        }
    }
}

/// Questions by what the cache had for them.
pub(super) struct Requests {
    own: [AtomicU64; Lookup::ALL.len()],
    /// Each counter is looked up once: a lookup by name searches the registry.
    counters: LazyLock<[Counter; Lookup::ALL.len()]>,
}

impl Default for Requests {
    fn default() -> Self {
        Self {
            own: Default::default(),
            counters: LazyLock::new(|| Lookup::ALL.map(counter)),
        }
    }
}

fn counter(lookup: Lookup) -> Counter {
    counter!(REQUESTS, "result" => lookup.name())
}

impl Requests {
    pub(super) fn count(&self, lookup: Lookup) {
        self.own[lookup as usize].fetch_add(1, Ordering::Relaxed);
        self.counters[lookup as usize].increment(1);
    }

    pub(super) fn of(&self, lookup: Lookup) -> u64 {
        self.own[lookup as usize].load(Ordering::Relaxed)
    }
}
