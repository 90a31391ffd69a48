//! Ids. An AdvocaatCentraal id is not a Tribe id, and a relation's is not a contact person's.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! opaque_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is: "0012" and "12" are two ids.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

opaque_id! {
    /// AdvocaatCentraal's id of a relation, a company or a private person.
    RelatieId
}

opaque_id! {
    /// AdvocaatCentraal's id of a contact person.
    ContactpersoonId
}

opaque_id! {
    /// AdvocaatCentraal's id of a relation type.
    RelatietypeId
}

/// Tribe's id of an entity, a relationship or a datastore row: a GUID.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TribeId(String);

impl TribeId {
    /// Reads a GUID with hyphens, in any case. Tribe: seen (lower case).
    pub fn parse(text: &str) -> Option<Self> {
        let groups: Vec<&str> = text.split('-').collect();
        let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
        let hexadecimal = groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()));
        (lengths == [8, 4, 4, 4, 12] && hexadecimal).then(|| Self(text.to_ascii_lowercase()))
    }

    /// The GUID in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<TribeId> for String {
    fn from(id: TribeId) -> Self {
        id.0
    }
}

impl TryFrom<String> for TribeId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("no GUID")
    }
}

impl fmt::Display for TribeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_is_one_whatever_its_case() {
        let lower = TribeId::parse("b724d383-bb70-480a-b03d-512b9aaec15a");
        assert!(lower.is_some());
        assert_eq!(lower, TribeId::parse("B724D383-BB70-480A-B03D-512B9AAEC15A"));
    }

    #[test]
    fn what_is_no_guid_is_refused() {
        for text in ["", "1001", "b724d383bb70480ab03d512b9aaec15a", "b724d383-bb70-480a-b03d-512b9aaec15", "'; or 1"] {
            assert_eq!(TribeId::parse(text), None, "{text}");
        }
    }
}
