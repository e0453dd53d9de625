//! The name of a timetable in the log: constant while the process lives, and not traceable to the
//! identifier.

use std::fmt;
use std::sync::LazyLock;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use timetable::share_link::Identifier;

/// Bytes of the digest in a name: enough to tell millions of timetables apart.
const SHOWN: usize = 6;

/// HMAC-SHA-256 with a random key that ends with the process. A plain digest could be compared with
/// those of known identifiers.
static KEYED: LazyLock<Hmac<Sha256>> = LazyLock::new(|| {
    let mut key = [0; 64];
    getrandom::fill(&mut key).expect("the system gives random bytes");
    Hmac::new(&key.into())
});

/// A timetable's name in the log: 12 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pseudonym([u8; 2 * SHOWN]);

impl Pseudonym {
    /// The name of `identifier`.
    pub fn of(identifier: &Identifier) -> Self {
        let digest = KEYED.clone().chain_update(identifier.as_str()).finalize();
        Self::shown(&digest.into_bytes())
    }

    fn shown(digest: &[u8]) -> Self {
        let mut digits = [0; 2 * SHOWN];
        // Fails only where the lengths differ.
        let _ = hex::encode_to_slice(&digest[..SHOWN], &mut digits);
        Self(digits)
    }

    /// Its digits.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(identifier: &str) -> String {
        Pseudonym::of(&identifier.parse().unwrap()).to_string()
    }

    #[test]
    fn each_timetable_has_one_name_of_its_own() {
        let weekday = name("weekday0000000000000");
        assert_eq!(weekday, name("weekday0000000000000"));
        assert_ne!(weekday, name("weekday0000000000001"));
        assert_eq!(weekday.len(), 12);
        assert!(weekday.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_eq!(Pseudonym::shown(&[0x0f; SHOWN]).as_str(), "0f0f0f0f0f0f");
    }

    #[test]
    fn the_name_is_no_plain_digest() {
        use sha2::Digest;
        let plain = Pseudonym::shown(&Sha256::digest("weekday0000000000000"));
        assert_ne!(name("weekday0000000000000"), plain.to_string());
    }
}
