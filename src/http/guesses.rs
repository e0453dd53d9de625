//! Protection of keys against guessing: a client that sends too many wrong keys is refused for a while.

use std::net::IpAddr;
use std::time::Duration;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use tokio::time::Instant;

use super::limits::{MAX_CLIENTS, PROVEN_TIME, WRONG_KEY_WINDOW, WRONG_KEYS};

/// The wrong keys of each client, and the right ones.
pub(super) struct Guesses {
    wrong: Cache<IpAddr, Wrong>,
    /// A key that was right for a client keeps working for it, because others may share its address.
    proven: Cache<(IpAddr, usize), ()>,
}

/// The wrong keys of a client.
#[derive(Debug, Clone, Copy)]
struct Wrong {
    count: u32,
    /// When the count ends.
    until: Instant,
}

impl Guesses {
    pub(super) fn new() -> Self {
        let most = MAX_CLIENTS as u64;
        let wrong = Cache::builder().max_capacity(most);
        let proven = Cache::builder().max_capacity(most);
        Self {
            wrong: wrong
                .eviction_policy(EvictionPolicy::lru())
                .time_to_live(WRONG_KEY_WINDOW)
                .build(),
            proven: proven.time_to_idle(PROVEN_TIME).build(),
        }
    }

    /// Records a key of `client`: the number of a known key, or `None` for a wrong one.
    ///
    /// # Errors
    /// The time to wait, if the client has sent too many wrong keys. A right key is refused too, or the
    /// guessing could go on.
    pub(super) fn take(&self, client: IpAddr, known: Option<usize>) -> Result<(), Duration> {
        if known.is_some_and(|number| self.proven.get(&(client, number)).is_some()) {
            return Ok(());
        }
        let now = Instant::now();
        let wrong = self.wrong.get(&client).filter(|wrong| wrong.until > now);
        if let Some(Wrong { until, .. }) = wrong.filter(|wrong| wrong.count >= WRONG_KEYS) {
            return Err(until - now);
        }
        match known {
            Some(number) => self.proven.insert((client, number), ()),
            None => self.count(client, now),
        }
        Ok(())
    }

    fn count(&self, client: IpAddr, now: Instant) {
        let counted = |before: Option<moka::Entry<IpAddr, Wrong>>| {
            let before = before.map(moka::Entry::into_value);
            let before = before.filter(|wrong| wrong.until > now);
            Wrong {
                count: before.map_or(0, |wrong| wrong.count).saturating_add(1),
                until: before.map_or(now + WRONG_KEY_WINDOW, |wrong| wrong.until),
            }
        };
        self.wrong.entry(client).and_upsert_with(counted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUESSER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const ANOTHER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::BROADCAST);

    #[tokio::test(start_paused = true)]
    async fn a_client_with_too_many_wrong_keys_is_refused_until_the_window_ends() {
        let guesses = Guesses::new();
        for _ in 0..WRONG_KEYS {
            assert_eq!(guesses.take(GUESSER, None), Ok(()));
        }
        tokio::time::advance(WRONG_KEY_WINDOW / 4).await;
        let left = WRONG_KEY_WINDOW / 4 * 3;
        assert_eq!(guesses.take(GUESSER, None), Err(left));
        assert!(
            guesses.take(GUESSER, Some(0)).is_err(),
            "also with a right one"
        );
        assert_eq!(guesses.take(ANOTHER, Some(0)), Ok(()));
        tokio::time::advance(left).await;
        assert_eq!(guesses.take(GUESSER, Some(0)), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_that_was_right_keeps_working_beside_a_guesser_at_the_same_address() {
        let guesses = Guesses::new();
        assert_eq!(guesses.take(GUESSER, Some(1)), Ok(()));
        while guesses.take(GUESSER, None).is_ok() {}
        assert_eq!(guesses.take(GUESSER, Some(1)), Ok(()));
        assert!(guesses.take(GUESSER, Some(0)).is_err());
    }
}
