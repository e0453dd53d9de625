//! What callers, slot tasks and the watch share.

use std::{future::pending, sync::Arc};

use tokio::sync::{Semaphore, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    queue::Queue, session_factory::SessionFactory, status::CloseReason, status_board::StatusBoard,
};

/// The process group of a session that uses too much, and the reason to close it.
pub(crate) type Excess = Option<(u32, CloseReason)>;

/// The state of a fleet.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) factory: SessionFactory,
    pub(crate) status: StatusBoard,
    pub(crate) queue: Queue,
    /// Permits to replace a session that is due. There is one for every two slots, so that the other
    /// half serves meanwhile.
    pub(crate) renewals: Arc<Semaphore>,
    /// What the watch found, for each slot.
    pub(crate) excess: Vec<watch::Sender<Excess>>,
    /// Cancelled to end all slot tasks at once.
    pub(crate) stop: CancellationToken,
    /// Visits admitted and not yet answered. Closed: no more are admitted.
    pub(crate) in_flight: TaskTracker,
}

impl Shared {
    pub(crate) fn new(factory: SessionFactory) -> Self {
        let slots = factory.config.slots;
        Self {
            status: StatusBoard::new(slots),
            queue: Queue::new(factory.config.queue),
            excess: (0..slots).map(|_| watch::Sender::new(None)).collect(),
            renewals: Arc::new(Semaphore::new(slots.div_ceil(2))),
            stop: CancellationToken::new(),
            in_flight: TaskTracker::new(),
            factory,
        }
    }

    /// Waits until the slot's session in this process group uses too much.
    pub(crate) async fn exceeded(&self, slot: usize, group: u32) -> CloseReason {
        let mut excess = self.excess[slot].subscribe();
        let is_of_group = |excess: &Excess| excess.is_some_and(|(of, _)| of == group && of != 0);
        let found = excess.wait_for(is_of_group).await;
        match found.ok().and_then(|found| *found) {
            Some((_, reason)) => reason,
            None => pending().await,
        }
    }
}
