//! The limit of open files: raised as far as possible, an error if it is too low.

use crate::cli::CommandError;
use crate::config::Config;
use crate::http::ServerLimits;
use crate::source::{PoolConfig, SourceConfig};

/// The requested limit: more than all connections and thirty sessions need. Child programs inherit it,
/// and some of them iterate over all of it.
const WANTED: u64 = 4096;
/// Files of the service itself: 32 for log, signals, API calls and `/proc`, 64 for connections of
/// probes and of callers that get 503.
const OWN: usize = 96;
/// Files of each session: pipes, and connections to driver and browser.
const PER_SESSION: usize = 16;
/// The service needs at least this many connections to be useful.
const LEAST_CONNECTIONS: usize = 48;

/// Raises the process's limit of open files as far as allowed; returns how many connections fit.
///
/// # Errors
/// [`CommandError::Usage`] with the missing number and how to raise the limit.
pub(super) fn connections(config: &Config) -> Result<usize, CommandError> {
    // An unknown limit is assumed to be enough.
    let limit = rlimit::increase_nofile_limit(WANTED).unwrap_or(WANTED);
    fitting(limit as usize, sessions(config)).map_err(CommandError::Usage)
}

fn sessions(config: &Config) -> usize {
    let PoolConfig { pool_size, .. } = config.browser;
    match config.source {
        SourceConfig::Api => 0,
        SourceConfig::Browser | SourceConfig::Auto { .. } => pool_size,
    }
}

fn fitting(limit: usize, sessions: usize) -> Result<usize, String> {
    let others = OWN + PER_SESSION.saturating_mul(sessions);
    let most = ServerLimits::default().connections;
    let connections = limit.saturating_sub(others).min(most);
    if connections >= LEAST_CONNECTIONS {
        return Ok(connections);
    }
    let needed = others.saturating_add(LEAST_CONNECTIONS);
    Err(format!(
        "the system lets this process open {limit} files, but {needed} are needed: {OWN} for the \
         service, {PER_SESSION} for each of {sessions} browser sessions, {LEAST_CONNECTIONS} for \
         callers.\n\
         Raise the limit: `ulimit -n 1024` in a shell, LimitNOFILE=1024 in a systemd unit, --ulimit \
         nofile=1024 for a container. Or lower GONGGANG_POOL_SIZE."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_take_the_open_files_that_are_left() {
        let most = ServerLimits::default().connections;
        assert_eq!(fitting(4096, 2), Ok(most));
        assert_eq!(fitting(256, 2), Ok(128));
        assert_eq!(fitting(144, 0), Ok(LEAST_CONNECTIONS));
    }

    #[test]
    fn too_few_open_files_are_told_with_what_is_needed_and_how_to_get_it() {
        let why = fitting(64, 2).unwrap_err();
        for part in [
            "open 64 files",
            "176 are needed",
            "ulimit -n",
            "LimitNOFILE",
        ] {
            assert!(why.contains(part), "{why}");
        }
        assert!(fitting(143, 0).is_err());
    }
}
