//! Under which name a timetable stands in the log: the same for the same timetable as long as the
//! process lives, and nothing that leads back to its identifier.

use std::fmt;
use std::sync::LazyLock;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use timetable::share_link::Identifier;

/// Bytes of the digest that are shown: few enough to read, enough to tell millions apart.
const SHOWN: usize = 6;
/// Hexadecimal digits, by their value.
const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// HMAC-SHA-256 under a key that nobody knows and that ends with the process. Without the key the
/// digests of all identifiers that somebody holds could be compared with the log.
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
        let halves = digest.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
        let mut digits = [0; 2 * SHOWN];
        for (digit, half) in digits.iter_mut().zip(halves) {
            *digit = DIGITS[usize::from(half)];
        }
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
    fn a_timetable_keeps_its_name_and_shares_it_with_no_other() {
        let weekday = name("weekday0000000000000");
        assert_eq!(weekday, name("weekday0000000000000"));
        assert_ne!(weekday, name("weekday0000000000001"));
        assert_eq!(weekday.len(), 12);
        assert!(weekday.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_eq!(Pseudonym::shown(&[0x0f; SHOWN]).as_str(), "0f0f0f0f0f0f");
    }

    #[test]
    fn without_the_key_the_name_cannot_be_computed() {
        use sha2::Digest;
        let plain = Pseudonym::shown(&Sha256::digest("weekday0000000000000"));
        assert_ne!(name("weekday0000000000000"), plain.to_string());
    }
}
