//! Entity tags (RFC 9110, 8.8.3).
//!
//! The `headers` crate would do the same, but a debug build panics on a blank inside a caller's tag.

use axum::body::Bytes;
use axum::http::header::IF_NONE_MATCH;
use axum::http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};

/// An entity tag, quotes included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag(pub(super) Bytes);

/// The tags of a caller: the lines of `If-None-Match`.
#[derive(Debug, Clone)]
pub(super) struct Known(Vec<HeaderValue>);

impl Known {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        Self(headers.get_all(IF_NONE_MATCH).iter().cloned().collect())
    }

    /// Whether the caller has this version, by weak comparison.
    pub(super) fn holds(&self, tag: &Tag) -> bool {
        let tags = self.0.iter().flat_map(|line| {
            let tags = line.as_bytes().split(|byte| *byte == b',');
            tags.map(<[u8]>::trim_ascii)
        });
        tags.into_iter()
            .any(|known| known == b"*" || opaque(known) == opaque(&tag.0))
    }
}

impl Tag {
    /// Identifies these bytes.
    pub(super) fn strong(bytes: &[u8]) -> Self {
        // Half the digest tells any two answers apart.
        let digest = Sha256::digest(bytes);
        Self(format!("\"{}\"", hex::encode(&digest[..16])).into())
    }

    /// Identifies answers with the content of `version`.
    pub(super) fn weak(version: &[u8; 16]) -> Self {
        Self(format!("W/\"{}\"", hex::encode(version)).into())
    }

    pub(super) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_maybe_shared(self.0.clone()).ok()
    }
}

fn opaque(tag: &[u8]) -> &[u8] {
    tag.strip_prefix(b"W/").unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_known_by_any_of_the_callers_tags() {
        let tag = Tag::weak(&[1; 16]);
        let known = |line: &str| {
            let headers = HeaderMap::from_iter([(IF_NONE_MATCH, line.parse().unwrap())]);
            Known::of(&headers).holds(&tag)
        };
        let text = |tag: &Tag| String::from_utf8(tag.0.to_vec()).unwrap();
        let strong = text(&tag).replace("W/", "");
        assert!(known(&strong) && known(&text(&tag)) && known("*"));
        assert!(known(&format!("\"x\", {strong}")));
        assert!(!known("\"x\"") && !known("") && !known(&text(&Tag::strong(b"two"))));
        assert!(!Known::of(&HeaderMap::new()).holds(&tag));
    }
}
