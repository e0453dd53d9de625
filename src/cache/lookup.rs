//! What the cache had for a question.

/// What the cache had for a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// A fresh answer in memory.
    Hit,
    /// A fresh answer in the shared cache.
    Shared,
    /// A stale answer; a read in the background renews it.
    Stale,
    /// An old answer, given because the read failed.
    StaleIfError,
    /// No usable answer: this caller waited for a read, its own or another caller's.
    Miss,
    /// The caller asked for a new read.
    Refresh,
}

impl Lookup {
    /// Every variant, in the order of their numbers.
    pub const ALL: [Self; 6] = [
        Self::Hit,
        Self::Shared,
        Self::Stale,
        Self::StaleIfError,
        Self::Miss,
        Self::Refresh,
    ];

    /// Name in metrics and in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Shared => "shared",
            Self::Stale => "stale",
            Self::StaleIfError => "stale_if_error",
            Self::Miss => "miss",
            Self::Refresh => "refresh",
        }
    }

    /// Whether the caller waited for a read.
    pub fn is_read(self) -> bool {
        matches!(self, Self::Miss | Self::Refresh)
    }
}
