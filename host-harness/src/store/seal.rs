//! Sealing of values: XChaCha20-Poly1305 with a random nonce, bound to the place where a value stands.
//!
//! The nonce has 192 bits, so random ones do not repeat in any number of writes. The place is authenticated and not
//! stored: a value that is copied to another office or key does not open there.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::key::MasterKey;
use crate::settings::OfficeNumber;

const NONCE: usize = 24;

/// Where a value stands.
#[derive(Clone, Copy)]
pub(super) enum Place<'a> {
    /// The known text that proves the key.
    Proof,
    /// The settings of an office.
    Office(&'a OfficeNumber),
    /// A value of the component's.
    Value { office: &'a OfficeNumber, key: &'a str },
}

impl Place<'_> {
    /// Never the same for two places: an office number holds no zero byte.
    fn bytes(self) -> Vec<u8> {
        match self {
            Self::Proof => b"proof".to_vec(),
            Self::Office(office) => [b"office\0", office.as_str().as_bytes()].concat(),
            Self::Value { office, key } => [b"value\0", office.as_str().as_bytes(), b"\0", key.as_bytes()].concat(),
        }
    }
}

pub(super) struct Seal {
    cipher: XChaCha20Poly1305,
}

impl Seal {
    pub(super) fn new(key: &MasterKey) -> Self {
        Self { cipher: XChaCha20Poly1305::new(key.bytes().into()) }
    }

    /// The nonce, and after it the sealed value.
    pub(super) fn seal(&self, place: Place<'_>, value: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        #[expect(clippy::expect_used, reason = "an operating system without random bytes cannot keep a secret")]
        getrandom::fill(&mut nonce).expect("random bytes");
        #[expect(clippy::expect_used, reason = "it fails for values above 256 GiB only")]
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: value, aad: &place.bytes() })
            .expect("a value that fits in memory");
        [nonce.as_slice(), &sealed].concat()
    }

    /// The value; none if it was not sealed under this key at this place.
    pub(super) fn open(&self, place: Place<'_>, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: sealed, aad: &place.bytes() };
        self.cipher.decrypt(&XNonce::from(*nonce), payload).ok().map(Zeroizing::new)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn a_value_opens_at_its_place_and_nowhere_else() {
        let seal = Seal::new(&MasterKey::random());
        let (one, two) = ("1".parse().unwrap(), "2".parse().unwrap());
        let here = Place::Value { office: &one, key: "k" };
        let sealed = seal.seal(here, b"canary");
        assert_eq!(seal.open(here, &sealed).unwrap().as_slice(), b"canary");
        for elsewhere in [
            Place::Value { office: &two, key: "k" },
            Place::Value { office: &one, key: "l" },
            Place::Office(&one),
            Place::Proof,
        ] {
            assert!(seal.open(elsewhere, &sealed).is_none());
        }
        assert!(Seal::new(&MasterKey::random()).open(here, &sealed).is_none());
    }

    #[test]
    fn a_flipped_bit_is_seen() {
        let seal = Seal::new(&MasterKey::random());
        let sealed = seal.seal(Place::Proof, b"text");
        for position in 0..sealed.len() {
            let mut flipped = sealed.clone();
            flipped[position] ^= 1;
            assert!(seal.open(Place::Proof, &flipped).is_none(), "byte {position}");
        }
        assert!(seal.open(Place::Proof, b"short").is_none());
    }

    #[test]
    fn the_same_value_never_looks_the_same() {
        let seal = Seal::new(&MasterKey::random());
        assert_ne!(seal.seal(Place::Proof, b"text"), seal.seal(Place::Proof, b"text"));
    }
}
