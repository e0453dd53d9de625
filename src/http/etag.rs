//! What tells two versions of an answer apart (RFC 9110, 8.8.3).

use std::fmt::Write;

use axum::http::header::IF_NONE_MATCH;
use axum::http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};

/// An entity tag, quotes included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag(String);

impl Tag {
    /// The same for the same bytes and no other.
    pub(super) fn strong(bytes: &[u8]) -> Self {
        // Half the digest tells any two answers apart.
        let digest = Sha256::digest(bytes);
        let hex = digest[..16].iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Self(format!("\"{hex}\""))
    }

    /// The same for answers that say the same: `bytes` is what counts of them.
    pub(super) fn weak(bytes: &[u8]) -> Self {
        Self(format!("W/{}", Self::strong(bytes).0))
    }

    pub(super) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }

    /// Whether the caller has this version (weak comparison, as `If-None-Match` wants it).
    pub(super) fn is_known(&self, headers: &HeaderMap) -> bool {
        let lines = headers.get_all(IF_NONE_MATCH).iter();
        let tags = lines.flat_map(|line| line.to_str().unwrap_or_default().split(','));
        tags.map(str::trim)
            .any(|tag| tag == "*" || opaque(tag) == opaque(&self.0))
    }
}

fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_known_by_any_of_the_callers_tags() {
        let tag = Tag::weak(b"one");
        let known = |line: &str| {
            tag.is_known(&HeaderMap::from_iter([(
                IF_NONE_MATCH,
                line.parse().unwrap(),
            )]))
        };
        let strong = Tag::strong(b"one").0;
        assert!(known(&strong) && known(&tag.0) && known("*"));
        assert!(known(&format!("\"x\", {strong}")));
        assert!(!known("\"x\"") && !known("") && !known(&Tag::strong(b"two").0));
        assert!(!tag.is_known(&HeaderMap::new()));
    }
}
