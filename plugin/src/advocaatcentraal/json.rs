//! JSON that stays as it was received.
//!
//! `PUT` replaces the whole record (A8), so everything that the connector does not know goes back with it. A number
//! such as `195.10` or one with twenty digits must not come back rounded: members are kept as the bytes they were,
//! and only those that are changed are written anew.

use std::borrow::Cow;
use std::fmt;

use dialect::Pointer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use crate::answer::Failure;

/// An object: its members in their order.
#[derive(Clone, Default)]
pub(super) struct Object {
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
            Some(b'[') => values(text.as_bytes()).map(Self::List),
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

    /// The names of its members, in their order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|(name, _)| name.as_str())
    }

    /// What stands at a pointer. Below null there is null; below what is no object there is nothing that can be read.
    pub(super) fn at(&self, pointer: &Pointer) -> Result<Option<Cow<'_, RawValue>>, Odd> {
        self.below(pointer.parts())
    }

    fn below(&self, parts: &[String]) -> Result<Option<Cow<'_, RawValue>>, Odd> {
        let Some((first, rest)) = parts.split_first() else {
            return Ok(self.to_value().ok().map(Cow::Owned));
        };
        let Some(value) = self.get(first) else { return Ok(None) };
        if rest.is_empty() {
            return Ok(Some(Cow::Borrowed(value)));
        }
        match Value::of(value) {
            Value::Null => Ok(Some(Cow::Borrowed(value))),
            Value::Object(inner) => Ok(inner.below(rest)?.map(|found| Cow::Owned(found.into_owned()))),
            _ => Err(Odd),
        }
    }

    /// The object at a pointer.
    pub(super) fn object(&self, pointer: &Pointer) -> Option<Self> {
        match pointer.parts() {
            [] => Some(self.clone()),
            _ => Self::of(&self.at(pointer).ok()??),
        }
    }

    /// The list at a pointer. Absent says nothing, null says that it is empty (F51), another shape is not understood.
    pub(super) fn list(&self, pointer: &Pointer) -> Result<Option<Vec<Box<RawValue>>>, Odd> {
        match self.at(pointer)?.as_deref().map(Value::of) {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(Vec::new())),
            Some(Value::List(rows)) => Ok(Some(rows)),
            Some(_) => Err(Odd),
        }
    }

    /// Puts a value at a pointer; objects on the way that are not there, or null, are made. It fails where something else
    /// stands on the way.
    pub(super) fn put(&mut self, pointer: &Pointer, written: String) -> Result<(), Failure> {
        self.put_below(pointer.parts(), raw(written)?)
    }

    fn put_below(&mut self, parts: &[String], written: Box<RawValue>) -> Result<(), Failure> {
        let Some((first, rest)) = parts.split_first() else {
            *self = Self::of(&written).ok_or(Failure::NotUnderstood)?;
            return Ok(());
        };
        let value = if rest.is_empty() {
            written
        } else {
            let mut inner = match self.get(first).map(Value::of) {
                None | Some(Value::Null) => Self::default(),
                Some(Value::Object(inner)) => inner,
                Some(_) => return Err(Failure::NotUnderstood),
            };
            inner.put_below(rest, written)?;
            inner.to_value()?
        };
        match self.members.iter_mut().rev().find(|(key, _)| key == first) {
            Some((_, old)) => *old = value,
            None => self.members.push((first.clone(), value)),
        }
        Ok(())
    }

    /// Puts a list at a pointer.
    pub(super) fn put_list(&mut self, pointer: &Pointer, values: &[Box<RawValue>]) -> Result<(), Failure> {
        let list = to_raw_value(values).map_err(|_| Failure::NotUnderstood)?;
        self.put_below(pointer.parts(), list)
    }

    /// Leaves a member out.
    pub(super) fn remove(&mut self, pointer: &Pointer) {
        self.remove_below(pointer.parts());
    }

    fn remove_below(&mut self, parts: &[String]) {
        match parts {
            [] => {}
            [name] => self.members.retain(|(key, _)| key != name),
            [first, rest @ ..] => {
                if let Some(mut inner) = self.get(first).and_then(Self::of) {
                    inner.remove_below(rest);
                    // What was an object is one still.
                    let _ = inner.to_value().and_then(|value| self.put_below(std::slice::from_ref(first), value));
                }
            }
        }
    }

    /// Whether nothing stands in it.
    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// As it is sent.
    pub(super) fn to_text(&self) -> String {
        // It fails for no object: its members are JSON already.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// As a value of another object.
    pub(super) fn to_value(&self) -> Result<Box<RawValue>, Failure> {
        to_raw_value(self).map_err(|_| Failure::NotUnderstood)
    }
}

/// Something else stands where a list or an object was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Odd;

/// A text as it is written; none is null.
pub(super) fn written(text: Option<&str>) -> String {
    // It fails for no text.
    serde_json::to_string(&text).unwrap_or_default()
}

/// It fails only for what is no JSON, which none of what is written here is.
fn raw(written: String) -> Result<Box<RawValue>, Failure> {
    RawValue::from_string(written).map_err(|_| Failure::NotUnderstood)
}

/// The text that a JSON text in quotes stands for; none if it holds half a surrogate pair.
fn string(text: &str) -> Option<String> {
    serde_json::from_slice(text.as_bytes()).ok()
}

/// The values of a list, each as it was received.
pub(super) fn values(text: &[u8]) -> Option<Vec<Box<RawValue>>> {
    serde_json::from_slice(text).ok()
}

/// The members of an object, each as it was received.
fn members(text: &[u8]) -> Option<Vec<(String, Box<RawValue>)>> {
    let Members(members) = serde_json::from_slice(text).ok()?;
    Some(members)
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.members.iter().map(|(name, value)| (name, value)))
    }
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

    fn at(pointer: &str) -> Pointer {
        Pointer::parse(pointer).unwrap()
    }

    #[test]
    fn what_stands_deeper_is_found_put_and_left_out_without_touching_the_rest() {
        let mut object = Object::parse(br#"{"a":{"b":{"c":1.50}},"n":null,"t":"x"}"#).unwrap();
        assert_eq!(object.at(&at("/a/b/c")).unwrap().unwrap().get(), "1.50");
        assert!(object.at(&at("/a/x/c")).unwrap().is_none());
        assert_eq!(object.at(&at("/n/x")).unwrap().unwrap().get(), "null", "below null there is null");
        assert!(object.at(&at("/t/x")).is_err(), "a text is no object");
        object.put(&at("/n/x"), written(Some("y"))).unwrap();
        object.put(&at("/new/deep"), "2".to_owned()).unwrap();
        assert!(object.put(&at("/t/x"), written(None)).is_err());
        object.remove(&at("/a/b/c"));
        assert_eq!(object.to_text(), r#"{"a":{"b":{}},"n":{"x":"y"},"t":"x","new":{"deep":2}}"#);
    }

    #[test]
    fn what_is_not_changed_goes_back_byte_for_byte() {
        let received =
            r#"{"tarief":195.10,"groot":123456789012345678901234567890,"naam":"E\u00eb","rest":{ "a" : 1.0 }}"#;
        let mut object = Object::parse(received.as_bytes()).unwrap();
        assert_eq!(object.to_text(), received);
        object.put(&at("/naam"), written(Some("nieuw"))).unwrap();
        let expected = received.replace(r#""E\u00eb""#, r#""nieuw""#);
        assert_eq!(object.to_text(), expected);
    }

    #[test]
    fn of_two_members_of_one_name_the_last_is_read_and_changed() {
        let mut object = Object::parse(br#"{"a":"1","a":"2"}"#).unwrap();
        assert_eq!(object.get("a").unwrap().get(), "\"2\"");
        object.put(&at("/a"), written(None)).unwrap();
        assert_eq!(object.get("a").unwrap().get(), "null");
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for body in ["", "[]", "\"text\"", "<html></html>", "{\"a\":}", "{} {}"] {
            assert!(Object::parse(body.as_bytes()).is_none(), "{body}");
        }
    }
}
