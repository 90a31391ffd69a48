//! Tribe's ids.

use std::fmt;
use std::str::FromStr;

use uuid::{Builder, Uuid};

/// An id of Tribe: a GUID, written in lower case with hyphens. Tribe: seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Guid(Uuid);

impl Guid {
    /// A version 4 GUID from so many random bits.
    pub(crate) fn from_random(bits: u128) -> Self {
        Self(Builder::from_random_bytes(bits.to_be_bytes()).into_uuid())
    }

    /// The id as a link in a body: `{"ID": "…"}`.
    pub fn as_link(self) -> serde_json::Value {
        serde_json::json!({ "ID": self.to_string() })
    }

    pub(crate) const fn from_bits(bits: u128) -> Self {
        Self(Uuid::from_u128(bits))
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
        self.0.hyphenated().fmt(f)
    }
}

/// The text is no GUID with hyphens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no GUID")]
pub struct NoGuid;

impl FromStr for Guid {
    type Err = NoGuid;

    fn from_str(text: &str) -> Result<Self, NoGuid> {
        // The crate also reads a GUID without hyphens, in brackets, and as a URN; Tribe writes none of these.
        if text.len() != uuid::fmt::Hyphenated::LENGTH {
            return Err(NoGuid);
        }
        Uuid::try_parse(text).map(Self).map_err(|_| NoGuid)
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
