//! The connection to the shared cache's server, while there is one that works.
//!
//! It is its own breaker: the first command that fails or is too slow gives the connection up, and
//! until a new one has answered a ping no command is sent and nobody waits.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, FromRedisValue, RedisError};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};
use tracing::{info, warn};

use super::{CacheUrl, counts};

/// Longest that making a connection may take; nobody waits for it.
const CONNECTING: Duration = Duration::from_secs(1);
/// Pause before the first attempt to connect anew; each further one takes twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Longest of these pauses. A connection that lasted so long begins again with the first.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Why a command has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// There is no connection, so it was not sent.
    NotConnected,
    /// The connection failed or was too slow, and is given up.
    Lost,
    /// The server answered with an error.
    Refused,
}

/// The connection, if there is one.
#[derive(Default)]
pub(super) struct Line {
    open: Mutex<Option<Open>>,
    lost: Notify,
}

#[derive(Clone)]
struct Open {
    connection: MultiplexedConnection,
    since: Instant,
}

impl Line {
    /// The server's answer to `command`, within `patience`.
    pub(super) async fn ask<T: FromRedisValue>(
        &self,
        command: &Cmd,
        patience: Duration,
    ) -> Result<T, Trouble> {
        let Some(mut open) = self.open.lock().clone() else {
            return Err(Trouble::NotConnected);
        };
        match timeout(patience, command.query_async(&mut open.connection)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) if !is_lost(&error) => Err(Trouble::Refused),
            Ok(Err(_)) | Err(_) => {
                self.give_up(&open);
                Err(Trouble::Lost)
            }
        }
    }

    pub(super) fn is_connected(&self) -> bool {
        self.open.lock().is_some()
    }

    /// A command on an earlier connection may fail when there is a new one already, which stays.
    fn give_up(&self, failed: &Open) {
        let mut open = self.open.lock();
        if open.as_ref().is_some_and(|open| open.since == failed.since) {
            *open = None;
            self.lost.notify_one();
        }
    }

    fn set(&self, connection: MultiplexedConnection) {
        let since = Instant::now();
        *self.open.lock() = Some(Open { connection, since });
    }
}

/// Whether the connection is of no use after this, other than after a server's refusal.
fn is_lost(error: &RedisError) -> bool {
    error.is_io_error() || error.is_unrecoverable_error()
}

/// Connects, and connects anew whenever the connection is lost, for ever.
pub(super) async fn keep(line: Arc<Line>, url: CacheUrl) {
    let mut pause = FIRST_PAUSE;
    let mut is_known_lost = false;
    counts::connected(false);
    loop {
        let began = Instant::now();
        match timeout(CONNECTING, connect(&url)).await {
            Ok(Ok(connection)) => {
                line.set(connection);
                counts::connected(true);
                info!("the shared cache is connected");
                line.lost.notified().await;
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
