//! Sessions of a remote end: created without ever being forgotten, and given back without waiting.
//!
//! What nobody kills must be asked to end, and an end may be slow to answer: a Grid that was full, a
//! browser that hangs (the Grid's own answer then takes until the command that hangs has ended). So
//! both go on in tasks of their own, which the fleet waits for when it is shut down.

use std::{future::pending, sync::Arc, time::Duration};

use fantoccini::Client;
use tokio::{
    pin,
    runtime::Handle,
    select,
    sync::oneshot,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    capabilities::Capabilities,
    config::Limits,
    error::{StartError, Step},
    line::Line,
};

/// A remote end and everything that is still under way there.
#[derive(Debug)]
pub(crate) struct Desk {
    line: Line,
    limits: Limits,
    tasks: TaskTracker,
    runtime: Handle,
}

impl Desk {
    /// Must be called inside a runtime, which will run its tasks.
    pub(crate) fn new(line: Line, limits: Limits) -> Self {
        Self {
            line,
            limits,
            tasks: TaskTracker::new(),
            runtime: Handle::current(),
        }
    }

    /// Waits until nothing is under way any more: twice as long as a session may take to end.
    pub(crate) async fn close(&self) {
        self.tasks.close();
        if timeout(2 * self.limits.close, self.tasks.wait())
            .await
            .is_err()
        {
            let left = self.tasks.len();
            tracing::warn!(left, "sessions are left for the remote end to time out");
        }
    }
}

/// A session on its way. Whoever asks again waits for the one that was asked for; an end that is full
/// is not asked twice.
#[derive(Debug)]
pub(crate) struct Creation(oneshot::Receiver<Result<Lease, StartError>>);

impl Creation {
    pub(crate) fn start(desk: &Arc<Desk>, capabilities: Capabilities) -> Self {
        let (reply, answer) = oneshot::channel();
        let task = create(Arc::clone(desk), capabilities, reply);
        desk.tasks.spawn_on(task, &desk.runtime);
        Self(answer)
    }

    /// Waits for it. Cancel-safe: it stays under way.
    pub(crate) async fn finish(&mut self) -> Result<Lease, StartError> {
        let gone = || StartError::NoWebDriver {
            message: "the task that creates sessions ended".into(),
        };
        (&mut self.0).await.unwrap_or_else(|_| Err(gone()))
    }
}

/// A lease that nobody takes gives itself back.
async fn create(
    desk: Arc<Desk>,
    capabilities: Capabilities,
    mut reply: oneshot::Sender<Result<Lease, StartError>>,
) {
    let after = desk.limits.creation;
    let created = timeout(after, desk.line.create(&capabilities));
    pin!(created);
    let created = select! {
        created = &mut created => created,
        // Nobody waits any more. An end that is about to answer is heard out, so that the session
        // can be ended; after that the connection is dropped, which a Grid takes for a cancellation.
        () = async { reply.closed().await; sleep(desk.limits.close / 2).await } => return,
    };
    let step = Step::Connect;
    let created = created.unwrap_or(Err(StartError::Timeout { step, after }));
    let _ = reply.send(created.map(|id| Lease::new(&desk, id)));
}

/// A session at the remote end. It is given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Lease {
    id: String,
    desk: Arc<Desk>,
    cut: CancellationToken,
    given_back: CancellationToken,
}

impl Lease {
    fn new(desk: &Arc<Desk>, id: String) -> Self {
        Self {
            id,
            desk: Arc::clone(desk),
            cut: CancellationToken::new(),
            given_back: CancellationToken::new(),
        }
    }

    /// fantoccini on this session; its connections are cut when the lease ends.
    pub(crate) async fn attach(&self) -> Result<Client, StartError> {
        self.desk.line.attach(&self.id, self.cut.clone()).await
    }

    /// Gives the session back and waits for that, at most for `limit`.
    pub(crate) async fn end(self, limit: Duration) {
        let given_back = self.given_back.clone();
        drop(self);
        let _ = timeout(limit, given_back.cancelled()).await;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.cut.cancel();
        let id = std::mem::take(&mut self.id);
        let (desk, done) = (Arc::clone(&self.desk), self.given_back.clone().drop_guard());
        let task = async move {
            give_back(&desk, &id).await;
            drop(done);
        };
        self.desk.tasks.spawn_on(task, &self.desk.runtime);
    }
}

/// A Grid stops ending a session when the connection closes, so the request is held.
async fn give_back(desk: &Desk, id: &str) {
    let ended = async {
        select! {
            () = end(desk, id) => {}
            () = close_browser_if_stuck(desk, id) => {}
        }
    };
    if timeout(desk.limits.sever, ended).await.is_err() {
        tracing::warn!("a session is left for the remote end to time out");
    }
}

/// A Grid that is being started again refuses connections for a while.
async fn end(desk: &Desk, id: &str) {
    while let Err(error) = desk.line.delete(id).await {
        tracing::debug!(%error, "a session cannot be ended yet");
        sleep(desk.limits.backoff_max / 10).await;
    }
}

/// chromedriver ends a session only after the session's last command, and a command to a page in an endless loop has no
/// deadline. Never ready: the session has ended when the driver says so.
async fn close_browser_if_stuck(desk: &Desk, id: &str) {
    sleep(desk.limits.close / 5).await;
    if let Err(error) = desk.line.close_browser(id).await {
        tracing::debug!(%error, "a browser cannot be closed past its driver");
    }
    pending().await
}
