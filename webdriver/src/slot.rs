//! One slot: a task that owns one session after another and never stops but with the fleet.
//!
//! Callers come and go; the task does not, so a session is never given on dirty or half-used.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};

use tokio::{select, sync::OwnedSemaphorePermit, time::sleep};

use crate::{
    clean::clean,
    error::{StartError, Step, VisitError},
    excerpt::Excerpt,
    fault::Fault,
    fleet::Shared,
    queue::Job,
    session::Session,
    status::{CloseReason, SlotState},
    visit, watch,
};

/// A slot of the fleet.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) number: usize,
    pub(crate) shared: Arc<Shared>,
}

/// A slot that has waited for its turn to renew its session looks again after this.
const RENEWAL_PAUSE: Duration = Duration::from_millis(100);

/// How a session ended.
#[derive(Debug)]
struct SessionEnd {
    reason: CloseReason,
    /// The visit that shall have another try on the next session.
    job: Option<Job>,
    /// Held until that is open, where this one was only renewed.
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

    /// Opens a session, as often as it takes; `None` when the fleet stops.
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
            session = match Session::open(&self.shared.factory, &mut request).await {
                Ok(session) => Some(session),
                Err(error) => {
                    let pause = self.tell(&error, failures, job.take());
                    failures += 1;
                    // One that is still on its way is waited for, not for it to be asked for again.
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

    /// Says that there is no session, and how long to pause before the next try.
    fn tell(&self, error: &StartError, failures: u32, job: Option<Job>) -> Duration {
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

    /// Doubles from the first to the longest pause; half of it is chance, so that slots that went
    /// down together do not come back together.
    fn backoff(&self, failures: u32) -> Duration {
        let limits = &self.shared.factory.config.limits;
        let whole = limits.backoff.saturating_mul(1 << failures.min(16));
        let whole = whole.min(limits.backoff_max);
        whole.mul_f64(f64::midpoint(1.0, fastrand::f64()))
    }

    /// Serves with one session until it must go, and sees it off.
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

    /// Offers the session and waits for a visit; `None` when it is time to look after the session.
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
            // A caller holds the permit, and will either send its visit or leave and give it back.
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
        let age = self.share(generation, config.recycle.max_age);
        config
            .limits
            .probe
            .min(age.saturating_sub(session.opened.elapsed()))
            .max(RENEWAL_PAUSE)
    }

    /// Slots start together, so the first sessions get shorter lives, each another, and do not come
    /// due together.
    fn share(&self, generation: u32, whole: Duration) -> Duration {
        match generation {
            0 => whole.mul_f64(1.0 - self.number as f64 / self.slots() / 2.0),
            _ => whole,
        }
    }

    fn slots(&self) -> f64 {
        self.shared.factory.config.slots as f64
    }

    /// A session that is due goes on while half of the slots are renewing theirs already.
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
        if u64::from(session.pages) >= self.share(generation, pages).as_secs().max(1) {
            return Some(CloseReason::Pages);
        }
        let old = session.opened.elapsed() >= self.share(generation, recycle.max_age);
        old.then_some(CloseReason::Age)
    }

    /// Waits until the session of this process group takes more than it may.
    async fn exceeded(&self, group: u32) -> CloseReason {
        watch::exceeded(&self.shared.excess[self.number], group).await
    }

    /// Does something with a session for as long as it takes no more than it may.
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
        let probe = session.probe(Step::Probe);
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

    /// One visit: run, answered, cleaned up after.
    async fn serve(&self, session: &mut Session, mut job: Job) -> Option<SessionEnd> {
        if job.reply.is_closed() {
            return None;
        }
        let began = Instant::now();
        self.shared.status.enter(self.number, SlotState::Busy);
        job.tries += 1;
        let (group, run) = (session.group(), visit::run(session, &job.visit));
        let end = match self.within_bounds(group, run).await {
            Err(SessionEnd { reason, .. }) => Some(SessionEnd {
                reason,
                ..self.lose(too_much(), job)
            }),
            Ok(Err(fault @ Fault::Session(_))) => Some(self.lose(fault, job)),
            Ok(result) => {
                let origin = job.visit.url.origin().ascii_serialization();
                self.finish(session, job, result);
                self.clean(session, &origin).await
            }
        };
        self.shared.status.served(began.elapsed());
        end
    }

    fn finish(&self, session: &Session, job: Job, result: Result<visit::Visited, Fault>) {
        self.answered(session);
        let mut result = result.map_err(Fault::into_error);
        if let Err(error) = &result {
            self.tell_of_site(error);
        }
        if let Ok(visited) = &mut result {
            visited.timings.queue = job.queued;
            self.shared.status.visits.fetch_add(1, Relaxed);
        }
        answer(job, result);
    }

    fn tell_of_site(&self, error: &VisitError) {
        let Some(why) = error.site_fault() else {
            return;
        };
        self.shared.status.site_faults.count(why);
        tracing::warn!(slot = self.number, %why, %error, "the site gave no page");
    }

    async fn clean(&self, session: &mut Session, origin: &str) -> Option<SessionEnd> {
        self.shared.status.enter(self.number, SlotState::Cleaning);
        let (group, clean) = (session.group(), clean(session, origin));
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

    /// The session is lost under a visit, which is tried once more if there is time.
    fn lose(&self, fault: Fault, job: Job) -> SessionEnd {
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

/// The session takes more than it may, under a visit.
fn too_much() -> Fault {
    Fault::Session(VisitError::Crashed {
        step: Step::Script,
        message: "its processes took too much".into(),
    })
}

fn reason(fault: &Fault) -> CloseReason {
    match fault {
        Fault::Session(VisitError::Timeout { .. }) => CloseReason::Timeout,
        _ => CloseReason::Crashed,
    }
}

/// The caller may have left; then nobody wants to know.
fn answer(job: Job, result: Result<visit::Visited, VisitError>) {
    let _ = job.reply.send(result);
    drop(job.in_flight);
}
