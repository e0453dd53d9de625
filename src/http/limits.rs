//! The limits of callers, with the reason of each figure.

use std::time::Duration;

use axum::http::HeaderMap;
use ipnet::IpNet;

use crate::fault::{BadRequest, Fault};

/// Headers: three times what browsers and proxies send together. More than a hundred are refused by hyper
/// itself, which has room for them without an allocation.
pub(super) const MAX_HEADERS: usize = 64;
/// Bytes of names and values together.
pub(super) const MAX_HEADER_BYTES: usize = 32 * 1024;

/// Connections at a time. Below the 1024 open files that most systems allow a process.
const CONNECTIONS: usize = 900;
/// The share of one client: at least three clients share all connections.
const CLIENT_SHARE: usize = 3;
/// Connections beyond the limit, for probes. Other requests on them get 503.
pub(super) const RESERVED: usize = 32;

/// From the opening of a connection, or its last answer, to the end of the next request's head. Above the
/// 10 s for which the Caddyfile keeps idle connections.
const HEAD_TIME: Duration = Duration::from_secs(20);
/// How long a caller may read nothing of its answer. The system takes a third of [`SEND_BUFFER`] at a
/// time, so a caller slower than 8 KiB a second is cut off.
const WRITE_TIME: Duration = Duration::from_secs(10);
/// Bytes that the system buffers for a caller that does not read: several timetables. The system's own
/// limit is 4 MiB.
pub(super) const SEND_BUFFER: usize = 128 * 1024;
/// How long a caller is answered after it has closed its side of the connection. The service cannot tell
/// whether it has left, and a read without a caller takes the place of another.
pub(super) const HALF_CLOSED_TIME: Duration = Duration::from_secs(1);
/// How long a quiet connection may delay the end of the service.
pub(super) const FAREWELL: Duration = Duration::from_secs(3);

/// Wrong keys of one client in [`WRONG_KEY_WINDOW`]: enough for a person who tries several, too few for a
/// program that guesses.
pub(super) const WRONG_KEYS: u32 = 20;
/// Time after which a client may try again.
pub(super) const WRONG_KEY_WINDOW: Duration = Duration::from_mins(1);
/// How long a right key keeps working for a client that also sends wrong ones: clients may share an
/// address.
pub(super) const PROVEN_TIME: Duration = Duration::from_hours(1);
/// Clients remembered at a time, which bounds the memory for a flood of addresses.
pub(super) const MAX_CLIENTS: usize = 50_000;

/// The limits of the server.
#[derive(Debug, Clone)]
pub struct ServerLimits {
    /// Connections at a time; beyond that idle ones are closed.
    pub connections: usize,
    /// From the opening of a connection, or its last answer, to the end of the next request's head.
    pub head_time: Duration,
    /// How long a caller may read nothing of its answer.
    pub write_time: Duration,
    /// Peers with requests of many clients: their connections count for no client.
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
