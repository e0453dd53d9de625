//! Circuit breaker: when to stop asking a site. A state machine without a clock: callers pass the time.
//!
//! After a number of failures in a row it opens, and the site gets no read for a pause. Then one read
//! probes: its success closes the breaker, its failure opens it again.

use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use timetable::NotAvailable;

/// When a breaker opens, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct BreakerConfig {
    /// `GONGGANG_BREAKER_FAILURES`: failures in a row that open it; 0 never does.
    pub failures: u32,
    /// `GONGGANG_BREAKER_PAUSE`.
    pub pause: Duration,
}

/// What a read shows about the site.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Verdict {
    /// It answers, even if it has no such timetable.
    Lives,
    /// It refused or failed.
    Fails(NotAvailable),
    /// Nothing: the read did not start, did not end, or failed on our side.
    Unknown,
}

/// Permission for one read. Its verdict counts only while the breaker's state stays the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pass {
    generation: u64,
}

/// The breaker lets no read through.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{last}")]
pub struct CircuitOpen {
    /// The site's last failure.
    pub last: NotAvailable,
    /// Rest of the pause; zero during a probe.
    pub retry_after: Duration,
}

/// The breaker of one site.
#[derive(Debug)]
pub(super) struct Breaker {
    config: BreakerConfig,
    state: BreakerState,
    /// Number of state changes so far: tells a current pass from an old one.
    generation: u64,
}

#[derive(Debug)]
enum BreakerState {
    Closed { failures: u32 },
    Open { until: Instant, last: NotAvailable },
    Probing { last: NotAvailable },
}

/// A state's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
    Closed,
    Open,
    Probing,
}

impl Breaker {
    pub(super) fn new(config: BreakerConfig) -> Self {
        Self {
            config,
            state: BreakerState::Closed { failures: 0 },
            generation: 0,
        }
    }

    pub(super) fn stage(&self) -> Stage {
        match self.state {
            BreakerState::Closed { .. } => Stage::Closed,
            BreakerState::Open { .. } => Stage::Open,
            BreakerState::Probing { .. } => Stage::Probing,
        }
    }

    /// Failures in a row, up to the limit.
    pub(super) fn failures(&self) -> u32 {
        match self.state {
            BreakerState::Closed { failures } => failures,
            BreakerState::Open { .. } | BreakerState::Probing { .. } => self.config.failures,
        }
    }

    /// Whether the breaker would let a read through at `now`.
    pub(super) fn check(&self, now: Instant) -> Result<(), CircuitOpen> {
        let (until, last) = match &self.state {
            BreakerState::Closed { .. } => return Ok(()),
            BreakerState::Open { until, .. } if *until <= now => return Ok(()),
            BreakerState::Open { until, last } => (*until, last),
            BreakerState::Probing { last } => (now, last),
        };
        Err(CircuitOpen {
            last: last.clone(),
            retry_after: until.duration_since(now),
        })
    }

    /// Lets a read through; the first one after the pause is the probe.
    pub(super) fn admit(&mut self, now: Instant) -> Result<Pass, CircuitOpen> {
        self.check(now)?;
        if let BreakerState::Open { last, .. } = &self.state {
            let last = last.clone();
            self.change(BreakerState::Probing { last });
        }
        Ok(Pass {
            generation: self.generation,
        })
    }

    /// Records the verdict of a read that was let through.
    pub(super) fn settle(&mut self, pass: Pass, verdict: Verdict, now: Instant) {
        if pass.generation != self.generation {
            return;
        }
        match (&mut self.state, verdict) {
            (BreakerState::Closed { failures }, Verdict::Lives) => *failures = 0,
            (BreakerState::Closed { failures }, Verdict::Fails(failure)) => {
                *failures = failures.saturating_add(1);
                if self.config.failures != 0 && *failures >= self.config.failures {
                    self.open(failure, now + self.config.pause);
                }
            }
            (BreakerState::Probing { .. }, Verdict::Lives) => {
                self.change(BreakerState::Closed { failures: 0 });
            }
            (BreakerState::Probing { .. }, Verdict::Fails(failure)) => {
                self.open(failure, now + self.config.pause);
            }
            // After a probe without a result the next read probes.
            (BreakerState::Probing { last }, Verdict::Unknown) => {
                let last = last.clone();
                self.open(last, now);
            }
            (BreakerState::Closed { .. }, Verdict::Unknown) | (BreakerState::Open { .. }, _) => {}
        }
    }

    fn open(&mut self, last: NotAvailable, until: Instant) {
        self.change(BreakerState::Open { until, last });
    }

    fn change(&mut self, state: BreakerState) {
        self.state = state;
        self.generation += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    const PAUSE: Duration = Duration::from_secs(30);
    const BLOCKED: NotAvailable = NotAvailable::Blocked { status: Some(403) };
    const DOWN: NotAvailable = NotAvailable::SiteUnavailable { status: Some(503) };

    fn breaker(failures: u32) -> Breaker {
        Breaker::new(BreakerConfig {
            failures,
            pause: PAUSE,
        })
    }

    /// One read, from its admission to its verdict.
    fn read(breaker: &mut Breaker, verdict: Verdict, now: Instant) {
        let pass = breaker.admit(now).unwrap();
        breaker.settle(pass, verdict, now);
    }

    #[test]
    fn failures_in_a_row_open_the_breaker_which_reports_the_last_one_and_the_rest_of_the_pause() {
        let (mut breaker, now) = (breaker(3), Instant::now());
        for failure in [BLOCKED, BLOCKED, DOWN] {
            read(&mut breaker, Verdict::Fails(failure), now);
        }
        let (waited, rest) = (PAUSE / 3, PAUSE / 3 * 2);
        let later = now + waited;
        let open = CircuitOpen {
            last: DOWN,
            retry_after: rest,
        };
        assert_eq!(breaker.check(later), Err(open.clone()));
        assert_eq!(breaker.admit(later), Err(open));
    }

    #[test]
    fn an_answer_resets_the_count_of_failures_and_a_fault_of_ours_does_not() {
        let (mut breaker, now) = (breaker(2), Instant::now());
        read(&mut breaker, Verdict::Fails(BLOCKED), now);
        read(&mut breaker, Verdict::Lives, now);
        read(&mut breaker, Verdict::Fails(BLOCKED), now);
        assert_eq!((breaker.stage(), breaker.failures()), (Stage::Closed, 1));
        read(&mut breaker, Verdict::Unknown, now);
        assert_eq!((breaker.stage(), breaker.failures()), (Stage::Closed, 1));
        read(&mut breaker, Verdict::Fails(BLOCKED), now);
        assert_eq!(breaker.stage(), Stage::Open);
    }

    #[test]
    fn exactly_one_read_probes_after_the_pause() {
        let (mut breaker, now) = (breaker(1), Instant::now());
        read(&mut breaker, Verdict::Fails(BLOCKED), now);
        let due = now + PAUSE;
        assert!(
            breaker
                .admit(due.checked_sub(Duration::from_nanos(1)).unwrap())
                .is_err()
        );
        let probe = breaker.admit(due).unwrap();
        assert_eq!(breaker.admit(due).unwrap_err().retry_after, Duration::ZERO);
        assert!(
            breaker.admit(due + PAUSE * 9).is_err(),
            "while the probe runs"
        );
        breaker.settle(probe, Verdict::Fails(DOWN), due);
        assert_eq!(breaker.admit(due).unwrap_err().retry_after, PAUSE);
        let probe = breaker.admit(due + PAUSE).unwrap();
        breaker.settle(probe, Verdict::Lives, due + PAUSE);
        assert_eq!((breaker.stage(), breaker.failures()), (Stage::Closed, 0));
    }

    #[test]
    fn the_next_read_probes_after_a_probe_without_a_result() {
        let (mut breaker, now) = (breaker(1), Instant::now());
        read(&mut breaker, Verdict::Fails(BLOCKED), now);
        read(&mut breaker, Verdict::Unknown, now + PAUSE);
        assert_eq!(breaker.stage(), Stage::Open);
        read(&mut breaker, Verdict::Lives, now + PAUSE);
        assert_eq!(breaker.stage(), Stage::Closed);
    }

    #[test]
    fn the_verdict_of_a_read_from_before_the_breaker_opened_does_not_count() {
        let (mut breaker, now) = (breaker(1), Instant::now());
        let late = breaker.admit(now).unwrap();
        read(&mut breaker, Verdict::Fails(BLOCKED), now);
        breaker.settle(late, Verdict::Lives, now);
        assert_eq!(
            breaker.stage(),
            Stage::Open,
            "a late success does not close it"
        );
        let probe = breaker.admit(now + PAUSE).unwrap();
        breaker.settle(late, Verdict::Fails(DOWN), now + PAUSE);
        breaker.settle(probe, Verdict::Lives, now + PAUSE);
        breaker.settle(late, Verdict::Fails(DOWN), now + PAUSE);
        assert_eq!((breaker.stage(), breaker.failures()), (Stage::Closed, 0));
    }

    #[test]
    fn a_breaker_with_a_limit_of_zero_failures_never_opens() {
        let (mut breaker, now) = (breaker(0), Instant::now());
        for _ in 0..100 {
            read(&mut breaker, Verdict::Fails(BLOCKED), now);
        }
        assert_eq!(breaker.stage(), Stage::Closed);
    }

    /// An event that a breaker sees.
    #[derive(Debug, Clone, Copy)]
    enum Event {
        Admit,
        /// The oldest running read ends, or the newest.
        End(bool, usize),
        Wait,
    }

    /// Every sequence of seven events, where two failures open the breaker: a closed breaker has no two
    /// failures, an open one no current read, a probing one exactly one, and a read can always follow.
    #[test]
    fn no_sequence_of_events_lets_two_reads_probe_or_keeps_the_breaker_open_for_ever() {
        let verdicts = [Verdict::Lives, Verdict::Fails(BLOCKED), Verdict::Unknown];
        let mut events = vec![Event::Admit, Event::Wait];
        events.extend(
            [true, false]
                .into_iter()
                .flat_map(|old| (0..3).map(move |v| Event::End(old, v))),
        );
        let length = 7;
        for number in 0..events.len().pow(length) {
            let (mut breaker, mut now) = (breaker(2), Instant::now());
            let mut under_way = VecDeque::new();
            for place in 0..length {
                match events[number / events.len().pow(place) % events.len()] {
                    Event::Admit => under_way.extend(breaker.admit(now)),
                    Event::Wait => now += PAUSE,
                    Event::End(oldest, verdict) => {
                        let pass = if oldest {
                            under_way.pop_front()
                        } else {
                            under_way.pop_back()
                        };
                        if let Some(pass) = pass {
                            breaker.settle(pass, verdicts[verdict].clone(), now);
                        }
                    }
                }
                let current = under_way
                    .iter()
                    .filter(|pass| pass.generation == breaker.generation);
                match breaker.stage() {
                    Stage::Closed => assert!(breaker.failures() < 2),
                    Stage::Open => assert_eq!(current.count(), 0, "sequence {number}"),
                    Stage::Probing => assert_eq!(current.count(), 1, "sequence {number}"),
                }
            }
            for pass in under_way {
                breaker.settle(pass, Verdict::Unknown, now);
            }
            assert!(breaker.admit(now + PAUSE).is_ok(), "sequence {number}");
        }
    }
}
