//! Why a site gave no document, in fixed words. They come from known codes of the browsers, never
//! from a page or a driver.

use std::{collections::BTreeMap, fmt, time::Instant};

use parking_lot::Mutex;
use serde::Serialize;

/// Why a site gave no document: a fault of the site or the network, not of the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteFault {
    /// No server listens on the port.
    Refused,
    /// The name does not resolve.
    NoSuchHost,
    /// No network, or no route to the address.
    NoRoute,
    /// Refused or no route: Firefox does not distinguish the two.
    NoConnection,
    /// No TLS connection, or an untrusted certificate.
    Tls,
    /// The connection ended before an answer.
    Reset,
    /// No answer in time.
    TimedOut,
    /// Any other reason, or none given by the browser.
    Other,
}

impl fmt::Display for SiteFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "connection refused",
            Self::NoSuchHost => "no such host",
            Self::NoRoute => "no route to the host",
            Self::NoConnection => "no connection",
            Self::Tls => "TLS failed",
            Self::Reset => "connection reset",
            Self::TimedOut => "no answer in time",
            Self::Other => "not loaded",
        })
    }
}

/// The most recent time a site gave no document.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct LastSiteFault {
    /// The reason.
    pub why: SiteFault,
    /// Milliseconds ago.
    pub ago_ms: u64,
}

/// Counts why sites gave no document.
#[derive(Debug, Default)]
pub struct SiteFaults(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    by_reason: BTreeMap<SiteFault, u64>,
    last: Option<(SiteFault, Instant)>,
}

impl SiteFaults {
    /// Adds one.
    pub fn count(&self, why: SiteFault) {
        let mut counts = self.0.lock();
        *counts.by_reason.entry(why).or_default() += 1;
        counts.last = Some((why, Instant::now()));
    }

    /// The counts by reason.
    pub fn by_reason(&self) -> BTreeMap<SiteFault, u64> {
        self.0.lock().by_reason.clone()
    }

    /// The most recent one.
    pub fn last(&self) -> Option<LastSiteFault> {
        self.0.lock().last.map(|(why, at)| LastSiteFault {
            why,
            ago_ms: at.elapsed().as_millis() as u64,
        })
    }
}
