//! One slot: a task that owns one session after another until the fleet stops.
//!
//! The task survives its callers, so every visit is finished and cleaned before the next one.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};

use tokio::{select, sync::OwnedSemaphorePermit, time::sleep};

use crate::{
    error::{StartError, Step, VisitError},
    excerpt::Excerpt,
    fault::Fault,
    queue::Job,
    session::Session,
    shared::Shared,
    status::{CloseReason, SlotState},
    upkeep,
    visit::{Visited, run::run},
};

/// A slot of the fleet.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) number: usize,
    pub(crate) shared: Arc<Shared>,
}

/// Pause before a slot checks again whether it may replace its session.
const RENEWAL_PAUSE: Duration = Duration::from_millis(100);

/// How a session ended.
#[derive(Debug)]
struct SessionEnd {
    reason: CloseReason,
    /// The visit to retry on the next session.
    job: Option<Job>,
    /// Held until the next session is open, if a healthy one is replaced.
    renewal: Option<OwnedSemaphorePermit>,
}

impl Slot {
    /// Serves until the fleet stops. `first` is a session that is open already.
    pub(crate) async fn run(self, mut first: Option<Session>) {
        let (mut job, mut renewal) = (None, None);
        let mut generation = 0;
        while let Some(session) = self.acquire_session(first.take(), &mut job).await {
            drop(renewal.take());
            SessionEnd { job, renewal, .. } =
                self.use_session(session, job.take(), generation).await;
            generation += 1;
        }
        self.shared.status.enter(self.number, SlotState::Closed);
    }

    /// Tries until a session is open; `None` when the fleet stops.
    async fn acquire_session(
        &self,
        first: Option<Session>,
        job: &mut Option<Job>,
    ) -> Option<Session> {
        select! {
            biased;
            () = self.shared.stop.cancelled() => None,
            session = self.open_session(first, job) => Some(session),
        }
    }

    async fn open_session(&self, first: Option<Session>, job: &mut Option<Job>) -> Session {
        let mut session = first;
        let mut request = None;
        let mut failures = 0;
        loop {
            if let Some(session) = session {
                return self.announce(session);
            }
            self.shared.status.enter(self.number, SlotState::Opening);
            session = match self.shared.factory.open(&mut request).await {
                Ok(session) => Some(session),
                Err(error) => {
                    let pause = self.report_failure(&error, failures, job.take());
                    failures += 1;
                    // The next try waits for a pending request itself.
                    if request.is_none() {
                        sleep(pause).await;
                    }
                    None
                }
            };
        }
    }

    fn announce(&self, session: Session) -> Session {
        let status = &self.shared.status;
        status.opened(self.number, session.opened, session.group());
        tracing::debug!(slot = self.number, "session opened");
        session
    }

    /// Reports that no session could be opened. Returns the pause before the next try.
    fn report_failure(&self, error: &StartError, failures: u32, job: Option<Job>) -> Duration {
        let pause = self.backoff(failures);
        let message = Excerpt::of(&error.to_string());
        tracing::warn!(slot = self.number, error = %message, ?pause, "no session");
        self.shared.status.down(self.number, message.clone(), pause);
        if let Some(job) = job {
            let retry_after = pause;
            answer(
                job,
                Err(VisitError::Unavailable {
                    message,
                    retry_after,
                }),
            );
        }
        pause
    }

    /// Doubles from the first pause to the longest. A random part of up to half keeps slots that
    /// failed together from retrying together.
    fn backoff(&self, failures: u32) -> Duration {
        let limits = &self.shared.factory.config.limits;
        let whole = limits.backoff.saturating_mul(1 << failures.min(16));
        let whole = whole.min(limits.backoff_max);
        whole.mul_f64(f64::midpoint(1.0, fastrand::f64()))
    }

    /// Serves with one session until it must end, and closes it.
    async fn use_session(
        &self,
        mut session: Session,
        job: Option<Job>,
        generation: u32,
    ) -> SessionEnd {
        let end = select! {
            biased;
            () = self.shared.stop.cancelled() => SessionEnd::of(CloseReason::Shutdown),
            end = self.serve_all(&mut session, job, generation) => end,
        };
        tracing::debug!(slot = self.number, reason = ?end.reason, pages = session.pages, "session ends");
        self.shared.status.closed(self.number, end.reason);
        let lost = matches!(end.reason, CloseReason::Crashed | CloseReason::Timeout);
        session.close(!lost).await;
        end
    }

    async fn serve_all(
        &self,
        session: &mut Session,
        job: Option<Job>,
        generation: u32,
    ) -> SessionEnd {
        let mut job = job;
        loop {
            let next = match job.take() {
                Some(job) => Some(job),
                None => self.wait(session, generation).await,
            };
            let ended = match next {
                Some(job) => self.serve(session, job).await,
                None => self.idle(session).await,
            };
            if let Some(end) = ended.or_else(|| self.renew(session, generation)) {
                return end;
            }
        }
    }

    /// Offers the session and waits for a visit; `None`: probe the session, or replace it.
    async fn wait(&self, session: &Session, generation: u32) -> Option<Job> {
        let queue = &self.shared.queue;
        self.shared.status.enter(self.number, SlotState::Idle);
        queue.offer();
        let patience = self.idle_time(session, generation);
        select! {
            biased;
            job = queue.next() => return job,
            _ = self.exceeded(session.group()) => {}
            () = sleep(patience) => {}
        }
        while !queue.withdraw() {
            // A caller holds the permit. It will send its visit, or leave and return the permit.
            select! {
                biased;
                job = queue.next() => return job,
                () = sleep(Duration::from_millis(20)) => {}
            }
        }
        None
    }

    fn idle_time(&self, session: &Session, generation: u32) -> Duration {
        let config = &self.shared.factory.config;
        let age = self.lifetime(generation, config.recycle.max_age);
        config
            .limits
            .probe
            .min(age.saturating_sub(session.opened.elapsed()))
            .max(RENEWAL_PAUSE)
    }

    /// All slots start together. So each first session gets a shorter life of its own, and they do not
    /// become due together.
    fn lifetime(&self, generation: u32, whole: Duration) -> Duration {
        match generation {
            0 => whole.mul_f64(1.0 - self.number as f64 / self.slots() / 2.0),
            _ => whole,
        }
    }

    fn slots(&self) -> f64 {
        self.shared.factory.config.slots as f64
    }

    /// A session that is due goes on while half of the slots replace theirs.
    fn renew(&self, session: &Session, generation: u32) -> Option<SessionEnd> {
        let reason = self.due(session, generation)?;
        let renewal = Arc::clone(&self.shared.renewals).try_acquire_owned().ok()?;
        Some(SessionEnd {
            renewal: Some(renewal),
            ..SessionEnd::of(reason)
        })
    }

    fn due(&self, session: &Session, generation: u32) -> Option<CloseReason> {
        let recycle = &self.shared.factory.config.recycle;
        let pages = Duration::from_secs(recycle.max_pages.into());
        if u64::from(session.pages) >= self.lifetime(generation, pages).as_secs().max(1) {
            return Some(CloseReason::Pages);
        }
        let old = session.opened.elapsed() >= self.lifetime(generation, recycle.max_age);
        old.then_some(CloseReason::Age)
    }

    /// Waits until the session of this process group uses too much.
    async fn exceeded(&self, group: u32) -> CloseReason {
        self.shared.exceeded(self.number, group).await
    }

    /// Runs `work` unless the session uses too much meanwhile.
    async fn within_bounds<T>(
        &self,
        group: u32,
        work: impl Future<Output = T>,
    ) -> Result<T, SessionEnd> {
        select! {
            biased;
            reason = self.exceeded(group) => {
                tracing::warn!(slot = self.number, ?reason, "session takes too much");
                Err(SessionEnd::of(reason))
            }
            done = work => Ok(done),
        }
    }

    async fn idle(&self, session: &Session) -> Option<SessionEnd> {
        let probe = upkeep::probe(session);
        match self.within_bounds(session.group(), probe).await {
            Ok(Ok(())) => {
                self.answered(session);
                None
            }
            Ok(Err(fault)) => Some(self.end_after(fault, None)),
            Err(end) => Some(end),
        }
    }

    fn answered(&self, session: &Session) {
        self.shared.status.answered(self.number, session.pages);
    }

    /// Runs one visit, answers it and cleans the session.
    async fn serve(&self, session: &mut Session, mut job: Job) -> Option<SessionEnd> {
        if job.reply.is_closed() {
            return None;
        }
        let began = Instant::now();
        self.shared.status.enter(self.number, SlotState::Busy);
        job.tries += 1;
        let (group, run) = (session.group(), run(session, &job.visit));
        let end = match self.within_bounds(group, run).await {
            Err(SessionEnd { reason, .. }) => Some(SessionEnd {
                reason,
                ..self.retry_or_fail(too_much(), job)
            }),
            Ok(Err(fault @ Fault::Session(_))) => Some(self.retry_or_fail(fault, job)),
            Ok(result) => {
                let origin = job.visit.url.origin().ascii_serialization();
                self.finish(session, job, result);
                self.clean(session, &origin).await
            }
        };
        self.shared.status.served(began.elapsed());
        end
    }

    fn finish(&self, session: &Session, job: Job, result: Result<Visited, Fault>) {
        self.answered(session);
        let mut result = result.map_err(Fault::into_error);
        if let Err(error) = &result {
            self.report_site_fault(error);
        }
        if let Ok(visited) = &mut result {
            visited.timings.queue = job.queued;
            self.shared.status.visits.fetch_add(1, Relaxed);
        }
        answer(job, result);
    }

    fn report_site_fault(&self, error: &VisitError) {
        let Some(why) = error.site_fault() else {
            return;
        };
        self.shared.status.site_faults.count(why);
        tracing::warn!(slot = self.number, %why, %error, "the site gave no page");
    }

    async fn clean(&self, session: &mut Session, origin: &str) -> Option<SessionEnd> {
        self.shared.status.enter(self.number, SlotState::Cleaning);
        let (group, clean) = (session.group(), upkeep::clean(session, origin));
        match self.within_bounds(group, clean).await {
            Ok(Ok(refused)) => {
                self.answered(session);
                self.shared.status.refused.fetch_add(refused, Relaxed);
                None
            }
            Ok(Err(fault)) => Some(self.end_after(fault, None)),
            Err(end) => Some(end),
        }
    }

    /// The session is lost during a visit. The visit is tried once more if there is time.
    fn retry_or_fail(&self, fault: Fault, job: Job) -> SessionEnd {
        let limits = &self.shared.factory.config.limits;
        let left = job.visit.deadline.saturating_duration_since(Instant::now());
        if job.tries < 2 && left >= limits.retry && !job.reply.is_closed() {
            self.shared.status.retried.fetch_add(1, Relaxed);
            return self.end_after(fault, Some(job));
        }
        let end = SessionEnd::of(reason(&fault));
        answer(job, Err(fault.into_error()));
        end
    }

    fn end_after(&self, fault: Fault, job: Option<Job>) -> SessionEnd {
        let reason = reason(&fault);
        let error = fault.into_error();
        tracing::warn!(slot = self.number, %error, retry = job.is_some(), "session lost");
        SessionEnd {
            job,
            ..SessionEnd::of(reason)
        }
    }
}

impl SessionEnd {
    fn of(reason: CloseReason) -> Self {
        Self {
            reason,
            job: None,
            renewal: None,
        }
    }
}

/// The session uses too much during a visit.
fn too_much() -> Fault {
    Fault::Session(VisitError::Crashed {
        step: Step::Script,
        message: "its processes used too much".into(),
    })
}

fn reason(fault: &Fault) -> CloseReason {
    match fault {
        Fault::Session(VisitError::Timeout { .. }) => CloseReason::Timeout,
        _ => CloseReason::Crashed,
    }
}

/// The caller may have left. Then the result is dropped.
fn answer(job: Job, result: Result<Visited, VisitError>) {
    let _ = job.reply.send(result);
    drop(job.in_flight);
}
