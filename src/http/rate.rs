//! Callers' allowances: a number of requests a minute for each key, else for each client address.
//!
//! The headers are those of draft-ietf-httpapi-ratelimit-headers-10.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use super::limits::MAX_CLIENTS;

/// Time between two removals of idle callers.
const SWEEP: Duration = Duration::from_secs(10);

/// Whose allowance a request is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Holder {
    /// The known key of this number.
    Key(usize),
    /// A client without a known key.
    Address(IpAddr),
    /// All clients beyond the limit share one allowance.
    Crowd,
}

type Limiter =
    RateLimiter<Holder, DashMapStateStore<Holder>, DefaultClock, StateInformationMiddleware>;

/// The allowances.
pub(super) struct Allowances {
    limiter: Limiter,
    per_minute: NonZeroU32,
    began: Instant,
    /// Seconds from `began` to the last removal.
    swept: AtomicU64,
}

/// What is left of an allowance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Allowance {
    per_minute: u32,
    remaining: u32,
    /// Seconds until it is full again, or until the next request is accepted.
    reset: u64,
}

impl Allowances {
    pub(super) fn new(per_minute: NonZeroU32) -> Self {
        let quota = Quota::per_minute(per_minute);
        Self {
            limiter: RateLimiter::dashmap(quota).with_middleware(),
            per_minute,
            began: Instant::now(),
            swept: AtomicU64::new(0),
        }
    }

    /// Takes one request from the allowance; the time to wait if none is left.
    pub(super) fn take(&self, holder: Holder) -> (Allowance, Result<(), Duration>) {
        match self.limiter.check_key(&self.remembered(holder)) {
            Ok(left) => (self.left(left.remaining_burst_capacity()), Ok(())),
            Err(until) => {
                let wait = until.wait_time_from(self.limiter.clock().now());
                let allowance = Allowance {
                    reset: whole_seconds(wait),
                    ..self.left(0)
                };
                (allowance, Err(wait))
            }
        }
    }

    fn left(&self, remaining: u32) -> Allowance {
        let per_minute = self.per_minute.get();
        let used = u64::from(per_minute.saturating_sub(remaining));
        Allowance {
            per_minute,
            remaining,
            reset: (used * 60).div_ceil(u64::from(per_minute)),
        }
    }

    fn remembered(&self, holder: Holder) -> Holder {
        self.sweep();
        // Known keys are few and always have room.
        if matches!(holder, Holder::Key(_)) || self.limiter.len() < MAX_CLIENTS {
            holder
        } else {
            Holder::Crowd
        }
    }

    /// Removes callers with a full allowance from time to time.
    fn sweep(&self) {
        let (now, last) = (
            self.began.elapsed().as_secs(),
            self.swept.load(Ordering::Relaxed),
        );
        let is_due = now >= last + SWEEP.as_secs();
        let is_mine = || {
            self.swept
                .compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
        };
        if is_due && is_mine() {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
    }
}

impl Allowance {
    /// Adds the remaining allowance to the answer.
    pub(super) fn told_with(self, mut response: Response) -> Response {
        let policy = format!("\"default\";q={};w=60", self.per_minute);
        let left = format!("\"default\";r={};t={}", self.remaining, self.reset);
        for (name, value) in [("ratelimit-policy", policy), ("ratelimit", left)] {
            if let Ok(value) = HeaderValue::try_from(value) {
                response
                    .headers_mut()
                    .insert(HeaderName::from_static(name), value);
            }
        }
        response
    }
}

fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs_f64().ceil().max(1.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allowance_runs_out_only_for_its_holder() {
        let allowances = Allowances::new(NonZeroU32::new(3).unwrap());
        let taken: Vec<_> = (0..4)
            .map(|_| allowances.take(Holder::Key(0)).1.is_ok())
            .collect();
        assert_eq!(taken, [true, true, true, false]);
        let (left, taken) = allowances.take(Holder::Key(1));
        assert_eq!((left.remaining, left.reset, taken), (2, 20, Ok(())));
        let (none, wait) = allowances.take(Holder::Key(0));
        assert!(none.remaining == 0 && wait.unwrap_err() <= Duration::from_secs(20));
    }

    #[test]
    fn a_flood_of_addresses_takes_no_more_memory_than_is_set_aside() {
        let allowances = Allowances::new(NonZeroU32::new(1).unwrap());
        for address in 0..(MAX_CLIENTS as u32 + 1_000) {
            let _ = allowances.take(Holder::Address(IpAddr::V4(address.into())));
        }
        assert!(allowances.limiter.len() <= MAX_CLIENTS + 1);
        let stranger = Holder::Address(IpAddr::V4(u32::MAX.into()));
        assert!(allowances.take(stranger).1.is_err(), "the crowd shares one");
        assert!(allowances.take(Holder::Key(0)).1.is_ok());
    }
}
