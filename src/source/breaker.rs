//! When to leave a site alone: a state machine that is told the time and keeps none.
//!
//! After so many failures in a row it opens, and nothing is asked of the site for a pause. Then one
//! read may probe: its success closes it, its failure opens it again.

use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use timetable::reading::Unread;

/// When a breaker opens and for how long.
#[derive(Debug, Clone, Copy)]
pub struct BreakerConfig {
    /// `GONGGANG_BREAKER_FAILURES`: failures in a row that open it; 0 never does.
    pub failures: u32,
    /// `GONGGANG_BREAKER_PAUSE`.
    pub pause: Duration,
}

/// What a read says of the site.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Verdict {
    /// It answers, be it only that there is no such timetable.
    Lives,
    /// It refused or failed, like this.
    Fails(Unread),
    /// Nothing: it was not asked, not to the end, or the fault was ours.
    Unknown,
}

/// Allows one read. Of an earlier state of the breaker its verdict counts no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pass {
    generation: u64,
}

/// The site is left alone.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal {
    /// What the site did last.
    pub(super) unread: Unread,
    /// Rest of the pause; zero while a probe is under way.
    pub(super) retry_after: Duration,
}

/// The breaker of one site.
#[derive(Debug)]
pub(super) struct Breaker {
    config: BreakerConfig,
    state: State,
    /// Which state this is, counted from the first: it tells a pass of now from one of before.
    generation: u64,
}

#[derive(Debug)]
enum State {
    Closed { failures: u32 },
    Open { until: Instant, unread: Unread },
    Probing { unread: Unread },
}

/// A state by its name.
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
            state: State::Closed { failures: 0 },
            generation: 0,
        }
    }

    pub(super) fn stage(&self) -> Stage {
        match self.state {
            State::Closed { .. } => Stage::Closed,
            State::Open { .. } => Stage::Open,
            State::Probing { .. } => Stage::Probing,
        }
    }

    /// Failures in a row, as far as they are counted.
    pub(super) fn failures(&self) -> u32 {
        match self.state {
            State::Closed { failures } => failures,
            State::Open { .. } | State::Probing { .. } => self.config.failures,
        }
    }

    /// Whether a read that begins at `now` would be let through.
    pub(super) fn check(&self, now: Instant) -> Result<(), Refusal> {
        let (until, unread) = match &self.state {
            State::Closed { .. } => return Ok(()),
            State::Open { until, .. } if *until <= now => return Ok(()),
            State::Open { until, unread } => (*until, unread),
            State::Probing { unread } => (now, unread),
        };
        Err(Refusal {
            unread: unread.clone(),
            retry_after: until.duration_since(now),
        })
    }

    /// Lets a read through, as the probe where the pause is over.
    pub(super) fn admit(&mut self, now: Instant) -> Result<Pass, Refusal> {
        self.check(now)?;
        if let State::Open { unread, .. } = &self.state {
            let unread = unread.clone();
            self.change(State::Probing { unread });
        }
        Ok(Pass {
            generation: self.generation,
        })
    }

    /// Takes in what became of a read that was let through.
    pub(super) fn settle(&mut self, pass: Pass, verdict: Verdict, now: Instant) {
        if pass.generation != self.generation {
            return;
        }
        match (&mut self.state, verdict) {
            (State::Closed { failures }, Verdict::Lives) => *failures = 0,
            (State::Closed { failures }, Verdict::Fails(unread)) => {
                *failures = failures.saturating_add(1);
                if self.config.failures != 0 && *failures >= self.config.failures {
                    self.open(unread, now + self.config.pause);
                }
            }
            (State::Probing { .. }, Verdict::Lives) => self.change(State::Closed { failures: 0 }),
            (State::Probing { .. }, Verdict::Fails(unread)) => {
                self.open(unread, now + self.config.pause);
            }
            // A probe that told nothing leaves its place to the next read.
            (State::Probing { unread }, Verdict::Unknown) => {
                let unread = unread.clone();
                self.open(unread, now);
            }
            (State::Closed { .. }, Verdict::Unknown) | (State::Open { .. }, _) => {}
        }
    }

    fn open(&mut self, unread: Unread, until: Instant) {
        self.change(State::Open { until, unread });
    }

    fn change(&mut self, state: State) {
        self.state = state;
        self.generation += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    const PAUSE: Duration = Duration::from_secs(30);
    const BLOCKED: Unread = Unread::Blocked { status: Some(403) };
    const DOWN: Unread = Unread::SiteUnavailable { status: Some(503) };

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
    fn failures_in_a_row_open_it_and_the_last_is_told_with_the_rest_of_the_pause() {
        let (mut breaker, now) = (breaker(3), Instant::now());
        for failure in [BLOCKED, BLOCKED, DOWN] {
            read(&mut breaker, Verdict::Fails(failure), now);
        }
        let (waited, rest) = (PAUSE / 3, PAUSE / 3 * 2);
        let later = now + waited;
        let refusal = Refusal {
            unread: DOWN,
            retry_after: rest,
        };
        assert_eq!(breaker.check(later), Err(refusal.clone()));
        assert_eq!(breaker.admit(later), Err(refusal));
    }

    #[test]
    fn an_answer_in_between_begins_the_row_anew_and_a_fault_of_ours_does_not() {
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
    fn after_the_pause_exactly_one_read_probes() {
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
            "while it is under way"
        );
        breaker.settle(probe, Verdict::Fails(DOWN), due);
        assert_eq!(breaker.admit(due).unwrap_err().retry_after, PAUSE);
        let probe = breaker.admit(due + PAUSE).unwrap();
        breaker.settle(probe, Verdict::Lives, due + PAUSE);
        assert_eq!((breaker.stage(), breaker.failures()), (Stage::Closed, 0));
    }

    #[test]
    fn a_probe_that_tells_nothing_leaves_its_place_to_the_next() {
        let (mut breaker, now) = (breaker(1), Instant::now());
        read(&mut breaker, Verdict::Fails(BLOCKED), now);
        read(&mut breaker, Verdict::Unknown, now + PAUSE);
        assert_eq!(breaker.stage(), Stage::Open);
        read(&mut breaker, Verdict::Lives, now + PAUSE);
        assert_eq!(breaker.stage(), Stage::Closed);
    }

    #[test]
    fn what_was_let_through_before_it_opened_counts_no_more() {
        let (mut breaker, now) = (breaker(1), Instant::now());
        let late = breaker.admit(now).unwrap();
        read(&mut breaker, Verdict::Fails(BLOCKED), now);
        breaker.settle(late, Verdict::Lives, now);
        assert_eq!(breaker.stage(), Stage::Open, "a late success is no probe");
        let probe = breaker.admit(now + PAUSE).unwrap();
        breaker.settle(late, Verdict::Fails(DOWN), now + PAUSE);
        breaker.settle(probe, Verdict::Lives, now + PAUSE);
        breaker.settle(late, Verdict::Fails(DOWN), now + PAUSE);
        assert_eq!((breaker.stage(), breaker.failures()), (Stage::Closed, 0));
    }

    #[test]
    fn without_a_number_of_failures_it_never_opens() {
        let (mut breaker, now) = (breaker(0), Instant::now());
        for _ in 0..100 {
            read(&mut breaker, Verdict::Fails(BLOCKED), now);
        }
        assert_eq!(breaker.stage(), Stage::Closed);
    }

    /// What can happen to a breaker.
    #[derive(Debug, Clone, Copy)]
    enum Event {
        Admit,
        /// The oldest read under way ends, or the newest.
        End(bool, usize),
        Wait,
    }

    /// Every sequence of seven events, with two failures opening: at any time the site is asked by
    /// many, by one or by none, and never forgotten.
    #[test]
    fn no_sequence_of_events_lets_two_probe_or_leaves_it_shut_for_good() {
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
