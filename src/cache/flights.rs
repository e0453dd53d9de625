//! Loads under way: whoever asks for what is being loaded waits for the same load.
//!
//! A load runs in a task of its own, so it goes on when the caller that began it leaves.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use parking_lot::Mutex;
use tokio::task::JoinError;
use tokio_util::task::TaskTracker;

use super::Loaded;
use crate::source::SourceError;
use timetable::share_link::Identifier;

/// What a load ends with, for each who waits for it.
pub(super) type Flight = Shared<BoxFuture<'static, Result<Loaded, Arc<SourceError>>>>;

/// The loads under way, at most one for each identifier.
#[derive(Clone)]
pub(super) struct Flights {
    aloft: Arc<Mutex<HashMap<Identifier, Flight>>>,
    tasks: TaskTracker,
}

/// Takes a flight off the list when its task ends, also if it panics.
struct Landing(Flights, Identifier);

impl Flights {
    /// None yet; `tasks` keeps count of them.
    pub(super) fn new(tasks: TaskTracker) -> Self {
        Self {
            aloft: Arc::default(),
            tasks,
        }
    }

    /// The load of `identifier` that is under way; else `load`, begun now.
    pub(super) fn join(
        &self,
        identifier: &Identifier,
        load: impl Future<Output = Result<Loaded, SourceError>> + Send + 'static,
    ) -> Flight {
        let mut aloft = self.aloft.lock();
        if let Some(flight) = aloft.get(identifier) {
            return flight.clone();
        }
        let landing = Landing(self.clone(), identifier.clone());
        // The task ends no sooner than it is listed: its landing needs the lock held here.
        let task = self.tasks.spawn(async move {
            let _landing = landing;
            load.await.map_err(Arc::new)
        });
        let flight = task
            .map(|ended| ended.unwrap_or_else(|error| Err(died(&error))))
            .boxed()
            .shared();
        aloft.insert(identifier.clone(), flight.clone());
        flight
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        self.0.aloft.lock().remove(&self.1);
    }
}

/// What a panic said may quote a page and goes nowhere; where it happened is in the log.
fn died(error: &JoinError) -> Arc<SourceError> {
    let how = if error.is_panic() {
        "panicked"
    } else {
        "was ended"
    };
    Arc::new(SourceError::Internal {
        reason: format!("the read's task {how}"),
    })
}
