//! A source that is polite: it asks no faster than is set, and leaves a site alone that refuses or
//! fails.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::breaker::{Breaker, BreakerConfig, Pass, Refusal, Stage, Verdict};
use super::rate::Rate;
use super::{BoxFuture, Read, Source, SourceError, SourceKind, upstream};
use timetable::reading::Unread;
use timetable::share_link::Identifier;

/// A source behind a breaker and a rate of its own.
pub struct Guarded {
    inner: Arc<dyn Source>,
    kind: SourceKind,
    breaker: Mutex<Breaker>,
    /// `None` sets no limit.
    rate: Option<Rate>,
}

impl Guarded {
    /// Guards `inner`, which reads in the way of `kind`, `rate` times a second at most.
    pub fn new(
        inner: Arc<dyn Source>,
        kind: SourceKind,
        breaker: BreakerConfig,
        rate: Option<NonZeroU32>,
    ) -> Self {
        upstream::introduce(kind);
        Self {
            inner,
            kind,
            breaker: Mutex::new(Breaker::new(breaker)),
            rate: rate.map(Rate::new),
        }
    }

    async fn read_politely(
        &self,
        identifier: &Identifier,
        deadline: Instant,
        abandoned: CancellationToken,
    ) -> Result<Read, SourceError> {
        // Before the line: nobody waits for a turn at a site that is left alone.
        self.breaker().check(Instant::now())?;
        abandoned
            .run_until_cancelled(self.turn(deadline))
            .await
            .ok_or(SourceError::Abandoned)??;
        let mut underway = self.begin()?;
        let began = Instant::now();
        let read = self.inner.read(identifier, deadline, abandoned).await;
        upstream::count_read(self.kind, &read, began.elapsed());
        underway.verdict = Verdict::of(&read);
        read
    }

    async fn turn(&self, deadline: Instant) -> Result<(), SourceError> {
        let Some(rate) = &self.rate else {
            return Ok(());
        };
        let turn = rate.turn(deadline).await;
        turn.map_err(|retry_after| SourceError::Busy { retry_after })
    }

    fn begin(&self) -> Result<Underway<'_>, SourceError> {
        let pass = self.watched(|breaker| breaker.admit(Instant::now()))?;
        Ok(Underway {
            guarded: self,
            pass,
            verdict: Verdict::Unknown,
        })
    }

    /// Does something with the breaker and tells where it ends up if it moves.
    fn watched<T>(&self, act: impl FnOnce(&mut Breaker) -> T) -> T {
        let mut breaker = self.breaker();
        let before = breaker.stage();
        let done = act(&mut breaker);
        let after = breaker.stage();
        if before != after {
            upstream::show_breaker(self.kind, after);
            self.log(after);
        }
        done
    }

    fn log(&self, stage: Stage) {
        let source = self.kind.name();
        match stage {
            Stage::Open => warn!(
                source,
                "the site refuses or fails and is left alone for a while"
            ),
            Stage::Probing => info!(source, "one read looks whether the site is back"),
            Stage::Closed => info!(source, "the site is back"),
        }
    }

    /// No code panics while it holds the lock, and the breaker would still be whole if it did.
    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn breaker_status(&self) -> Value {
        let breaker = self.breaker();
        let rest = breaker.check(Instant::now()).err();
        json!({
            "state": breaker.stage(),
            "failures": breaker.failures(),
            "retry_after_seconds": rest.map(|refusal| refusal.retry_after.as_secs_f64().ceil()),
        })
    }
}

impl Source for Guarded {
    fn read<'a>(
        &'a self,
        identifier: &'a Identifier,
        deadline: Instant,
        abandoned: CancellationToken,
    ) -> BoxFuture<'a, Result<Read, SourceError>> {
        Box::pin(self.read_politely(identifier, deadline, abandoned))
    }

    /// Also while the site is left alone: taken out of service, nobody would get the answers that are
    /// kept, and nobody would probe.
    fn is_ready(&self) -> bool {
        self.inner.is_ready()
    }

    fn measure(&self) {
        self.inner.measure();
    }

    fn status(&self) -> Value {
        let mut members = match self.inner.status() {
            Value::Object(members) => members,
            _ => serde_json::Map::new(),
        };
        members.insert("breaker".to_owned(), self.breaker_status());
        members.into()
    }
}

/// A read that was let through. Dropped before it has ended it says nothing of the site, and a probe
/// leaves its place to another.
struct Underway<'a> {
    guarded: &'a Guarded,
    pass: Pass,
    verdict: Verdict,
}

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        let verdict = std::mem::replace(&mut self.verdict, Verdict::Unknown);
        self.guarded
            .watched(|breaker| breaker.settle(self.pass, verdict, Instant::now()));
    }
}

impl Verdict {
    fn of(read: &Result<Read, SourceError>) -> Self {
        match read {
            Ok(_) => Self::Lives,
            Err(SourceError::Unread(unread)) => Self::of_unread(unread),
            Err(_) => Self::Unknown,
        }
    }

    fn of_unread(unread: &Unread) -> Self {
        match unread {
            Unread::NotFound
            | Unread::NotPublic
            | Unread::NoTimetable
            | Unread::LayoutChanged(_) => Self::Lives,
            Unread::Blocked { .. } | Unread::SiteUnavailable { .. } => Self::Fails(unread.clone()),
            // A page that is slow is neither up nor down.
            Unread::TooSlow => Self::Unknown,
        }
    }
}

impl From<Refusal> for SourceError {
    fn from(refusal: Refusal) -> Self {
        Self::LeftAlone {
            unread: refusal.unread,
            retry_after: refusal.retry_after,
        }
    }
}
