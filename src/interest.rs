//! Who still waits for a read: so that one that nobody waits for any more gives up its place in the
//! queue.

use std::collections::HashMap;

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use timetable::share_link::Identifier;

/// Callers by the timetable that they wait for.
#[derive(Debug, Default)]
pub(crate) struct Interests(Mutex<HashMap<Identifier, Waiting>>);

/// The callers that wait for one timetable.
#[derive(Debug, Default)]
struct Waiting {
    callers: usize,
    /// Cancelled when the last of them leaves.
    abandoned: CancellationToken,
}

/// One caller's interest, which ends with it.
#[derive(Debug)]
pub(crate) struct Interest<'a> {
    interests: &'a Interests,
    identifier: &'a Identifier,
    abandoned: CancellationToken,
}

impl Interests {
    /// Joins those who wait for `identifier`, or is the first.
    pub(crate) fn join<'a>(&'a self, identifier: &'a Identifier) -> Interest<'a> {
        let mut all = self.0.lock();
        let waiting = all.entry(identifier.clone()).or_default();
        waiting.callers += 1;
        Interest {
            interests: self,
            identifier,
            abandoned: waiting.abandoned.clone(),
        }
    }
}

impl Interest<'_> {
    /// Cancelled when nobody waits any more.
    pub(crate) fn abandoned(&self) -> CancellationToken {
        self.abandoned.clone()
    }
}

impl Drop for Interest<'_> {
    fn drop(&mut self) {
        let mut all = self.interests.0.lock();
        let Some(waiting) = all.get_mut(self.identifier) else {
            return;
        };
        waiting.callers -= 1;
        if waiting.callers == 0 {
            waiting.abandoned.cancel();
            all.remove(self.identifier);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_is_abandoned_when_the_last_caller_leaves_and_not_before() {
        let interests = Interests::default();
        let identifier: Identifier = "AbCdEfGhIjKlMnOpQr12".parse().unwrap();
        let first = interests.join(&identifier);
        let second = interests.join(&identifier);
        let abandoned = first.abandoned();
        drop(first);
        assert!(!abandoned.is_cancelled());
        drop(second);
        assert!(abandoned.is_cancelled());
        assert!(interests.0.lock().is_empty());
        assert!(!interests.join(&identifier).abandoned().is_cancelled());
    }
}
