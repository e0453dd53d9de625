//! Who may ask: callers that send a known `X-API-Key`, or everyone where no key is set.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use super::interface::Caller;
use crate::config::ApiKey;
use crate::fault::Fault;

/// Digests of the known keys.
///
/// Digests are of one length and are all compared, in constant time, so that the time an answer
/// takes tells nothing of a key.
pub(super) struct Keys(Vec<[u8; 32]>);

impl Keys {
    pub(super) fn new(keys: &[ApiKey]) -> Self {
        Self(
            keys.iter()
                .map(|key| digest(key.expose().as_bytes()))
                .collect(),
        )
    }

    fn admit(&self, given: Option<&[u8]>) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let given = digest(given.unwrap_or_default());
        let matches = self.0.iter().map(|known| known.ct_eq(&given));
        matches
            .fold(Choice::from(0), |any, matches| any | matches)
            .into()
    }
}

fn digest(key: &[u8]) -> [u8; 32] {
    Sha256::digest(key).into()
}

/// Lets a request through that carries a known key.
pub(super) async fn require(
    State(keys): State<Arc<Keys>>,
    caller: Caller,
    request: Request,
    next: Next,
) -> Response {
    let given = request
        .headers()
        .get("x-api-key")
        .map(HeaderValue::as_bytes);
    if keys.admit(given) {
        next.run(request).await
    } else {
        caller.refuse(Fault::Unauthorized)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(known: &[&str]) -> Keys {
        Keys(known.iter().map(|key| digest(key.as_bytes())).collect())
    }

    #[test]
    fn any_known_key_is_admitted_and_no_other() {
        let keys = keys(&["first", "second"]);
        assert!(keys.admit(Some(b"first")));
        assert!(keys.admit(Some(b"second")));
        for wrong in [
            Some(&b"third"[..]),
            Some(b"firs"),
            Some(b"first "),
            Some(b""),
            None,
        ] {
            assert!(!keys.admit(wrong));
        }
    }

    #[test]
    fn without_keys_everyone_is_admitted() {
        assert!(keys(&[]).admit(None));
    }
}
