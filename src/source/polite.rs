//! A source behind a rate limit and a circuit breaker.

use std::num::NonZeroU32;
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use url::Url;

use super::breaker::{Breaker, BreakerConfig, Pass, Stage, Verdict};
use super::rate::Rate;
use super::site::SiteConfig;
use super::{Source, SourceError, upstream};
use crate::reading::{Reading, SourceKind};
use timetable::NotAvailable;
use timetable::share_link::Identifier;

/// How often a source may ask its site, and when it stops asking.
#[derive(Debug, Clone, Copy)]
pub struct Politeness {
    /// `GONGGANG_SITE_RATE`: reads a second; `None` sets no limit.
    pub rate: Option<NonZeroU32>,
    /// When it stops asking.
    pub breaker: BreakerConfig,
}

impl Politeness {
    /// The same for the site at `url`: a site on this machine has no rate limit.
    #[must_use]
    pub fn towards(self, url: &Url) -> Self {
        let rate = self.rate.filter(|_| !SiteConfig::is_loopback(url));
        Self { rate, ..self }
    }
}

/// A source behind a breaker and a rate limit of its own.
pub struct PoliteSource {
    inner: Arc<dyn Source>,
    kind: SourceKind,
    breaker: Mutex<Breaker>,
    /// `None` sets no limit.
    rate: Option<Rate>,
}

impl PoliteSource {
    /// Limits `inner`, a source of this `kind`.
    pub fn new(inner: Arc<dyn Source>, kind: SourceKind, politeness: Politeness) -> Self {
        let Politeness { rate, breaker } = politeness;
        upstream::introduce(kind);
        Self {
            inner,
            kind,
            breaker: Mutex::new(Breaker::new(breaker)),
            rate: rate.map(Rate::new),
        }
    }

    async fn turn(&self, deadline: Instant) -> Result<(), SourceError> {
        let Some(rate) = &self.rate else {
            return Ok(());
        };
        let turn = rate.turn(deadline).await;
        turn.map_err(|retry_after| SourceError::Busy { retry_after })
    }

    fn begin(&self) -> Result<Attempt<'_>, SourceError> {
        let pass = self.change(|breaker| breaker.admit(Instant::now()))?;
        Ok(Attempt {
            source: self,
            pass,
            verdict: Verdict::Unknown,
        })
    }

    /// Applies `act` to the breaker; logs and counts a change of its state.
    fn change<T>(&self, act: impl FnOnce(&mut Breaker) -> T) -> T {
        let mut breaker = self.breaker.lock();
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

    fn breaker_status(&self) -> Value {
        let breaker = self.breaker.lock();
        let open = breaker.check(Instant::now()).err();
        json!({
            "state": breaker.stage(),
            "failures": breaker.failures(),
            "retry_after_seconds": open.map(|open| open.retry_after.as_secs_f64().ceil()),
        })
    }
}

#[async_trait]
impl Source for PoliteSource {
    async fn read(
        &self,
        identifier: &Identifier,
        deadline: Instant,
        abandoned: CancellationToken,
    ) -> Result<Reading, SourceError> {
        // Before the queue: no read waits for a turn at a site that gets no reads.
        self.breaker.lock().check(Instant::now())?;
        abandoned
            .run_until_cancelled(self.turn(deadline))
            .await
            .ok_or(SourceError::Abandoned)??;
        let mut attempt = self.begin()?;
        let began = Instant::now();
        let read = self.inner.read(identifier, deadline, abandoned).await;
        upstream::count_read(self.kind, &read, began.elapsed());
        attempt.verdict = Verdict::of(&read);
        read
    }

    /// True also while the breaker is open: an unready service would answer nothing from its cache, and
    /// no read would probe the site.
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

/// A read that the breaker let through. If it is dropped early, its verdict is unknown and the next
/// read may probe.
struct Attempt<'a> {
    source: &'a PoliteSource,
    pass: Pass,
    verdict: Verdict,
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let verdict = std::mem::replace(&mut self.verdict, Verdict::Unknown);
        self.source
            .change(|breaker| breaker.settle(self.pass, verdict, Instant::now()));
    }
}

impl Verdict {
    fn of(read: &Result<Reading, SourceError>) -> Self {
        match read {
            Ok(_) => Self::Lives,
            Err(SourceError::NotAvailable(why)) => match why {
                NotAvailable::Blocked { .. } | NotAvailable::SiteUnavailable { .. } => {
                    Self::Fails(why.clone())
                }
                // A slow page does not show whether the site is up.
                NotAvailable::TooSlow => Self::Unknown,
                _ => Self::Lives,
            },
            Err(_) => Self::Unknown,
        }
    }
}
