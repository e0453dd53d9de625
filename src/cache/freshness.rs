//! How long an answer is fresh, and what it is good for after that.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use super::CacheConfig;
use super::answer::Answer;

/// How far a lifetime may differ from the configured one, in thousandths either way.
const JITTER: u64 = 100;

/// What an answer of some age is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// For everyone.
    Fresh,
    /// For everyone, while it is read anew.
    Stale,
    /// For whoever asks while the site fails.
    Old,
    /// For nothing.
    Dead,
}

/// Ages at which an answer is good for less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lifetime {
    /// Fresh until then.
    pub(super) fresh: Duration,
    /// Given while it is read anew until then.
    soft: Duration,
    /// Given while the site fails until then.
    pub(super) end: Duration,
}

impl Lifetime {
    /// Of an answer that is kept from now on.
    ///
    /// Only timetables with classes outlive their freshness: that there is nothing to see is soon
    /// untrue, and read again at little cost.
    pub(super) fn of(answer: &Answer, config: &CacheConfig) -> Self {
        if !answer.has_classes() {
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

    /// What an answer of this age is good for.
    pub(super) fn at(&self, age: Duration) -> Freshness {
        match age {
            age if age < self.fresh => Freshness::Fresh,
            age if age < self.soft => Freshness::Stale,
            age if age < self.end => Freshness::Old,
            _ => Freshness::Dead,
        }
    }
}

/// Thousandths of the configured lifetime that one answer gets, so that answers that were read
/// together do not end together.
fn thousandths() -> u32 {
    // A hasher of the library's starts from random keys: all the randomness this takes.
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
    fn an_answer_is_good_for_less_with_every_border_it_reaches() {
        let lifetime = Lifetime {
            fresh: Duration::from_secs(1),
            soft: Duration::from_secs(2),
            end: Duration::from_secs(3),
        };
        for (millis, good_for) in [
            (0, Freshness::Fresh),
            (999, Freshness::Fresh),
            (1000, Freshness::Stale),
            (1999, Freshness::Stale),
            (2000, Freshness::Old),
            (2999, Freshness::Old),
            (3000, Freshness::Dead),
        ] {
            assert_eq!(
                lifetime.at(Duration::from_millis(millis)),
                good_for,
                "{millis}"
            );
        }
    }

    #[test]
    fn lifetimes_differ_by_a_tenth_at_most_and_do_differ() {
        let drawn: Vec<_> = (0..1000).map(|_| thousandths()).collect();
        assert!(drawn.iter().all(|drawn| (900..=1100).contains(drawn)));
        let (least, most) = (drawn.iter().min().unwrap(), drawn.iter().max().unwrap());
        assert!(*least < 920 && *most > 1080, "{least} to {most}");
        let longest = jittered(Duration::MAX, 900);
        assert!(longest > Duration::from_secs(1 << 40), "no overflow");
    }
}
