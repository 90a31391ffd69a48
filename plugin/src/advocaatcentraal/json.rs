//! JSON that stays as it was received.
//!
//! `PUT` replaces the whole record (A8), so everything that the connector does not know goes back with it. A number
//! such as `195.10` or one with twenty digits must not come back rounded: members are kept as the bytes they were,
//! and only those that are changed are written anew.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use crate::answer::Failure;

/// An object: its members in their order.
#[derive(Clone, Default)]
pub struct Object {
    members: Vec<(String, Box<RawValue>)>,
}

/// One value, as far as a reader needs to tell values apart.
pub(super) enum Json<'a> {
    Null,
    Text(String),
    /// A number or a truth value, as it was written.
    Scalar(&'a str),
    List(Vec<Box<RawValue>>),
    Object(Object),
    /// Not readable: text with half a surrogate pair, for instance.
    Broken,
}

impl<'a> Json<'a> {
    pub(super) fn of(raw: &'a RawValue) -> Self {
        let text = raw.get();
        let read = match text.as_bytes().first() {
            Some(b'n') => Some(Self::Null),
            Some(b'"') => serde_json::from_str(text).ok().map(Self::Text),
            Some(b'[') => serde_json::from_str(text).ok().map(Self::List),
            Some(b'{') => serde_json::from_str(text).ok().map(Self::Object),
            _ => Some(Self::Scalar(text)),
        };
        read.unwrap_or(Self::Broken)
    }
}

impl Object {
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    pub(super) fn of(raw: &RawValue) -> Option<Self> {
        match Json::of(raw) {
            Json::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The member; of several of one name the last, as most readers have it.
    pub(super) fn get(&self, name: &str) -> Option<&RawValue> {
        self.members.iter().rev().find(|(key, _)| key == name).map(|(_, value)| &**value)
    }

    /// A list. Absent says nothing, null says that it is empty (F51), another shape is not understood.
    pub(super) fn list(&self, name: &str) -> Result<Option<Vec<Box<RawValue>>>, NotAList> {
        match self.get(name).map(Json::of) {
            None => Ok(None),
            Some(Json::Null) => Ok(Some(Vec::new())),
            Some(Json::List(rows)) => Ok(Some(rows)),
            Some(_) => Err(NotAList),
        }
    }

    pub(super) fn set_text(&mut self, name: &str, text: Option<&str>) -> Result<(), Failure> {
        self.set(name, &text)
    }

    #[cfg(feature = "mutants")]
    pub(super) fn retain(&mut self, stays: impl Fn(&str) -> bool) {
        self.members.retain(|(name, _)| stays(name));
    }

    pub(super) fn set(&mut self, name: &str, value: &impl Serialize) -> Result<(), Failure> {
        let value = raw(value)?;
        match self.members.iter_mut().rev().find(|(key, _)| key == name) {
            Some((_, old)) => *old = value,
            None => self.members.push((name.to_owned(), value)),
        }
        Ok(())
    }

    pub(super) fn to_text(&self) -> String {
        serde_json::to_string(&self.members).unwrap_or_default()
    }

    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, Failure> {
        serde_json::to_vec(self).map_err(|_| Failure::NotUnderstood)
    }
}

/// Something else stands where a list was expected.
pub(super) struct NotAList;

/// Writes a value. It fails only for what JSON cannot say, which none of our values is.
pub(super) fn raw(value: &impl Serialize) -> Result<Box<RawValue>, Failure> {
    to_raw_value(value).map_err(|_| Failure::NotUnderstood)
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Object { members })
            }
        }

        deserializer.deserialize_map(Members)
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.members.len()))?;
        for (name, value) in &self.members {
            map.serialize_entry(name, value)?;
        }
        map.end()
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
        assert_eq!(object.to_bytes().unwrap(), received.as_bytes());
        object.set_text("naam", Some("nieuw")).unwrap();
        let expected = received.replace(r#""E\u00eb""#, r#""nieuw""#);
        assert_eq!(object.to_bytes().unwrap(), expected.as_bytes());
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
