//! Chromium's codes for failed requests (`net::ERR_…`), and the browser's log, which names them. Pure.

use serde_json::Value;

use crate::site_fault::SiteFault;

/// A code of Chromium's with the fault that it means.
pub(crate) type NetError = (&'static str, SiteFault);

/// The first known code in a text.
pub(crate) fn find(said: &str) -> Option<NetError> {
    let mut words = said.split(|letter: char| !matches!(letter, 'A'..='Z' | '_' | ':' | 'a'..='z'));
    words.find_map(|word| NET_ERRORS.iter().copied().find(|(code, _)| *code == word))
}

/// The last known code in a log.
pub(crate) fn last_in(log: &Value) -> Option<NetError> {
    messages(log).rev().find_map(find)
}

/// How many requests in a log were blocked, or went to a host that is not allowed.
pub(crate) fn count_refused(log: &Value) -> u64 {
    messages(log).filter(|text| is_refusal(text)).count() as u64
}

fn messages(log: &Value) -> impl DoubleEndedIterator<Item = &str> {
    let entries = log.as_array().into_iter().flatten();
    entries.filter_map(|entry| entry["message"].as_str())
}

fn is_refusal(message: &str) -> bool {
    ["net::ERR_NAME_NOT_RESOLVED", "net::ERR_BLOCKED"]
        .iter()
        .any(|code| message.contains(code))
}

/// The codes that loading a document may end with.
const NET_ERRORS: [NetError; 44] = [
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
    use serde_json::json;

    use super::*;

    #[test]
    fn each_known_code_means_one_fault() {
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
            assert_eq!(find(&said), Some((code, fault)));
        }
        assert_eq!(find("net::ERR_WEEKDAY"), None);
    }

    #[test]
    fn a_log_gives_its_last_known_code() {
        let log = json!([
            { "message": "http://a/ - Failed to load resource: net::ERR_FAILED" },
            { "message": "http://a/ - Failed to load resource: net::ERR_CONNECTION_REFUSED" },
            { "message": "net::ERR_WEEKDAY" }
        ]);
        let refused = ("net::ERR_CONNECTION_REFUSED", SiteFault::Refused);
        assert_eq!(last_in(&log), Some(refused));
        assert_eq!(last_in(&json!([])), None);
    }

    #[test]
    fn refused_requests_are_counted_and_other_errors_are_not() {
        let log = json!([
            { "message": "http://a/x.js - Failed to load resource: net::ERR_NAME_NOT_RESOLVED" },
            { "message": "http://b/ - Failed to load resource: the server responded with 404" }
        ]);
        assert_eq!(count_refused(&log), 1);
        assert_eq!(count_refused(&Value::Null), 0);
    }
}
