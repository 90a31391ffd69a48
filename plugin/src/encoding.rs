//! How the connector's own values stand in the store: as JSON, by hand.
//!
//! A derived reader takes its values from any format, in any order, and is written out anew for each type: those of
//! thirty small types were a sixth of the component. Here a text is parsed once, into a tree, and the types take
//! their members from it.

use std::collections::{BTreeMap, BTreeSet};

use crate::json::{Json, Object};
use crate::relation::{ContactpersoonId, Instant, RelatieId, TribeId};

/// A value that can be stored.
pub trait Encoded: Sized {
    /// As JSON.
    fn encode(&self) -> Json;

    /// From JSON; none if it is not what was stored.
    fn decode(json: &Json) -> Option<Self>;
}

/// A value that is stored as a text.
pub trait EncodedAsText: Sized {
    /// As a text.
    fn to_text(&self) -> String;

    /// From a text; none if it is not what was stored.
    fn of_text(text: &str) -> Option<Self>;
}

/// A value that can be the key of a map: JSON knows no other keys than texts.
pub trait Key: Ord + Sized {
    /// As a key.
    fn to_key(&self) -> String;

    /// From a key; none if it is not what was stored.
    fn of_key(key: &str) -> Option<Self>;
}

/// The bytes of a value, for the store.
pub fn to_bytes(value: &impl Encoded) -> Vec<u8> {
    value.encode().to_string().into_bytes()
}

/// A value from the bytes in the store; none if they are not what was stored.
pub fn of_bytes<T: Encoded>(bytes: &[u8]) -> Option<T> {
    T::decode(&Json::parse(bytes)?)
}

/// A member that must be there, though it may be `null` where its type says so.
pub(crate) fn member<T: Encoded>(object: &Json, name: &str) -> Option<T> {
    T::decode(object.get(name)?)
}

/// A member that is left out where it says nothing.
pub(crate) fn member_or_default<T: Encoded + Default>(object: &Json, name: &str) -> Option<T> {
    object.get(name).map_or_else(|| Some(T::default()), T::decode)
}

/// Adds a member, unless it says nothing.
pub(crate) fn add_unless_empty(object: &mut Object, name: &str, value: Json) {
    let empty = match &value {
        Json::Null => true,
        Json::List(values) => values.is_empty(),
        Json::Object(members) => members.is_empty(),
        Json::Bool(_) | Json::Number(_) | Json::Text(_) => false,
    };
    if !empty {
        object.set(name, value);
    }
}

/// A struct is stored as an object of its fields. Those behind the semicolon are left out where they say nothing.
macro_rules! encoded_as_object {
    ($type:ty { $($field:ident),* $(; $($optional:ident),*)? }) => {
        impl $crate::encoding::Encoded for $type {
            fn encode(&self) -> $crate::json::Json {
                let mut members = $crate::json::Object::default();
                $(members.set(stringify!($field), $crate::encoding::Encoded::encode(&self.$field));)*
                $($($crate::encoding::add_unless_empty(
                    &mut members,
                    stringify!($optional),
                    $crate::encoding::Encoded::encode(&self.$optional),
                );)*)?
                $crate::json::Json::Object(members)
            }

            fn decode(json: &$crate::json::Json) -> Option<Self> {
                Some(Self {
                    $($field: $crate::encoding::member(json, stringify!($field))?,)*
                    $($($optional: $crate::encoding::member_or_default(json, stringify!($optional))?,)*)?
                })
            }
        }
    };
}

/// A choice is stored as a word.
macro_rules! encoded_as_word {
    ($type:ty { $($variant:ident = $word:literal),* $(,)? }) => {
        impl $crate::encoding::EncodedAsText for $type {
            fn to_text(&self) -> String {
                match self { $(Self::$variant => $word,)* }.to_owned()
            }

            fn of_text(text: &str) -> Option<Self> {
                match text { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

pub(crate) use {encoded_as_object, encoded_as_word};

impl<T: EncodedAsText> Encoded for T {
    fn encode(&self) -> Json {
        Json::Text(self.to_text())
    }

    fn decode(json: &Json) -> Option<Self> {
        Self::of_text(json.as_str()?)
    }
}

impl<T: EncodedAsText + Ord> Key for T {
    fn to_key(&self) -> String {
        self.to_text()
    }

    fn of_key(key: &str) -> Option<Self> {
        Self::of_text(key)
    }
}

impl Key for u64 {
    fn to_key(&self) -> String {
        self.to_string()
    }

    fn of_key(key: &str) -> Option<Self> {
        key.parse().ok()
    }
}

impl EncodedAsText for String {
    fn to_text(&self) -> String {
        self.clone()
    }

    fn of_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl EncodedAsText for RelatieId {
    fn to_text(&self) -> String {
        self.as_str().to_owned()
    }

    fn of_text(text: &str) -> Option<Self> {
        Some(Self::new(text))
    }
}

impl EncodedAsText for ContactpersoonId {
    fn to_text(&self) -> String {
        self.as_str().to_owned()
    }

    fn of_text(text: &str) -> Option<Self> {
        Some(Self::new(text))
    }
}

impl EncodedAsText for TribeId {
    fn to_text(&self) -> String {
        self.as_str().to_owned()
    }

    fn of_text(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl Encoded for bool {
    fn encode(&self) -> Json {
        Json::Bool(*self)
    }

    fn decode(json: &Json) -> Option<Self> {
        json.as_bool()
    }
}

impl Encoded for u64 {
    fn encode(&self) -> Json {
        Json::from(*self)
    }

    fn decode(json: &Json) -> Option<Self> {
        json.as_u64()
    }
}

impl Encoded for u32 {
    fn encode(&self) -> Json {
        Json::from(*self)
    }

    fn decode(json: &Json) -> Option<Self> {
        json.as_u64()?.try_into().ok()
    }
}

impl Encoded for usize {
    fn encode(&self) -> Json {
        Json::from(*self)
    }

    fn decode(json: &Json) -> Option<Self> {
        json.as_u64()?.try_into().ok()
    }
}

impl Encoded for Instant {
    fn encode(&self) -> Json {
        self.as_millis().encode()
    }

    fn decode(json: &Json) -> Option<Self> {
        json.as_u64().map(Self::from_millis)
    }
}

impl<T: Encoded> Encoded for Option<T> {
    fn encode(&self) -> Json {
        self.as_ref().map_or(Json::Null, T::encode)
    }

    fn decode(json: &Json) -> Option<Self> {
        if json.is_null() { Some(None) } else { T::decode(json).map(Some) }
    }
}

impl<T: Encoded> Encoded for Vec<T> {
    fn encode(&self) -> Json {
        Json::List(self.iter().map(T::encode).collect())
    }

    fn decode(json: &Json) -> Option<Self> {
        json.as_list()?.iter().map(T::decode).collect()
    }
}

impl<K: Key, V: Encoded> Encoded for BTreeMap<K, V> {
    fn encode(&self) -> Json {
        Json::Object(self.iter().map(|(key, value)| (key.to_key(), value.encode())).collect())
    }

    fn decode(json: &Json) -> Option<Self> {
        json.as_object()?.iter().map(|(key, value)| Some((K::of_key(key)?, V::decode(value)?))).collect()
    }
}

impl<K: EncodedAsText + Ord> Encoded for BTreeSet<K> {
    fn encode(&self) -> Json {
        Json::List(self.iter().map(K::encode).collect())
    }

    fn decode(json: &Json) -> Option<Self> {
        json.as_list()?.iter().map(K::decode).collect()
    }
}
