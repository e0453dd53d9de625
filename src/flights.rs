//! Single flight: callers who ask for the same timetable at the same time share one read.
//!
//! A read runs in its own task, so it goes on when the caller that began it leaves. When the last
//! caller leaves, the read is told so: if it still waits for its turn, it gives up its place.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use parking_lot::Mutex;
use tokio::task::JoinError;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::source::SourceError;
use timetable::share_link::Identifier;

type SharedRead<T> = Shared<BoxFuture<'static, Result<T, SourceError>>>;

/// The reads under way, at most one for each identifier.
pub(crate) struct Flights<T> {
    by_identifier: Arc<Mutex<HashMap<Identifier, Flight<T>>>>,
    tasks: TaskTracker,
}

struct Flight<T> {
    outcome: SharedRead<T>,
    /// Shared by its waiters: the last one that leaves cancels the token that the read watches.
    waiters: Weak<DropGuard>,
}

/// A caller that waits for a flight, until it is dropped.
pub(crate) struct Waiter<T> {
    outcome: SharedRead<T>,
    /// `None` for a flight that no longer watches its waiters.
    _guard: Option<Arc<DropGuard>>,
}

impl<T: Clone + Send + Sync + 'static> Waiter<T> {
    /// Waits until the flight ends.
    pub(crate) async fn outcome(&self) -> Result<T, SourceError> {
        self.outcome.clone().await
    }
}

impl<T: Clone + Send + Sync + 'static> Flights<T> {
    pub(crate) fn new() -> Self {
        Self {
            by_identifier: Arc::default(),
            tasks: TaskTracker::new(),
        }
    }

    /// Waits for the read of `identifier`. Starts what `read` returns if none is under way; the token
    /// that `read` gets is cancelled when the last waiter leaves.
    pub(crate) fn join<F>(
        &self,
        identifier: &Identifier,
        read: impl FnOnce(CancellationToken) -> F,
    ) -> Waiter<T>
    where
        F: Future<Output = Result<T, SourceError>> + Send + 'static,
    {
        let mut flights = self.by_identifier.lock();
        if let Some(flight) = flights.get(identifier) {
            return Waiter {
                outcome: flight.outcome.clone(),
                _guard: flight.waiters.upgrade(),
            };
        }
        let abandoned = CancellationToken::new();
        let read = read(abandoned.clone());
        let guard = Arc::new(abandoned.drop_guard());
        let flight = self.spawn(identifier, read, Arc::downgrade(&guard));
        let outcome = flight.outcome.clone();
        flights.insert(identifier.clone(), flight);
        Waiter {
            outcome,
            _guard: Some(guard),
        }
    }

    /// Starts `read` without a waiter, unless a read of `identifier` is under way.
    pub(crate) fn start<F>(&self, identifier: &Identifier, read: F)
    where
        F: Future<Output = Result<T, SourceError>> + Send + 'static,
    {
        let mut flights = self.by_identifier.lock();
        if !flights.contains_key(identifier) {
            let flight = self.spawn(identifier, read, Weak::new());
            flights.insert(identifier.clone(), flight);
        }
    }

    /// The caller holds the lock until the flight is listed. So the task cannot end earlier: it takes
    /// the lock to remove itself.
    fn spawn(
        &self,
        identifier: &Identifier,
        read: impl Future<Output = Result<T, SourceError>> + Send + 'static,
        waiters: Weak<DropGuard>,
    ) -> Flight<T> {
        let listing = Listing {
            by_identifier: Arc::clone(&self.by_identifier),
            identifier: identifier.clone(),
        };
        let task = self.tasks.spawn(async move {
            let _listing = listing;
            read.await
        });
        let outcome = task.map(|ended| ended.unwrap_or_else(|error| Err(died(&error))));
        Flight {
            outcome: outcome.boxed().shared(),
            waiters,
        }
    }

    /// Number of reads under way.
    pub(crate) fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Waits until the reads under way have ended.
    pub(crate) async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// Removes a flight from the list when its task ends, even by a panic.
struct Listing<T> {
    by_identifier: Arc<Mutex<HashMap<Identifier, Flight<T>>>>,
    identifier: Identifier,
}

impl<T> Drop for Listing<T> {
    fn drop(&mut self) {
        self.by_identifier.lock().remove(&self.identifier);
    }
}

/// A panic's message may quote a page, so it is left out; the log has the place of the panic.
fn died(error: &JoinError) -> SourceError {
    let how = if error.is_panic() {
        "panicked"
    } else {
        "was ended"
    };
    SourceError::Internal {
        reason: format!("the read's task {how}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Joins a flight that ends only when it is abandoned.
    fn join(flights: &Flights<()>, identifier: &Identifier) -> Waiter<()> {
        flights.join(identifier, |abandoned| async move {
            abandoned.cancelled().await;
            Err(SourceError::Abandoned)
        })
    }

    #[tokio::test]
    async fn a_read_is_abandoned_when_the_last_caller_leaves_and_not_before() {
        let flights = Flights::new();
        let identifier: Identifier = "AbCdEfGhIjKlMnOpQr12".parse().unwrap();
        let first = join(&flights, &identifier);
        let second = join(&flights, &identifier);
        let outcome = first.outcome.clone();
        drop(first);
        tokio::task::yield_now().await;
        assert!(outcome.peek().is_none() && flights.len() == 1);
        drop(second);
        assert!(matches!(outcome.await, Err(SourceError::Abandoned)));
        assert!(flights.by_identifier.lock().is_empty());
        let _third = join(&flights, &identifier);
        tokio::task::yield_now().await;
        assert_eq!(flights.len(), 1);
    }

    #[tokio::test]
    async fn a_read_that_panics_is_an_internal_fault_and_leaves_the_list() {
        let flights = Flights::<()>::new();
        let identifier: Identifier = "AbCdEfGhIjKlMnOpQr12".parse().unwrap();
        let waiter = flights.join(&identifier, |_| async { panic!("a page's text") });
        let Err(SourceError::Internal { reason }) = waiter.outcome().await else {
            panic!("no internal fault");
        };
        assert_eq!(reason, "the read's task panicked");
        assert!(flights.by_identifier.lock().is_empty());
    }
}
