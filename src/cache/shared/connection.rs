//! The connection to the shared cache's server.
//!
//! It is its own circuit breaker: the first command that fails or times out closes the connection. Until
//! a new connection has answered a ping, no command is sent and no caller waits.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, FromRedisValue, RedisError};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};
use tracing::{info, warn};

use super::counts::{self, CommandOutcome};
use crate::cache::url::CacheUrl;

/// Longest that connecting may take; no caller waits for it.
const CONNECTING: Duration = Duration::from_secs(1);
/// Pause before the first new attempt to connect; it doubles with each further attempt.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Longest pause. A connection that lasted this long resets the pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The connection, if there is one.
#[derive(Default)]
pub(super) struct RedisConnection {
    open: Mutex<Option<Established>>,
    lost: Notify,
}

#[derive(Clone)]
struct Established {
    connection: MultiplexedConnection,
    since: Instant,
}

impl RedisConnection {
    /// The server's answer to `command`, within `limit`.
    pub(super) async fn ask<T: FromRedisValue>(
        &self,
        command: &Cmd,
        limit: Duration,
    ) -> Result<T, CommandOutcome> {
        let Some(mut open) = self.open.lock().clone() else {
            return Err(CommandOutcome::NotConnected);
        };
        match timeout(limit, command.query_async(&mut open.connection)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) if !is_lost(&error) => Err(CommandOutcome::Failed),
            Ok(Err(_)) | Err(_) => {
                self.give_up(&open);
                Err(CommandOutcome::Failed)
            }
        }
    }

    pub(super) fn is_connected(&self) -> bool {
        self.open.lock().is_some()
    }

    /// Closes the connection of `failed`. A newer connection stays.
    fn give_up(&self, failed: &Established) {
        let mut open = self.open.lock();
        if open.as_ref().is_some_and(|open| open.since == failed.since) {
            *open = None;
            self.lost.notify_one();
        }
    }

    fn set(&self, connection: MultiplexedConnection) {
        let since = Instant::now();
        *self.open.lock() = Some(Established { connection, since });
    }
}

/// Whether the connection is unusable after this error, unlike after a refused command.
fn is_lost(error: &RedisError) -> bool {
    error.is_io_error() || error.is_unrecoverable_error()
}

/// Connects, and connects again whenever the connection is lost.
pub(super) async fn keep_open(connection: Arc<RedisConnection>, url: CacheUrl) {
    let mut pause = FIRST_PAUSE;
    let mut is_known_lost = false;
    counts::connected(false);
    loop {
        let began = Instant::now();
        match timeout(CONNECTING, connect(&url)).await {
            Ok(Ok(open)) => {
                connection.set(open);
                counts::connected(true);
                info!("the shared cache is connected");
                connection.lost.notified().await;
                counts::connected(false);
                warn!("the shared cache does not answer; going on without it");
                is_known_lost = true;
            }
            failed if !is_known_lost => {
                let why = failed.err().map_or("no answer", |_| "too slow");
                warn!(
                    why,
                    "the shared cache cannot be reached; going on without it"
                );
                is_known_lost = true;
            }
            _ => {}
        }
        if began.elapsed() > LONGEST_PAUSE {
            pause = FIRST_PAUSE;
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// A connection that has answered a ping.
async fn connect(url: &CacheUrl) -> Result<MultiplexedConnection, RedisError> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECTING))
        .set_response_timeout(Some(CONNECTING));
    let client = Client::open(url.info().clone())?;
    let mut connection = client
        .get_multiplexed_async_connection_with_config(&config)
        .await?;
    redis::cmd("PING").exec_async(&mut connection).await?;
    Ok(connection)
}
