//! What was odd about a record, and the reading of its members.
//!
//! A text is a JSON text. A number or a truth value in its place is another form, and says nothing even where it could be
//! guessed: a guess would go on to Tribe (D9, F54). Only an id may be a number (A3).

use serde_json::value::RawValue;

use super::json::Value;
use crate::relation::Presence;

/// A member whose form was not as assumed. The record goes on without it or with what could be read of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oddity {
    /// AC's name of the member; never a value.
    pub member: &'static str,
    /// What was odd.
    pub kind: OddityKind,
}

/// How a member was odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OddityKind {
    /// A KvK number of seven digits; it is carried with the zero that it lost (F79).
    LostZero,
    /// A form that the member cannot have; it says nothing.
    NotUnderstood,
    /// A word that we do not know, where AC has a fixed list of words (F52).
    UnknownValue,
    /// Several where one is synced; the one with the lowest id is (F84).
    Several,
    /// Several koppelingen with one relation.
    SeveralAtOne,
}

/// A text. Absent says nothing; null and blank text say empty (A7).
pub(super) fn text(raw: Option<&RawValue>) -> Presence {
    match raw.map(Value::of) {
        None => Presence::Absent,
        Some(Value::Null) => Presence::Empty,
        Some(Value::Text(text)) => Presence::of(text),
        Some(Value::Scalar(_) | Value::List(_) | Value::Object(_) | Value::Broken) => Presence::Unreadable,
    }
}

/// An id: text, or a whole number kept as text (A3). Dots alone are none: in a path they would lead elsewhere.
pub(super) fn id(raw: Option<&RawValue>) -> Option<String> {
    let text = match Value::of(raw?) {
        Value::Text(text) => text,
        Value::Scalar(written) if written.bytes().all(|byte| byte.is_ascii_digit()) => written.to_owned(),
        _ => return None,
    };
    let usable = !text.trim().is_empty() && !text.bytes().all(|byte| byte == b'.');
    usable.then_some(text)
}

/// Whether a KvK number lost its leading zero (F79).
pub(super) fn has_lost_zero(kvk: &Presence) -> bool {
    let is_short = |text: &str| text.len() == 7 && text.bytes().all(|byte| byte.is_ascii_digit());
    kvk.text().map(str::trim).is_some_and(is_short)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn id_of(json: &str) -> Option<String> {
        id(Some(&RawValue::from_string(json.to_owned()).unwrap()))
    }

    #[test]
    fn an_id_keeps_every_digit_and_the_zeros_in_front() {
        for (json, expected) in [
            ("\"007\"", "007"),
            ("1001", "1001"),
            ("9007199254740993", "9007199254740993"),
            ("184467440737095516170", "184467440737095516170"),
            ("\"relatie/7\"", "relatie/7"),
        ] {
            assert_eq!(id_of(json).as_deref(), Some(expected));
        }
    }

    #[test]
    fn what_names_no_record_is_no_id() {
        for json in ["null", "true", "-1", "1.5", "1e3", "\"\"", "\" \"", "\".\"", "\"..\"", "[7]", "{}"] {
            assert_eq!(id_of(json), None, "{json}");
        }
    }
}
