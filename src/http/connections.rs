//! The open connections: their limit, and which one is closed for a new one.
//!
//! A connection may be closed while no request on it is being answered: it is idle, has sent half a request,
//! or does not read its answer. The one that is quiet for the longest time is closed first. If every
//! connection waits for an answer, a new one is accepted beyond the limit, but only for probes.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::limits::{RESERVED, ServerLimits};

/// Every open connection.
pub(super) struct Connections {
    open: Mutex<Open>,
    most: usize,
    most_per_client: usize,
    began: Instant,
}

#[derive(Default)]
struct Open {
    next: u64,
    all: HashMap<u64, Member>,
}

struct Member {
    client: Option<IpAddr>,
    activity: Activity,
    closed: CancellationToken,
}

/// Milliseconds from the server's start to the end of the last answer; [`ANSWERING`] during one.
#[derive(Clone)]
pub(super) struct Activity {
    quiet_since: Arc<AtomicU64>,
    began: Instant,
}

const ANSWERING: u64 = u64::MAX;

/// A request is being answered until this is dropped.
pub(super) struct Answering(Activity);

/// The place of one connection until it is dropped.
pub(super) struct Place {
    connections: Arc<Connections>,
    number: u64,
    pub(super) activity: Activity,
    /// Cancelled when the connection has to close.
    pub(super) closed: CancellationToken,
    /// It is beyond the limit: only probes are served.
    pub(super) is_for_probes: bool,
}

impl Connections {
    pub(super) fn new(limits: &ServerLimits) -> Arc<Self> {
        Arc::new(Self {
            open: Mutex::default(),
            most: limits.connections,
            most_per_client: limits.connections_per_client(),
            began: Instant::now(),
        })
    }

    /// A place for a new connection of `client`; `None` counts it for no client. There is no place if all are
    /// taken, including those for probes, and no connection may be closed.
    pub(super) fn admit(self: &Arc<Self>, client: Option<IpAddr>) -> Option<Place> {
        let mut open = self.open.lock();
        let is_for_probes = !self.has_room(&mut open, client);
        if open.all.len() >= self.most + RESERVED && !open.close_quietest(|_| true) {
            return None;
        }
        let member = Member {
            client,
            activity: Activity::new(self.began),
            closed: CancellationToken::new(),
        };
        let (activity, closed) = (member.activity.clone(), member.closed.clone());
        let number = open.add(member);
        Some(Place {
            connections: Arc::clone(self),
            number,
            activity,
            closed,
            is_for_probes,
        })
    }

    /// Whether one more fits, if necessary after closing another.
    fn has_room(&self, open: &mut Open, client: Option<IpAddr>) -> bool {
        let is_let_in = if client.is_some() && open.of(client) >= self.most_per_client {
            open.close_quietest(|member| member.client == client)
        } else {
            open.all.len() < self.most || open.close_quietest(|_| true)
        };
        is_let_in && open.all.len() < self.most
    }

    /// Closes one quiet connection, if there is one.
    pub(super) fn make_room(&self) -> bool {
        self.open.lock().close_quietest(|_| true)
    }

    /// Closes the connections that are quiet for `time`.
    pub(super) fn close_quiet_for(&self, time: Duration) {
        let mut open = self.open.lock();
        open.all.retain(|_, member| {
            let is_kept = member.activity.quiet_for().is_none_or(|quiet| quiet < time);
            if !is_kept {
                member.closed.cancel();
            }
            is_kept
        });
    }
}

impl Open {
    fn add(&mut self, member: Member) -> u64 {
        self.next += 1;
        self.all.insert(self.next, member);
        self.next
    }

    fn of(&self, client: Option<IpAddr>) -> usize {
        let theirs = |member: &&Member| member.client == client;
        self.all.values().filter(theirs).count()
    }

    /// Closes the connection that is quiet for the longest time, of those that `may` be closed.
    fn close_quietest(&mut self, may: impl Fn(&Member) -> bool) -> bool {
        let quiet = self.all.iter().filter(|(_, member)| may(member));
        let quiet =
            quiet.filter_map(|(number, member)| Some((member.activity.quiet_since()?, *number)));
        // Of two quiet since the same millisecond, the older one.
        let Some((_, number)) = quiet.min() else {
            return false;
        };
        if let Some(member) = self.all.remove(&number) {
            member.closed.cancel();
        }
        true
    }
}

impl Activity {
    pub(super) fn new(began: Instant) -> Self {
        let activity = Self {
            quiet_since: Arc::default(),
            began,
        };
        activity.set_quiet();
        activity
    }

    /// A request is being answered from now on.
    pub(super) fn answering(&self) -> Answering {
        self.quiet_since.store(ANSWERING, Ordering::Relaxed);
        Answering(self.clone())
    }

    pub(super) fn is_answering(&self) -> bool {
        self.quiet_since().is_none()
    }

    fn set_quiet(&self) {
        let now = self.began.elapsed().as_millis() as u64;
        self.quiet_since.store(now, Ordering::Relaxed);
    }

    /// `None` while a request is being answered.
    fn quiet_since(&self) -> Option<u64> {
        let since = self.quiet_since.load(Ordering::Relaxed);
        (since != ANSWERING).then_some(since)
    }

    fn quiet_for(&self) -> Option<Duration> {
        let since = Duration::from_millis(self.quiet_since()?);
        Some(self.began.elapsed().saturating_sub(since))
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.set_quiet();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.open.lock().all.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));
    const ANOTHER: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::BROADCAST));

    fn connections(most: usize) -> Arc<Connections> {
        Connections::new(&ServerLimits {
            connections: most,
            ..ServerLimits::default()
        })
    }

    fn closed(places: &[Place]) -> Vec<bool> {
        let closed = places.iter().map(|place| place.closed.is_cancelled());
        closed.collect()
    }

    #[tokio::test(start_paused = true)]
    async fn the_connection_that_is_idle_for_the_longest_time_is_closed_first() {
        let connections = connections(3);
        let mut places = Vec::new();
        for _ in 0..3 {
            places.extend(connections.admit(None));
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        let answering = places[0].activity.answering();
        places.extend(connections.admit(None));
        assert_eq!(closed(&places), [false, true, false, false]);
        tokio::time::advance(Duration::from_millis(1)).await;
        drop(answering);
        places.extend(connections.admit(None));
        assert_eq!(closed(&places), [false, true, true, false, false]);
        assert!(places.iter().all(|place| !place.is_for_probes));
    }

    #[tokio::test]
    async fn a_new_connection_serves_only_probes_if_all_others_wait_for_an_answer() {
        let connections = connections(2);
        let busy = || {
            let place = connections.admit(None)?;
            let answering = place.activity.answering();
            Some((place, answering))
        };
        let mut places: Vec<_> = (0..2).filter_map(|_| busy()).collect();
        assert!(places.iter().all(|(place, _)| !place.is_for_probes));
        let more: Vec<_> = (0..RESERVED).filter_map(|_| busy()).collect();
        assert!(more.len() == RESERVED && more.iter().all(|(place, _)| place.is_for_probes));
        assert!(connections.admit(None).is_none());
        places.pop();
        assert!(busy().is_some_and(|(place, _)| place.is_for_probes));
        drop(more);
        assert!(busy().is_some_and(|(place, _)| !place.is_for_probes));
    }

    #[tokio::test]
    async fn connections_for_probes_give_way_to_each_other() {
        let connections = connections(1);
        let place = connections.admit(None).unwrap();
        let _answering = place.activity.answering();
        let [first, second] = [
            connections.admit(None).unwrap(),
            connections.admit(None).unwrap(),
        ];
        assert!(first.is_for_probes && first.closed.is_cancelled());
        assert!(second.is_for_probes && !second.closed.is_cancelled());
    }

    #[tokio::test]
    async fn a_client_with_its_share_gives_way_to_itself() {
        let connections = connections(6);
        let others: Vec<_> = (0..2).filter_map(|_| connections.admit(ANOTHER)).collect();
        let mine: Vec<_> = (0..3).filter_map(|_| connections.admit(ME)).collect();
        assert_eq!(closed(&mine), [true, false, false]);
        assert_eq!(closed(&others), [false, false]);
        let answering: Vec<_> = mine
            .iter()
            .map(|place| place.activity.answering())
            .collect();
        assert!(
            connections
                .admit(ME)
                .is_some_and(|place| place.is_for_probes)
        );
        assert!(
            connections
                .admit(None)
                .is_some_and(|place| !place.is_for_probes)
        );
        drop(answering);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_has_been_quiet_is_closed_and_one_that_is_answering_is_not() {
        let connections = connections(6);
        let places: Vec<_> = (0..2).filter_map(|_| connections.admit(ME)).collect();
        let _answering = places[0].activity.answering();
        tokio::time::advance(Duration::from_secs(3)).await;
        let fresh = connections.admit(ANOTHER).unwrap();
        connections.close_quiet_for(Duration::from_secs(3));
        assert_eq!(closed(&places), [false, true]);
        assert!(!fresh.closed.is_cancelled());
    }
}
