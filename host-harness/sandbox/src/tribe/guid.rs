//! Tribe's ids.

use std::fmt;
use std::str::FromStr;

/// An id of Tribe: a GUID, written in lower case with hyphens. Tribe: seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Guid(u128);

impl Guid {
    /// A version 4 GUID from so many random bits.
    pub(crate) fn from_random(bits: u128) -> Self {
        let version = bits & !(0xf << 76) | (0x4 << 76);
        Self(version & !(0x3 << 62) | (0x2 << 62))
    }

    /// The id as a link in a body: `{"ID": "…"}`.
    pub fn as_link(self) -> serde_json::Value {
        serde_json::json!({ "ID": self.to_string() })
    }

    pub(crate) const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// The name of a custom type or field on the wire: `-` becomes `__`, and a leading `_` stands before a digit.
    /// Tribe: seen (the documentation says that the `_` is always there).
    pub fn wire_name(self) -> String {
        let name = self.to_string().replace('-', "__");
        if name.starts_with(|first: char| first.is_ascii_digit()) { format!("_{name}") } else { name }
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e] =
            [(96, 32), (80, 16), (64, 16), (48, 16), (0, 48)].map(|(shift, bits)| self.0 >> shift & ((1 << bits) - 1));
        write!(f, "{a:08x}-{b:04x}-{c:04x}-{d:04x}-{e:012x}")
    }
}

/// The text is no GUID with hyphens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no GUID")]
pub struct NoGuid;

impl FromStr for Guid {
    type Err = NoGuid;

    fn from_str(text: &str) -> Result<Self, NoGuid> {
        let bytes = text.as_bytes();
        let hyphens = [8, 13, 18, 23];
        let shape = bytes.len() == 36
            && bytes
                .iter()
                .enumerate()
                .all(|(place, byte)| if hyphens.contains(&place) { *byte == b'-' } else { byte.is_ascii_hexdigit() });
        if !shape {
            return Err(NoGuid);
        }
        u128::from_str_radix(&text.replace('-', ""), 16).map(Self).map_err(|_| NoGuid)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_guid_is_read_and_written_the_same() {
        let text = "b724d383-bb70-480a-b03d-512b9aaec15a";
        assert_eq!(text.parse::<Guid>().unwrap().to_string(), text);
        assert_eq!(text.to_uppercase().parse::<Guid>().unwrap().to_string(), text);
        assert_eq!("b724d383bb70480ab03d512b9aaec15a".parse::<Guid>(), Err(NoGuid));
        assert_eq!("+724d383-bb70-480a-b03d-512b9aaec15a".parse::<Guid>(), Err(NoGuid));
    }

    #[test]
    fn a_custom_name_gets_an_underscore_only_before_a_digit() {
        let name = |text: &str| text.parse::<Guid>().unwrap().wire_name();
        assert_eq!(name("e0d6534a-cc84-4cf7-bdc5-d32f9311c09e"), "e0d6534a__cc84__4cf7__bdc5__d32f9311c09e");
        assert_eq!(name("9ecc8d21-f69a-4f4c-a239-5db7a5f21ddd"), "_9ecc8d21__f69a__4f4c__a239__5db7a5f21ddd");
    }
}
