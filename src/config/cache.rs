//! What is kept, and for how long.

use super::faults::Faults;
use super::values::{cache_url, count, duration};
use crate::cache::CacheConfig;

/// How many answers are kept, for how long, and where.
#[derive(Debug, Clone, clap::Args)]
#[expect(clippy::struct_field_names, reason = "flags are named after them")]
pub(super) struct CacheSettings {
    /// Answers cached in memory
    ///
    /// One place is 8 KiB; a larger answer takes several places.
    #[arg(
        long,
        env = "GONGGANG_CACHE_CAPACITY",
        default_value = "10000",
        value_name = "N"
    )]
    cache_capacity: String,
    /// How long a timetable is fresh, give or take a tenth
    #[arg(
        long,
        env = "GONGGANG_CACHE_TTL",
        default_value = "10m",
        value_name = "DURATION"
    )]
    cache_ttl: String,
    /// How long `not_found`, `not_public`, `no_timetable` and empty timetables are cached
    #[arg(
        long,
        env = "GONGGANG_CACHE_NEGATIVE_TTL",
        default_value = "30s",
        value_name = "DURATION"
    )]
    cache_negative_ttl: String,
    /// How long a stale timetable may be served while the site fails; 0s = never
    #[arg(
        long,
        env = "GONGGANG_CACHE_STALE",
        default_value = "24h",
        value_name = "DURATION"
    )]
    cache_stale: String,
    /// Redis server that replicas share
    ///
    /// `redis://[user:password@]host[:port][/database]` or `redis+unix:///path/of/socket`.
    #[arg(
        long,
        env = "GONGGANG_CACHE_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    cache_url: Option<String>,
}

impl CacheSettings {
    /// Checks them; the faults are added to `faults`.
    pub(super) fn config(&self, faults: &mut Faults) -> Option<CacheConfig> {
        let capacity = faults.check("GONGGANG_CACHE_CAPACITY", count(&self.cache_capacity, 0));
        let ttl = faults.check("GONGGANG_CACHE_TTL", duration(&self.cache_ttl));
        let negative_ttl = faults.check(
            "GONGGANG_CACHE_NEGATIVE_TTL",
            duration(&self.cache_negative_ttl),
        );
        let stale = faults.check("GONGGANG_CACHE_STALE", duration(&self.cache_stale));
        let url = faults.check("GONGGANG_CACHE_URL", cache_url(self.cache_url.as_deref()));
        Some(CacheConfig {
            capacity: capacity? as u64,
            ttl: ttl?,
            negative_ttl: negative_ttl?,
            stale: stale?,
            url: url?,
        })
    }
}
