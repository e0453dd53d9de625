//! Sessions of a remote end. Each one that is created is also ended, without a wait for the slot.
//!
//! The fleet cannot kill a remote session; it must ask the remote end. That may be slow to answer: a
//! Grid that is full creates no session yet, and one whose browser hangs answers only after the
//! hanging command. So creation and deletion run in tasks of their own. Shutting down waits for them.

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
    connection::Connection,
    error::{StartError, Step},
};

/// A remote end with the requests that are pending there.
#[derive(Debug)]
pub(crate) struct RemoteEnd {
    connection: Connection,
    limits: Limits,
    tasks: TaskTracker,
    runtime: Handle,
}

impl RemoteEnd {
    /// Must be called inside a runtime, which then runs the tasks.
    pub(crate) fn new(connection: Connection, limits: Limits) -> Self {
        Self {
            connection,
            limits,
            tasks: TaskTracker::new(),
            runtime: Handle::current(),
        }
    }

    /// Waits for the pending requests, at most twice as long as a session may take to end.
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

/// A pending request for a session. A slot that needs a session again waits for this one, so that a
/// full remote end does not get a second request.
#[derive(Debug)]
pub(crate) struct SessionRequest(oneshot::Receiver<Result<RemoteSession, StartError>>);

impl SessionRequest {
    pub(crate) fn start(remote_end: &Arc<RemoteEnd>, capabilities: Capabilities) -> Self {
        let (reply, answer) = oneshot::channel();
        let task = create(Arc::clone(remote_end), capabilities, reply);
        remote_end.tasks.spawn_on(task, &remote_end.runtime);
        Self(answer)
    }

    /// Waits for the session. Cancel-safe: the request stays pending.
    pub(crate) async fn finish(&mut self) -> Result<RemoteSession, StartError> {
        let gone = || StartError::NoWebDriver {
            message: "the task that creates sessions ended".into(),
        };
        (&mut self.0).await.unwrap_or_else(|_| Err(gone()))
    }
}

/// Creates a session. If the slot no longer waits, dropping the session ends it.
async fn create(
    remote_end: Arc<RemoteEnd>,
    capabilities: Capabilities,
    mut reply: oneshot::Sender<Result<RemoteSession, StartError>>,
) {
    let after = remote_end.limits.creation;
    let created = timeout(after, remote_end.connection.create(&capabilities));
    pin!(created);
    let created = select! {
        created = &mut created => created,
        // The slot no longer waits. A remote end that is about to answer gets some time for it, so
        // that the session can be ended. Then the connection is dropped, which cancels at a Grid.
        () = async { reply.closed().await; sleep(remote_end.limits.close / 2).await } => return,
    };
    let step = Step::Connect;
    let created = created.unwrap_or(Err(StartError::Timeout { step, after }));
    let _ = reply.send(created.map(|id| RemoteSession::new(&remote_end, id)));
}

/// A session at the remote end. Dropping this ends it in the background.
#[derive(Debug)]
pub(crate) struct RemoteSession {
    id: String,
    remote_end: Arc<RemoteEnd>,
    cut: CancellationToken,
    ended: CancellationToken,
}

impl RemoteSession {
    fn new(remote_end: &Arc<RemoteEnd>, id: String) -> Self {
        Self {
            id,
            remote_end: Arc::clone(remote_end),
            cut: CancellationToken::new(),
            ended: CancellationToken::new(),
        }
    }

    /// A client of this session. Its connections are cut when this is dropped.
    pub(crate) async fn attach(&self) -> Result<Client, StartError> {
        self.remote_end
            .connection
            .attach(&self.id, self.cut.clone())
            .await
    }

    /// Ends the session and waits for that, at most for `limit`.
    pub(crate) async fn end(self, limit: Duration) {
        let ended = self.ended.clone();
        drop(self);
        let _ = timeout(limit, ended.cancelled()).await;
    }
}

impl Drop for RemoteSession {
    fn drop(&mut self) {
        self.cut.cancel();
        let id = std::mem::take(&mut self.id);
        let (remote_end, done) = (
            Arc::clone(&self.remote_end),
            self.ended.clone().drop_guard(),
        );
        let task = async move {
            delete(&remote_end, &id).await;
            drop(done);
        };
        self.remote_end
            .tasks
            .spawn_on(task, &self.remote_end.runtime);
    }
}

/// Ends a session, for at most [`crate::Limits::sever`]. A Grid stops ending it when the request's connection closes, so
/// the fleet keeps it open.
async fn delete(remote_end: &RemoteEnd, id: &str) {
    let ended = async {
        select! {
            () = end(remote_end, id) => {}
            () = close_browser_if_stuck(remote_end, id) => {}
        }
    };
    if timeout(remote_end.limits.sever, ended).await.is_err() {
        tracing::warn!("a session is left for the remote end to time out");
    }
}

/// A Grid that is being started again refuses connections for a while.
async fn end(remote_end: &RemoteEnd, id: &str) {
    while let Err(error) = remote_end.connection.delete(id).await {
        tracing::debug!(%error, "a session cannot be ended yet");
        sleep(remote_end.limits.backoff_max / 10).await;
    }
}

/// chromedriver ends a session only after the session's last command, and a command to a page in an endless loop has no
/// deadline. Never ready: the session has ended when the driver says so.
async fn close_browser_if_stuck(remote_end: &RemoteEnd, id: &str) {
    sleep(remote_end.limits.close / 5).await;
    if let Err(error) = remote_end.connection.close_browser(id).await {
        tracing::debug!(%error, "a browser cannot be closed past its driver");
    }
    pending::<()>().await;
}
