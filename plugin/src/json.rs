//! JSON as a tree. Numbers stay as they were written, so that none is rounded on its way.
//!
//! `serde_json` reads and writes the texts; its own tree would bring along the tables of floating-point numbers and a
//! B-tree, a twentieth of the component.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// How deep a text may be nested; what is deeper is not read.
const DEEPEST: usize = 64;

/// One value.
#[derive(Clone, PartialEq, Eq)]
pub enum Json {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A number, as it was written.
    Number(String),
    /// A text.
    Text(String),
    /// Several values.
    List(Vec<Json>),
    /// Values by name.
    Object(Object),
}

/// Values by name, in their order.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Object {
    members: Vec<(String, Json)>,
}

impl Json {
    /// Reads a text; none if it is no JSON, or holds half a surrogate pair.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let raw: &RawValue = serde_json::from_slice(text).ok()?;
        Self::of(raw, DEEPEST)
    }

    fn of(raw: &RawValue, depth: usize) -> Option<Self> {
        let (text, depth) = (raw.get(), depth.checked_sub(1)?);
        Some(match text.as_bytes().first()? {
            b'n' => Self::Null,
            b't' => Self::Bool(true),
            b'f' => Self::Bool(false),
            b'"' => Self::Text(string(text)?),
            b'[' => Self::List(values(text)?.iter().map(|value| Self::of(value, depth)).collect::<Option<_>>()?),
            b'{' => {
                let members = members(text.as_bytes())?.into_iter();
                let members = members.map(|(name, value)| Some((name, Self::of(&value, depth)?)));
                Self::Object(Object { members: members.collect::<Option<_>>()? })
            }
            _ => Self::Number(text.to_owned()),
        })
    }

    /// A member of an object.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_object()?.get(name)
    }

    /// True or false.
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(*value) } else { None }
    }

    /// A text.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The values of a list.
    pub fn as_list(&self) -> Option<&[Self]> {
        if let Self::List(values) = self { Some(values) } else { None }
    }

    /// An object.
    pub fn as_object(&self) -> Option<&Object> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }

    /// A whole number that is not negative.
    pub fn as_u64(&self) -> Option<u64> {
        if let Self::Number(text) = self { text.parse().ok() } else { None }
    }

    /// A number, whole or not.
    pub fn as_f64(&self) -> Option<f64> {
        // By this reader, which is here anyway: the one of `f64` would bring 15 KB of tables along.
        if let Self::Number(text) = self { serde_json::from_slice(text.as_bytes()).ok() } else { None }
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(true) => out.push_str("true"),
            Self::Bool(false) => out.push_str("false"),
            Self::Number(text) => out.push_str(text),
            Self::Text(text) => quote(text, out),
            Self::List(values) => {
                out.push('[');
                for (place, value) in values.iter().enumerate() {
                    if place > 0 {
                        out.push(',');
                    }
                    value.write(out);
                }
                out.push(']');
            }
            Self::Object(object) => {
                out.push('{');
                for (place, (name, value)) in object.members.iter().enumerate() {
                    if place > 0 {
                        out.push(',');
                    }
                    quote(name, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

impl Object {
    /// The member; of several of one name the last, as most readers have it.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.members.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Sets a member, in the place of one of that name.
    pub fn set(&mut self, name: &str, value: impl Into<Json>) {
        self.put(name, value.into());
    }

    fn put(&mut self, name: &str, value: Json) {
        match self.members.iter_mut().rev().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => self.members.push((name.to_owned(), value)),
        }
    }

    /// Takes a member out.
    pub fn take(&mut self, name: &str) -> Option<Json> {
        let place = self.members.iter().rposition(|(known, _)| known == name)?;
        Some(self.members.remove(place).1)
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The members.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.members.iter().map(|(name, value)| (name.as_str(), value))
    }
}

/// Of two members of one name the later stays.
impl Extend<(String, Json)> for Object {
    fn extend<I: IntoIterator<Item = (String, Json)>>(&mut self, members: I) {
        for (name, value) in members {
            self.put(&name, value);
        }
    }
}

impl FromIterator<(String, Json)> for Object {
    fn from_iter<I: IntoIterator<Item = (String, Json)>>(members: I) -> Self {
        Self { members: members.into_iter().collect() }
    }
}

impl IntoIterator for Object {
    type Item = (String, Json);
    type IntoIter = std::vec::IntoIter<(String, Json)>;

    fn into_iter(self) -> Self::IntoIter {
        self.members.into_iter()
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

macro_rules! from_numbers {
    ($($number:ty),*) => {
        $(impl From<$number> for Json {
            fn from(number: $number) -> Self {
                Self::Number(number.to_string())
            }
        })*
    };
}

from_numbers!(u32, u64, usize);

impl From<Object> for Json {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl<T: Into<Json>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, T::into)
    }
}

/// As a text without spaces.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text);
        f.write_str(&text)
    }
}

/// Without what it holds, which may be a client's.
impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Bool(_) => "a truth value",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        })
    }
}

/// The text that a JSON text in quotes stands for; none if it holds half a surrogate pair.
pub(crate) fn string(text: &str) -> Option<String> {
    serde_json::from_slice(text.as_bytes()).ok()
}

/// The values of a list, each as it was received.
pub(crate) fn values(text: &str) -> Option<Vec<Box<RawValue>>> {
    serde_json::from_slice(text.as_bytes()).ok()
}

/// The members of an object, each as it was received.
pub(crate) fn members(text: &[u8]) -> Option<Vec<(String, Box<RawValue>)>> {
    let Members(members) = serde_json::from_slice(text).ok()?;
    Some(members)
}

/// Adds a text in quotes.
pub(crate) fn quote(text: &str, out: &mut String) {
    // It fails for no text.
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

/// A map would lose the order, and one of two members of one name.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
