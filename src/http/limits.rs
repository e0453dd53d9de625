//! What a caller may take of the service: every figure, and why it is that one.

use std::time::Duration;

use axum::http::HeaderMap;
use ipnet::IpNet;

use crate::fault::{BadRequest, Fault};

/// Headers that are looked at: three times what browsers and proxies send together. Beyond a hundred,
/// which it has room for without asking for memory, the server itself refuses.
pub(super) const MAX_HEADERS: usize = 64;
/// Bytes of names and values together.
pub(super) const MAX_HEADER_BYTES: usize = 32 * 1024;

/// Connections at a time. Below the 1024 open files that most systems allow a process.
const CONNECTIONS: usize = 900;
/// Connections of one client: three clients at least share them all.
const CLIENT_SHARE: usize = 3;
/// Connections beyond the limit, for probes. All others are told there that the service is busy.
pub(super) const RESERVED: usize = 32;

/// From the opening of a connection, or its last answer, until the next request's head is there. Above
/// the 10 s for which the Caddyfile keeps idle connections.
const HEAD_TIME: Duration = Duration::from_secs(20);
/// How long a caller may read nothing of its answer. The system takes a third of [`SEND_BUFFER`] at a
/// time, so a slower caller than 8 KiB a second is given up on.
const WRITE_TIME: Duration = Duration::from_secs(10);
/// Bytes that the system keeps for a caller that does not read. A week's timetable fits in several
/// times; by itself the system would keep up to 4 MiB.
pub(super) const SEND_BUFFER: usize = 128 * 1024;
/// For how long a caller whose side of the connection has ended is answered. It may have ended only that
/// side, or have left: which of the two is not to be told, and a read that is waited for by no caller
/// takes the place of another.
pub(super) const HALF_CLOSED_TIME: Duration = Duration::from_secs(1);
/// How long a connection on which nothing is asked may delay the end of the service.
pub(super) const FAREWELL: Duration = Duration::from_secs(3);

/// Wrong keys of one client that are looked at in [`WRONG_KEY_WINDOW`]: a person who tries the keys of a
/// drawer gets in, a program that guesses does not.
pub(super) const WRONG_KEYS: u32 = 20;
/// After it a client may try again.
pub(super) const WRONG_KEY_WINDOW: Duration = Duration::from_mins(1);
/// For how long a key that was right goes on to work for a client that also sends wrong ones: clients
/// may share an address.
pub(super) const PROVEN_TIME: Duration = Duration::from_hours(1);
/// Clients remembered at a time, so that a flood of addresses takes no more memory than this.
pub(super) const MAX_CLIENTS: usize = 50_000;

/// What the server allows.
#[derive(Debug, Clone)]
pub struct ServerLimits {
    /// Connections at a time; where there are more, idle ones are closed.
    pub connections: usize,
    /// From the opening of a connection, or its last answer, until the next request's head is there.
    pub head_time: Duration,
    /// How long a caller may read nothing of its answer.
    pub write_time: Duration,
    /// Peers that pass on the requests of many clients: their connections are not counted for one.
    pub proxies: Vec<IpNet>,
}

impl ServerLimits {
    /// Connections of one client at a time.
    pub(super) fn connections_per_client(&self) -> usize {
        self.connections.div_ceil(CLIENT_SHARE)
    }
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            connections: CONNECTIONS,
            head_time: HEAD_TIME,
            write_time: WRITE_TIME,
            proxies: Vec::new(),
        }
    }
}

/// Refuses a flood of headers.
pub(super) fn check(headers: &HeaderMap) -> Result<(), Fault> {
    if are_too_many(headers) {
        Err(Fault::BadRequest(BadRequest::Headers))
    } else {
        Ok(())
    }
}

fn are_too_many(headers: &HeaderMap) -> bool {
    let bytes = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        name.as_str().len() + value.len()
    };
    headers.len() > MAX_HEADERS || headers.iter().map(bytes).sum::<usize>() > MAX_HEADER_BYTES
}
