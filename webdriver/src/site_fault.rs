//! Why a site gave no document, in fixed words. They come from known codes of the browsers, never from a page or a
//! driver.

use std::fmt;

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
    /// What a code of Chromium means.
    pub(crate) fn of_net_error(code: &str) -> Self {
        match code.strip_prefix("net::ERR_").unwrap_or_default() {
            "CONNECTION_REFUSED" => Self::Refused,
            "NAME_NOT_RESOLVED" | "DNS_TIMED_OUT" => Self::NoSuchHost,
            "ADDRESS_UNREACHABLE"
            | "ADDRESS_INVALID"
            | "INTERNET_DISCONNECTED"
            | "NETWORK_ACCESS_DENIED" => Self::NoRoute,
            "CONNECTION_RESET" | "CONNECTION_CLOSED" | "CONNECTION_ABORTED"
            | "CONNECTION_FAILED" | "EMPTY_RESPONSE" => Self::Reset,
            "TIMED_OUT" | "CONNECTION_TIMED_OUT" => Self::TimedOut,
            code if code.starts_with("SSL_") || code.starts_with("CERT_") => Self::Tls,
            _ => Self::Other,
        }
    }

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
            ("weekday", SiteFault::Other),
        ] {
            assert_eq!(SiteFault::of_net_error(code), fault, "{code}");
        }
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
