//! What was odd about a record, and the tolerant reading that finds it.

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
    /// A number or a truth value where text was expected; it is read as the text it looks like (F54).
    NotText,
    /// A KvK number that came as a number of seven digits; it is read with its zero (F79).
    LostZero,
    /// A list, an object or broken text where text was expected, or the reverse; it says nothing.
    NotUnderstood,
    /// A word that we do not know, where AC has a fixed list of words (F52).
    UnknownValue,
    /// Several where one is synced; the one with the lowest id is (F84).
    Several,
}

/// What a member says, and what was odd about it.
pub(super) struct Reading {
    pub(super) said: Presence,
    pub(super) oddity: Option<OddityKind>,
}

/// A text. Absent says nothing; null and blank text say empty (A7).
pub(super) fn text(raw: Option<&RawValue>) -> Reading {
    let (said, oddity) = match raw.map(Value::of) {
        None => (Presence::Absent, None),
        Some(Value::Null) => (Presence::Empty, None),
        Some(Value::Text(text)) => (Presence::of(text), None),
        Some(Value::Scalar(written)) => (Presence::of(written), Some(OddityKind::NotText)),
        Some(Value::List(_) | Value::Object(_) | Value::Broken) => (Presence::Absent, Some(OddityKind::NotUnderstood)),
    };
    Reading { said, oddity }
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

/// A KvK number: a number of seven digits has lost its zero on the way (F79); a text is the user's own.
pub(super) fn kvk(raw: Option<&RawValue>) -> Reading {
    let mut reading = text(raw);
    if let (Some(OddityKind::NotText), Presence::Present(digits)) = (reading.oddity, &reading.said)
        && digits.len() == 7
        && digits.bytes().all(|byte| byte.is_ascii_digit())
    {
        reading = Reading { said: Presence::Present(format!("0{digits}")), oddity: Some(OddityKind::LostZero) };
    }
    reading
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
