//! JSON that stays as it was received.
//!
//! `PUT` replaces the whole record (A8), so everything that the connector does not know goes back with it. A number
//! such as `195.10` or one with twenty digits must not come back rounded: members are kept as the bytes they were,
//! and only those that are changed are written anew.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::answer::Failure;

/// An object: its members in their order.
#[derive(Clone, Default)]
pub struct Object {
    members: Vec<(String, Box<RawValue>)>,
}

/// One value, as far as a reader needs to tell values apart.
pub(super) enum Value<'a> {
    Null,
    Text(String),
    /// A number or a truth value, as it was written.
    Scalar(&'a str),
    List(Vec<Box<RawValue>>),
    Object(Object),
    /// Not readable: text with half a surrogate pair, for instance.
    Broken,
}

impl<'a> Value<'a> {
    pub(super) fn of(raw: &'a RawValue) -> Self {
        let text = raw.get();
        let read = match text.as_bytes().first() {
            Some(b'n') => Some(Self::Null),
            Some(b'"') => string(text).map(Self::Text),
            Some(b'[') => values(text).map(Self::List),
            Some(b'{') => Object::parse(text.as_bytes()).map(Self::Object),
            _ => Some(Self::Scalar(text)),
        };
        read.unwrap_or(Self::Broken)
    }
}

impl Object {
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        members(body).map(|members| Self { members })
    }

    pub(super) fn of(raw: &RawValue) -> Option<Self> {
        match Value::of(raw) {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The member; of several of one name the last, as most readers have it.
    pub(super) fn get(&self, name: &str) -> Option<&RawValue> {
        self.members.iter().rev().find(|(key, _)| key == name).map(|(_, value)| &**value)
    }

    /// A list. Absent says nothing, null says that it is empty (F51), another shape is not understood.
    pub(super) fn list(&self, name: &str) -> Result<Option<Vec<Box<RawValue>>>, NotAList> {
        match self.get(name).map(Value::of) {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(Vec::new())),
            Some(Value::List(rows)) => Ok(Some(rows)),
            Some(_) => Err(NotAList),
        }
    }

    /// Sets or empties a text.
    pub(super) fn set_text(&mut self, name: &str, text: Option<&str>) -> Result<(), Failure> {
        let mut written = String::new();
        match text {
            Some(text) => quote(text, &mut written),
            None => written.push_str("null"),
        }
        self.set(name, written)
    }

    /// Sets a list.
    pub(super) fn set_list(&mut self, name: &str, values: &[Box<RawValue>]) -> Result<(), Failure> {
        let values: Vec<&str> = values.iter().map(|value| value.get()).collect();
        self.set(name, format!("[{}]", values.join(",")))
    }

    fn set(&mut self, name: &str, written: String) -> Result<(), Failure> {
        let value = raw(written)?;
        match self.members.iter_mut().rev().find(|(key, _)| key == name) {
            Some((_, old)) => *old = value,
            None => self.members.push((name.to_owned(), value)),
        }
        Ok(())
    }

    /// As it is sent.
    pub(super) fn to_text(&self) -> String {
        let mut text = String::from("{");
        for (name, value) in &self.members {
            if text.len() > 1 {
                text.push(',');
            }
            quote(name, &mut text);
            text.push(':');
            text.push_str(value.get());
        }
        text.push('}');
        text
    }

    /// As a value of another object.
    pub(super) fn to_value(&self) -> Result<Box<RawValue>, Failure> {
        raw(self.to_text())
    }
}

/// Something else stands where a list was expected.
pub(super) struct NotAList;

/// It fails only for what is no JSON, which none of what is written here is.
fn raw(written: String) -> Result<Box<RawValue>, Failure> {
    RawValue::from_string(written).map_err(|_| Failure::NotUnderstood)
}

/// The text that a JSON text in quotes stands for; none if it holds half a surrogate pair.
fn string(text: &str) -> Option<String> {
    serde_json::from_slice(text.as_bytes()).ok()
}

/// The values of a list, each as it was received.
fn values(text: &str) -> Option<Vec<Box<RawValue>>> {
    serde_json::from_slice(text.as_bytes()).ok()
}

/// The members of an object, each as it was received.
fn members(text: &[u8]) -> Option<Vec<(String, Box<RawValue>)>> {
    let Members(members) = serde_json::from_slice(text).ok()?;
    Some(members)
}

/// Adds a text in quotes.
fn quote(text: &str, out: &mut String) {
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
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_not_changed_goes_back_byte_for_byte() {
        let received =
            r#"{"tarief":195.10,"groot":123456789012345678901234567890,"naam":"E\u00eb","rest":{ "a" : 1.0 }}"#;
        let mut object = Object::parse(received.as_bytes()).unwrap();
        assert_eq!(object.to_text(), received);
        object.set_text("naam", Some("nieuw")).unwrap();
        let expected = received.replace(r#""E\u00eb""#, r#""nieuw""#);
        assert_eq!(object.to_text(), expected);
    }

    #[test]
    fn of_two_members_of_one_name_the_last_is_read_and_changed() {
        let mut object = Object::parse(br#"{"a":"1","a":"2"}"#).unwrap();
        assert_eq!(object.get("a").unwrap().get(), "\"2\"");
        object.set_text("a", None).unwrap();
        assert_eq!(object.get("a").unwrap().get(), "null");
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for body in ["", "[]", "\"text\"", "<html></html>", "{\"a\":}", "{} {}"] {
            assert!(Object::parse(body.as_bytes()).is_none(), "{body}");
        }
    }
}
