//! Fingerprints: what a side last said, without saying it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

use crate::ports::Random;
use crate::relation::Presence;

pub(super) const LENGTH: usize = 16;
/// So many bytes of a name and a value are put together without asking for memory.
const SHORT: usize = 128;

/// A keyed hash (BLAKE3) of one field's canonical value.
///
/// Keyed, since a plain hash of a phone number or a postcode is undone by trying them all; and with the field's
/// name in it, so that equal values in two fields do not show.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(#[serde(with = "serde_bytes")] [u8; LENGTH]);

impl Fingerprint {
    pub(super) const fn bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }

    pub(super) fn of_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The fingerprint of an empty field, the same for every field and key.
    pub const EMPTY: Self = Self([0; LENGTH]);

    /// A fingerprint that stands for itself, to try the planner with.
    #[cfg(test)]
    pub(crate) const fn sample(number: u8) -> Self {
        Self([number; LENGTH])
    }
}

impl FromStr for Fingerprint {
    type Err = NoFingerprint;

    /// From hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, NoFingerprint> {
        hex::decode(text).ok().and_then(|bytes| Self::of_bytes(&bytes)).ok_or(NoFingerprint)
    }
}

/// A text that is no fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no fingerprint")]
pub struct NoFingerprint;

/// In hexadecimal digits.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The random key of one office.
#[derive(Clone, Serialize, Deserialize)]
#[serde(from = "ByteArray<32>", into = "ByteArray<32>")]
pub struct FingerprintKey([u8; 32]);

impl FingerprintKey {
    /// A new key. A lost key makes every fingerprint worthless, but no link.
    pub fn generate(random: &dyn Random) -> Self {
        let mut key = [0; 32];
        random.fill(&mut key);
        Self(key)
    }

    /// The fingerprint of what a side says about a field, given in canonical form; none if it says nothing that can be
    /// read.
    pub fn fingerprint(&self, field: &str, canonical: &Presence) -> Option<Fingerprint> {
        match canonical {
            Presence::Absent | Presence::Unreadable => None,
            Presence::Empty => Some(Fingerprint::EMPTY),
            Presence::Present(text) => Some(self.hash(field, text)),
        }
    }

    /// Of the name and the text, with a byte between them that stands in neither.
    fn hash(&self, field: &str, text: &str) -> Fingerprint {
        let pieces = [field.as_bytes(), &[0], text.as_bytes()];
        let mut short = [0; SHORT];
        let hash = match fill(&mut short, &pieces) {
            Some(said) => blake3::keyed_hash(&self.0, said),
            None => blake3::keyed_hash(&self.0, &pieces.concat()),
        };
        let mut fingerprint = [0; LENGTH];
        fingerprint.iter_mut().zip(hash.as_bytes()).for_each(|(byte, of)| *byte = *of);
        Fingerprint(fingerprint)
    }
}

/// The pieces one after the other in that place; none if they do not fit.
fn fill<'p>(place: &'p mut [u8], pieces: &[&[u8]]) -> Option<&'p [u8]> {
    let mut filled = 0;
    for piece in pieces {
        place.get_mut(filled..filled + piece.len())?.copy_from_slice(piece);
        filled += piece.len();
    }
    place.get(..filled)
}

impl fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FingerprintKey(…)")
    }
}

impl From<ByteArray<32>> for FingerprintKey {
    fn from(key: ByteArray<32>) -> Self {
        Self(key.into_array())
    }
}

impl From<FingerprintKey> for ByteArray<32> {
    fn from(key: FingerprintKey) -> Self {
        Self::new(key.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::stored;

    fn key(seed: u8) -> FingerprintKey {
        struct Seeded(u8);
        impl Random for Seeded {
            fn fill(&self, buffer: &mut [u8]) {
                buffer.fill(self.0);
            }
        }
        FingerprintKey::generate(&Seeded(seed))
    }

    fn fingerprint(key: &FingerprintKey, field: &str, text: &str) -> Fingerprint {
        key.fingerprint(field, &Presence::of(text)).unwrap()
    }

    #[test]
    fn a_fingerprint_depends_on_the_key_the_field_and_the_value() {
        let first = fingerprint(&key(1), "phone", "+31205550123");
        assert_eq!(first, fingerprint(&key(1), "phone", "+31205550123"));
        assert_ne!(first, fingerprint(&key(2), "phone", "+31205550123"));
        assert_ne!(first, fingerprint(&key(1), "mobile", "+31205550123"));
        assert_ne!(first, fingerprint(&key(1), "phone", "+31205550124"));
    }

    #[test]
    fn long_values_have_fingerprints_as_short_ones_do() {
        let of_length = |length| fingerprint(&key(1), "name", &"a".repeat(length));
        let all: std::collections::BTreeSet<Fingerprint> = (1..300).map(of_length).collect();
        assert_eq!(all.len(), 299);
        let room = fill(&mut [0; 8], &[b"ab", b"", b"cdefgh"]).map(<[u8]>::to_vec);
        assert_eq!(room.as_deref(), Some(b"abcdefgh".as_slice()));
        assert_eq!(fill(&mut [0; 7], &[b"ab", b"cdefgh"]), None);
    }

    #[test]
    fn absent_and_unreadable_have_none_and_empty_has_one_of_its_own() {
        assert_eq!(key(1).fingerprint("phone", &Presence::Absent), None);
        assert_eq!(key(1).fingerprint("phone", &Presence::Unreadable), None);
        assert_eq!(key(1).fingerprint("phone", &Presence::Empty), Some(Fingerprint::EMPTY));
        assert_ne!(fingerprint(&key(1), "phone", "0"), Fingerprint::EMPTY);
    }

    #[test]
    fn a_fingerprint_and_a_key_survive_being_stored() {
        fn again<T: Serialize + for<'de> Deserialize<'de>>(value: &T) -> T {
            stored::of_bytes(&stored::to_bytes(value).unwrap()).unwrap()
        }
        let fingerprint = fingerprint(&key(7), "phone", "1");
        assert_eq!(again(&fingerprint), fingerprint);
        assert_eq!(again(&key(7)).fingerprint("phone", &Presence::of("1")), Some(fingerprint));
        assert!(stored::of_bytes::<Fingerprint>(&stored::to_bytes(&"zz").unwrap()).is_err());
    }
}
