//! How long an answer is fresh, and when it may still serve after that.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use super::config::CacheConfig;

/// Largest difference from the configured lifetime, in thousandths.
const JITTER: u64 = 100;

/// To whom an answer may be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// To every caller.
    Fresh,
    /// To every caller, while a read in the background renews it.
    Stale,
    /// To callers whose read failed.
    Old,
    /// To no caller.
    Expired,
}

/// Ages at which an answer's freshness changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lifetime {
    /// End of [`Freshness::Fresh`].
    pub(super) fresh: Duration,
    /// End of [`Freshness::Stale`].
    soft: Duration,
    /// End of [`Freshness::Old`].
    pub(super) end: Duration,
}

impl Lifetime {
    /// Of an answer that is cached now.
    ///
    /// Only timetables with classes outlive their freshness. Any other answer changes soon, and a new
    /// read of it costs little.
    pub(super) fn new(has_classes: bool, config: &CacheConfig) -> Self {
        if !has_classes {
            let end = jittered(config.negative_ttl, thousandths());
            return Self {
                fresh: end,
                soft: end,
                end,
            };
        }
        let fresh = jittered(config.ttl, thousandths());
        Self {
            fresh,
            soft: fresh.saturating_add(config.ttl.min(config.stale)),
            end: fresh.saturating_add(config.stale),
        }
    }

    pub(super) fn at(&self, age: Duration) -> Freshness {
        match age {
            age if age < self.fresh => Freshness::Fresh,
            age if age < self.soft => Freshness::Stale,
            age if age < self.end => Freshness::Old,
            _ => Freshness::Expired,
        }
    }
}

/// Random share of the configured lifetime, in thousandths: answers that were read together do not
/// end together.
fn thousandths() -> u32 {
    // The standard hasher has random keys; that is random enough here.
    let random = RandomState::new().hash_one(());
    (1000 - JITTER + random % (2 * JITTER + 1)) as u32
}

fn jittered(lifetime: Duration, thousandths: u32) -> Duration {
    lifetime.saturating_mul(thousandths) / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn freshness_changes_exactly_at_each_limit() {
        let lifetime = Lifetime {
            fresh: Duration::from_secs(1),
            soft: Duration::from_secs(2),
            end: Duration::from_secs(3),
        };
        for (millis, freshness) in [
            (0, Freshness::Fresh),
            (999, Freshness::Fresh),
            (1000, Freshness::Stale),
            (1999, Freshness::Stale),
            (2000, Freshness::Old),
            (2999, Freshness::Old),
            (3000, Freshness::Expired),
        ] {
            assert_eq!(
                lifetime.at(Duration::from_millis(millis)),
                freshness,
                "{millis}"
            );
        }
    }

    #[test]
    fn lifetimes_vary_by_a_tenth_at_most() {
        let drawn: Vec<_> = (0..1000).map(|_| thousandths()).collect();
        assert!(drawn.iter().all(|drawn| (900..=1100).contains(drawn)));
        let (least, most) = (drawn.iter().min().unwrap(), drawn.iter().max().unwrap());
        assert!(*least < 920 && *most > 1080, "{least} to {most}");
        let longest = jittered(Duration::MAX, 900);
        assert!(longest > Duration::from_secs(1 << 40), "no overflow");
    }
}
