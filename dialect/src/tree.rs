//! A document as it was written: JSON without its blanks.
//!
//! The component reads a document once per call. Types with a reader derived for each of them would cost it a tenth of its
//! size; this tree is read by one, and the types take what they know from it ([`crate::node`]).

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::misfit::{At, Log, Wrong};

/// One value of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// `null`.
    Null,
    /// `true` or `false`.
    Truth(bool),
    /// A whole number that is not negative: a document has no use for others.
    Number(u64),
    /// Any other number, which can stand nowhere: kept so that its place can be told.
    OtherNumber,
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Tree>),
    /// An object, its members in their order. One that stands there twice is there twice, so that its place can be told.
    Object(Vec<(String, Tree)>),
}

impl Tree {
    /// Reads a document's text.
    ///
    /// # Errors
    /// It is no JSON.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// A member of an object.
    pub fn member(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Tells a number that no document has, and a member that stands twice: wherever it is, remarks included.
    pub(crate) fn check(&self, at: &At<'_>, log: &mut Log) {
        match self {
            Self::OtherNumber => log.wrong(at, Wrong::NotA("a whole number from 0 to 18446744073709551615")),
            Self::List(rows) => {
                rows.iter().enumerate().for_each(|(place, row)| row.check(&at.member(&place.to_string()), log));
            }
            Self::Object(members) => {
                let mut seen = BTreeSet::new();
                for (name, value) in members {
                    let at = at.member(name);
                    if !seen.insert(name) {
                        log.wrong(&at, Wrong::Twice);
                    }
                    value.check(&at, log);
                }
            }
            Self::Null | Self::Truth(_) | Self::Number(_) | Self::Text(_) => {}
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Tree;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_unit<E: Error>(self) -> Result<Tree, E> {
                Ok(Tree::Null)
            }

            fn visit_bool<E: Error>(self, truth: bool) -> Result<Tree, E> {
                Ok(Tree::Truth(truth))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Tree, E> {
                Ok(Tree::Number(number))
            }

            fn visit_i64<E: Error>(self, _: i64) -> Result<Tree, E> {
                Ok(Tree::OtherNumber)
            }

            fn visit_f64<E: Error>(self, _: f64) -> Result<Tree, E> {
                Ok(Tree::OtherNumber)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Tree, E> {
                Ok(Tree::Text(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Tree, A::Error> {
                let mut list = Vec::new();
                while let Some(row) = rows.next_element()? {
                    list.push(row);
                }
                Ok(Tree::List(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
                let mut members: Vec<(String, Tree)> = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Tree::Object(members))
            }
        }

        deserializer.deserialize_any(Any)
    }
}
