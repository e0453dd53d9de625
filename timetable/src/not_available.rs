//! Why a page gives no timetable.

use crate::mismatch::{Mismatch, Patience};

/// Why a page that was reached gives no timetable.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NotAvailable {
    /// The site knows no timetable of that identifier.
    #[error("no such timetable")]
    NotFound,
    /// The owner does not show it to the public.
    #[error("the timetable is not public")]
    NotPublic,
    /// The owner has no timetable that term.
    #[error("no timetable that term")]
    NoTimetable,
    /// The site refused the read.
    #[error("the site blocked the read (status {status:?})")]
    Blocked {
        /// HTTP status, if known.
        status: Option<u16>,
    },
    /// The site or its API failed.
    #[error("the site is unavailable (status {status:?})")]
    SiteUnavailable {
        /// HTTP status, if known.
        status: Option<u16>,
    },
    /// Nothing was drawn in time.
    #[error("timeout: page")]
    TooSlow,
    /// The page or the answer has changed, so that a check failed.
    #[error("layout changed: {0}")]
    LayoutChanged(Mismatch),
}

impl NotAvailable {
    /// Definitive answers: the site said that there is no timetable to see. The others are faults, which may
    /// be gone at the next read.
    pub const DEFINITIVE: [Self; 3] = [Self::NotFound, Self::NotPublic, Self::NoTimetable];

    /// Whether it is one of [`Self::DEFINITIVE`].
    pub fn is_definitive(&self) -> bool {
        Self::DEFINITIVE.contains(self)
    }

    /// How long a page that is refused like this may take to become readable.
    pub fn patience(&self) -> Patience {
        match self {
            Self::LayoutChanged(mismatch) => mismatch.check.patience(),
            _ => Patience::Nothing,
        }
    }
}

impl From<Mismatch> for NotAvailable {
    fn from(mismatch: Mismatch) -> Self {
        Self::LayoutChanged(mismatch)
    }
}
