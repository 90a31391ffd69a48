//! Where something stands in a record.

use std::fmt;

use crate::misfit::{At, Log, Wrong};
use crate::node::{Node, member, members};
use crate::tree::Tree;

/// A JSON Pointer (RFC 6901) through objects. Empty is the whole. It never counts rows: the order of a list is no address.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pointer(Vec<String>);

impl Pointer {
    /// Reads a pointer; none where a part of it counts rows, or it does not begin with a slash.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::default());
        }
        let parts = text.strip_prefix('/')?.split('/');
        let parts: Vec<String> = parts.map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
        let counts = |part: &String| part == "-" || part.bytes().all(|byte| byte.is_ascii_digit());
        (!parts.iter().any(counts)).then_some(Self(parts))
    }

    /// The names on the way.
    pub fn parts(&self) -> &[String] {
        &self.0
    }

    /// Whether one is the other, or leads on from it: what is written at one is seen at the other.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0) || other.0.starts_with(&self.0)
    }

    /// The same, further down.
    #[must_use]
    pub fn then(&self, below: &Self) -> Self {
        Self(self.0.iter().chain(&below.0).cloned().collect())
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| write!(f, "/{}", part.replace('~', "~0").replace('/', "~1")))
    }
}

impl fmt::Debug for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

const POINTER: &str = "a JSON Pointer: empty, or names that each follow a slash; it never counts rows";

impl Node for Pointer {
    fn read(tree: Option<&Tree>, at: &At<'_>, log: &mut Log) -> Self {
        let pointer = match tree {
            Some(Tree::Text(text)) => Self::parse(text).ok_or(Wrong::NotA(POINTER)),
            None => Err(Wrong::Missing),
            Some(_) => Err(Wrong::NotA(POINTER)),
        };
        pointer.unwrap_or_else(|wrong| {
            log.wrong(at, wrong);
            Self::default()
        })
    }

    #[cfg(feature = "describe")]
    fn schema(_: &mut crate::definitions::Definitions) -> serde_json::Value {
        serde_json::json!({ "type": "string", "pattern": "^(/(?!-?(/|$)|[0-9]+(/|$)).*)?$" })
    }
}

/// How a value is written where it is no text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Written {
    /// As a JSON text. A number in its place cannot be read.
    #[default]
    Text,
    /// As a JSON number. A text in its place cannot be read.
    Number,
    /// As either; a new value as the record has it, else as a text.
    Either,
}

/// Of a list, the row whose members have these words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// Where the list stands.
    pub list: Pointer,
    /// Members of a row that must have one of these words each.
    pub words: Vec<(Pointer, Vec<String>)>,
    /// Where the value stands in the row.
    pub at: Pointer,
}

/// Where a field stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// At a pointer.
    At(Pointer),
    /// In a row of a list; of several the first in the list.
    Pick(Pick),
}

/// A field: a pointer by itself, or an object that says more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Where it stands.
    pub place: Place,
    /// How it is written.
    pub written: Written,
}

const WRITTEN: &[&str] = &["text", "number", "either"];

impl Node for Written {
    fn read(tree: Option<&Tree>, at: &At<'_>, log: &mut Log) -> Self {
        match tree {
            None => {}
            Some(Tree::Text(word)) if word == "number" => return Self::Number,
            Some(Tree::Text(word)) if word == "either" => return Self::Either,
            Some(Tree::Text(word)) if word == "text" => {}
            Some(_) => log.wrong(at, Wrong::NoneOf(WRITTEN.to_vec())),
        }
        Self::Text
    }

    #[cfg(feature = "describe")]
    fn schema(_: &mut crate::definitions::Definitions) -> serde_json::Value {
        serde_json::json!({ "enum": WRITTEN })
    }
}

impl Node for Field {
    fn read(tree: Option<&Tree>, at: &At<'_>, log: &mut Log) -> Self {
        if let Some(Tree::Text(_)) = tree {
            return Self { place: Place::At(Pointer::read(tree, at, log)), written: Written::Text };
        }
        let tree = members(tree, at, &["at", "list", "where", "as"], log);
        let pointer = member(tree, "at", at, log);
        let written = member(tree, "as", at, log);
        let list: Option<Pointer> = member(tree, "list", at, log);
        let given = tree.and_then(|tree| tree.member("where"));
        let at_words = at.member("where");
        let mut words = Vec::new();
        match given {
            None => {}
            Some(Tree::Object(given)) => {
                for (name, row) in given {
                    let at = at_words.member(name);
                    let pointer = Pointer::parse(name);
                    if pointer.is_none() {
                        log.wrong(&at, Wrong::NotA(POINTER));
                    }
                    let choice: Vec<String> = Vec::read(Some(row), &at, log);
                    if choice.is_empty() {
                        // No row would ever be the one that is meant.
                        log.wrong(&at, Wrong::NotA("a list of words"));
                    }
                    words.push((pointer.unwrap_or_default(), choice));
                }
            }
            Some(_) => log.wrong(&at_words, Wrong::NotA("an object: pointers in a row, and the words for each")),
        }
        if list.is_some() == words.is_empty() {
            let missing = if list.is_some() { "where" } else { "list" };
            log.wrong(&at.member(missing), Wrong::Missing);
        }
        let place = match list {
            Some(list) => Place::Pick(Pick { list, words, at: pointer }),
            None => Place::At(pointer),
        };
        Self { place, written }
    }

    #[cfg(feature = "describe")]
    fn schema(definitions: &mut crate::definitions::Definitions) -> serde_json::Value {
        let words = serde_json::json!({ "type": "array", "items": { "type": "string" }, "minItems": 1 });
        serde_json::json!({ "oneOf": [Pointer::schema(definitions), {
            "type": "object", "additionalProperties": false, "required": ["at"],
            "properties": {
                "at": Pointer::schema(definitions),
                "list": Pointer::schema(definitions),
                "where": { "type": "object", "additionalProperties": words, "minProperties": 1 },
                "as": Written::schema(definitions),
            },
        }] })
    }
}
