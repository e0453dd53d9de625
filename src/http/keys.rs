//! API keys: callers need a known `X-API-Key`, unless no key is set.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::config::ApiKey;

/// The header that carries a key.
pub(super) const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Digests of the known keys.
///
/// Digests have one length and are all compared in constant time, so that the time of an answer reveals
/// nothing about a key.
pub(super) struct Keys(Vec<[u8; 32]>);

impl Keys {
    pub(super) fn new(keys: &[ApiKey]) -> Self {
        Self(
            keys.iter()
                .map(|key| digest(key.expose().as_bytes()))
                .collect(),
        )
    }

    /// The number of the given key, if it is known.
    fn number(&self, given: Option<&[u8]>) -> Option<usize> {
        let given = digest(given?);
        // Every key is compared, also after a match.
        let numbered = (0..).zip(&self.0);
        let matches = numbered.map(|(number, known)| (number, known.ct_eq(&given)));
        matches.fold(
            None,
            |found, (number, is_same)| {
                if is_same.into() { Some(number) } else { found }
            },
        )
    }

    /// Marks a request with its known key.
    pub(super) fn recognize(&self, request: &mut Request) {
        let given = request.headers().get(API_KEY);
        if let Some(number) = self.number(given.map(HeaderValue::as_bytes)) {
            request.extensions_mut().insert(KnownKey(number));
        }
    }

    /// Whether a request has a known key or needs none.
    pub(super) fn admit(&self, request: &Request) -> bool {
        self.are_open() || request.extensions().get::<KnownKey>().is_some()
    }

    /// Whether no key is needed.
    pub(super) fn are_open(&self) -> bool {
        self.0.is_empty()
    }
}

fn digest(key: &[u8]) -> [u8; 32] {
    Sha256::digest(key).into()
}

/// The number of a request's known key; an extension of the request.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownKey(pub(super) usize);

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(known: &[&str]) -> Keys {
        Keys(known.iter().map(|key| digest(key.as_bytes())).collect())
    }

    #[test]
    fn any_known_key_is_recognized_and_no_other() {
        let keys = keys(&["first", "second"]);
        assert_eq!(keys.number(Some(b"first")), Some(0));
        assert_eq!(keys.number(Some(b"second")), Some(1));
        for wrong in [
            Some(&b"third"[..]),
            Some(b"firs"),
            Some(b"first "),
            Some(b""),
            None,
        ] {
            assert_eq!(keys.number(wrong), None);
        }
    }

    #[test]
    fn without_keys_every_request_is_admitted_and_none_has_a_key() {
        assert!(keys(&[]).are_open());
        assert_eq!(keys(&[]).number(Some(b"any")), None);
    }
}
