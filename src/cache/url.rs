//! The shared cache's address.

use std::fmt;
use std::str::FromStr;

use redis::{ConnectionInfo, IntoConnectionInfo};

/// Address of a shared cache. Debug output hides it, because it may hold a password.
#[derive(Clone)]
pub struct CacheUrl(ConnectionInfo);

/// A text that is not such an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not an address of a shared cache; write redis://host:6379 or redis+unix:///path/of/socket"
)]
pub struct InvalidCacheUrl;

impl CacheUrl {
    pub(super) fn info(&self) -> &ConnectionInfo {
        &self.0
    }
}

impl fmt::Debug for CacheUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CacheUrl(…)")
    }
}

impl FromStr for CacheUrl {
    type Err = InvalidCacheUrl;

    fn from_str(text: &str) -> Result<Self, InvalidCacheUrl> {
        // The library's error may quote the address.
        let info = text.trim().into_connection_info();
        info.map(Self).map_err(|_| InvalidCacheUrl)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked_and_never_shown() {
        for good in [
            "redis://127.0.0.1",
            "redis://:secret@cache.example:6380/2",
            "redis+unix:///run/redis.sock",
        ] {
            let url: CacheUrl = good.parse().unwrap();
            assert_eq!(format!("{url:?}"), "CacheUrl(…)");
        }
        for wrong in [
            "",
            "cache:6379",
            "http://127.0.0.1",
            "redis://",
            "redis://h/x",
        ] {
            let error = wrong.parse::<CacheUrl>().unwrap_err();
            assert!(!error.to_string().contains("127.0.0.1"), "{wrong}");
        }
    }
}
