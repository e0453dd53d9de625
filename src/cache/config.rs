//! How the cache is configured.

use std::time::Duration;

use super::url::CacheUrl;

/// How many answers are cached, for how long, and with whom they are shared.
#[derive(Debug, Clone)]
pub struct CacheConfig {
    /// `GONGGANG_CACHE_CAPACITY`: cached answers; 0 caches none. An unusually big answer counts as
    /// several, so this bounds the memory too.
    pub capacity: u64,
    /// `GONGGANG_CACHE_TTL`: how long a timetable is fresh, plus or minus a tenth.
    pub ttl: Duration,
    /// `GONGGANG_CACHE_NEGATIVE_TTL`: lifetime of a timetable without classes and of a definitive
    /// answer that there is none.
    pub negative_ttl: Duration,
    /// `GONGGANG_CACHE_STALE`: how long after its freshness a timetable may serve while the site fails.
    pub stale: Duration,
    /// `GONGGANG_CACHE_URL`: the cache that replicas share.
    pub url: Option<CacheUrl>,
}
