//! Why a site gave no document, in fixed words. They come from known codes of the browsers, never from a page or a
//! driver.

use std::{collections::BTreeMap, fmt, time::Instant};

use parking_lot::Mutex;
use serde::Serialize;

/// Why a site gave no document. It is the site's or the network's fault, not the browser's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteFault {
    /// Nothing listens there.
    Refused,
    /// The name does not resolve.
    NoSuchHost,
    /// No network, or no way to that address.
    NoRoute,
    /// Refused or no route: Firefox does not tell which.
    NoConnection,
    /// No TLS connection, or a certificate that is not trusted.
    Tls,
    /// The connection ended before an answer.
    Reset,
    /// No answer in time.
    TimedOut,
    /// The browser does not say, or says something else.
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

impl SiteFault {
    /// What the address of one of Firefox's error pages means: `about:neterror?e=CODE&…`.
    pub(crate) fn of_error_page(address: &str) -> Self {
        if address.starts_with("about:certerror") {
            return Self::Tls;
        }
        let (_, query) = address.split_once('?').unwrap_or_default();
        let mut parts = url::form_urlencoded::parse(query.as_bytes());
        let code = parts.find(|(name, _)| name == "e").map(|(_, code)| code);
        match code.as_deref().unwrap_or_default() {
            "connectionFailure" => Self::NoConnection,
            "dnsNotFound" => Self::NoSuchHost,
            "netOffline" => Self::NoRoute,
            "nssFailure2" | "nssBadCert" | "sslv3Used" => Self::Tls,
            "netReset" | "netInterrupt" => Self::Reset,
            "netTimeout" => Self::TimedOut,
            _ => Self::Other,
        }
    }
}

/// The last time that the site gave no document.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct LastSiteFault {
    /// Why.
    pub why: SiteFault,
    /// How many milliseconds ago.
    pub ago_ms: u64,
}

/// What sites failed with, counted.
#[derive(Debug, Default)]
pub struct SiteFaults(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    by_reason: BTreeMap<SiteFault, u64>,
    last: Option<(SiteFault, Instant)>,
}

impl SiteFaults {
    /// Counts one.
    pub fn count(&self, why: SiteFault) {
        let mut counts = self.0.lock();
        *counts.by_reason.entry(why).or_default() += 1;
        counts.last = Some((why, Instant::now()));
    }

    /// How many there were, by why.
    pub fn by_reason(&self) -> BTreeMap<SiteFault, u64> {
        self.0.lock().by_reason.clone()
    }

    /// The last one.
    pub fn last(&self) -> Option<LastSiteFault> {
        self.0.lock().last.map(|(why, at)| LastSiteFault {
            why,
            ago_ms: at.elapsed().as_millis() as u64,
        })
    }
}

/// Chromium's own code for a page that it could not fetch, and what it means, if `said` has a known one.
pub(crate) fn net_error(said: &str) -> Option<(&'static str, SiteFault)> {
    let mut words = said.split(|letter: char| !matches!(letter, 'A'..='Z' | '_' | ':' | 'a'..='z'));
    words.find_map(|word| NET_ERRORS.iter().copied().find(|(code, _)| *code == word))
}

/// Those of Chromium's codes that a page's document may end with.
const NET_ERRORS: [(&str, SiteFault); 44] = [
    ("net::ERR_ABORTED", SiteFault::Other),
    ("net::ERR_ACCESS_DENIED", SiteFault::Other),
    ("net::ERR_ADDRESS_INVALID", SiteFault::NoRoute),
    ("net::ERR_ADDRESS_IN_USE", SiteFault::Other),
    ("net::ERR_ADDRESS_UNREACHABLE", SiteFault::NoRoute),
    ("net::ERR_BLOCKED_BY_ADMINISTRATOR", SiteFault::Other),
    ("net::ERR_BLOCKED_BY_CLIENT", SiteFault::Other),
    ("net::ERR_BLOCKED_BY_RESPONSE", SiteFault::Other),
    ("net::ERR_CERT_AUTHORITY_INVALID", SiteFault::Tls),
    ("net::ERR_CERT_COMMON_NAME_INVALID", SiteFault::Tls),
    ("net::ERR_CERT_DATE_INVALID", SiteFault::Tls),
    ("net::ERR_CERT_INVALID", SiteFault::Tls),
    ("net::ERR_CERT_REVOKED", SiteFault::Tls),
    ("net::ERR_CERT_WEAK_SIGNATURE_ALGORITHM", SiteFault::Tls),
    ("net::ERR_CONNECTION_ABORTED", SiteFault::Reset),
    ("net::ERR_CONNECTION_CLOSED", SiteFault::Reset),
    ("net::ERR_CONNECTION_FAILED", SiteFault::Reset),
    ("net::ERR_CONNECTION_REFUSED", SiteFault::Refused),
    ("net::ERR_CONNECTION_RESET", SiteFault::Reset),
    ("net::ERR_CONNECTION_TIMED_OUT", SiteFault::TimedOut),
    ("net::ERR_CONTENT_DECODING_FAILED", SiteFault::Other),
    ("net::ERR_CONTENT_LENGTH_MISMATCH", SiteFault::Other),
    ("net::ERR_DNS_TIMED_OUT", SiteFault::NoSuchHost),
    ("net::ERR_EMPTY_RESPONSE", SiteFault::Reset),
    ("net::ERR_FAILED", SiteFault::Other),
    ("net::ERR_FILE_NOT_FOUND", SiteFault::Other),
    ("net::ERR_INCOMPLETE_CHUNKED_ENCODING", SiteFault::Other),
    ("net::ERR_INSUFFICIENT_RESOURCES", SiteFault::Other),
    ("net::ERR_INTERNET_DISCONNECTED", SiteFault::NoRoute),
    ("net::ERR_INVALID_CHUNKED_ENCODING", SiteFault::Other),
    ("net::ERR_INVALID_HTTP_RESPONSE", SiteFault::Other),
    ("net::ERR_INVALID_RESPONSE", SiteFault::Other),
    ("net::ERR_NAME_NOT_RESOLVED", SiteFault::NoSuchHost),
    ("net::ERR_NETWORK_ACCESS_DENIED", SiteFault::NoRoute),
    ("net::ERR_NETWORK_CHANGED", SiteFault::Other),
    ("net::ERR_OUT_OF_MEMORY", SiteFault::Other),
    ("net::ERR_PROXY_CONNECTION_FAILED", SiteFault::Other),
    ("net::ERR_SSL_PROTOCOL_ERROR", SiteFault::Tls),
    ("net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH", SiteFault::Tls),
    ("net::ERR_TIMED_OUT", SiteFault::TimedOut),
    ("net::ERR_TOO_MANY_REDIRECTS", SiteFault::Other),
    ("net::ERR_TUNNEL_CONNECTION_FAILED", SiteFault::Other),
    ("net::ERR_UNSAFE_PORT", SiteFault::Other),
    ("net::ERR_UNSAFE_REDIRECT", SiteFault::Other),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_chromium_are_grouped() {
        for (code, fault) in [
            ("net::ERR_CONNECTION_REFUSED", SiteFault::Refused),
            ("net::ERR_NAME_NOT_RESOLVED", SiteFault::NoSuchHost),
            ("net::ERR_INTERNET_DISCONNECTED", SiteFault::NoRoute),
            ("net::ERR_CERT_DATE_INVALID", SiteFault::Tls),
            ("net::ERR_SSL_PROTOCOL_ERROR", SiteFault::Tls),
            ("net::ERR_EMPTY_RESPONSE", SiteFault::Reset),
            ("net::ERR_CONNECTION_TIMED_OUT", SiteFault::TimedOut),
            ("net::ERR_FAILED", SiteFault::Other),
        ] {
            let said = format!("unknown error: {code}\n  (Session info)");
            assert_eq!(net_error(&said), Some((code, fault)));
        }
        assert_eq!(net_error("net::ERR_WEEKDAY"), None);
    }

    #[test]
    fn error_pages_of_firefox_are_told_apart_by_their_address() {
        for (address, fault) in [
            (
                "about:neterror?e=connectionFailure&u=x",
                SiteFault::NoConnection,
            ),
            (
                "about:neterror?u=e%3DnetReset&e=dnsNotFound",
                SiteFault::NoSuchHost,
            ),
            ("about:certerror?e=nssBadCert", SiteFault::Tls),
            ("about:neterror", SiteFault::Other),
        ] {
            assert_eq!(SiteFault::of_error_page(address), fault, "{address}");
        }
    }
}
