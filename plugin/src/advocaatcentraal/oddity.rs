//! What was odd about a record, and the reading of its members.
//!
//! A text is a JSON text, unless its dialect says otherwise. Another form says nothing even where it could be guessed: a
//! guess would go on to Tribe (D9, F54). Only an id may be a number as well (A3).

use std::borrow::Cow;

use dialect::{Field, Place, Pointer, Written};
use serde_json::value::RawValue;

use super::json::{Object, Odd, Value};
use crate::relation::Presence;

/// A member whose form was not as assumed. The record goes on without it or with what could be read of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oddity {
    /// Our name of the member; never a value.
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

/// What was found at a place.
pub(super) type Found<'a> = Result<Option<Cow<'a, RawValue>>, Odd>;

/// A text, or a number where the dialect has one. Absent says nothing; null and blank text say empty (A7).
fn text_of(raw: Option<&RawValue>, written: Written) -> Presence {
    match raw.map(Value::of) {
        None => Presence::Absent,
        Some(Value::Null) => Presence::Empty,
        Some(Value::Text(text)) if written != Written::Number || text.trim().is_empty() => Presence::of(text),
        Some(Value::Scalar(number)) if written != Written::Text && is_whole(number) => Presence::of(number),
        Some(Value::Text(_) | Value::Scalar(_) | Value::List(_) | Value::Object(_) | Value::Broken) => {
            Presence::Unreadable
        }
    }
}

fn is_whole(number: &str) -> bool {
    number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The text at a pointer.
pub(super) fn text_at(object: &Object, pointer: &Pointer) -> Presence {
    found_text(object.at(pointer), Written::Text)
}

/// The same where the dialect may have no such place.
pub(super) fn text_at_some(object: &Object, pointer: Option<&Pointer>) -> Presence {
    pointer.map_or(Presence::Absent, |pointer| text_at(object, pointer))
}

fn found_text(found: Found<'_>, written: Written) -> Presence {
    match found {
        Ok(raw) => text_of(raw.as_deref(), written),
        Err(Odd) => Presence::Unreadable,
    }
}

/// What a field says. A list that is there without the row that is meant says that the field is empty.
pub(super) fn field(object: &Object, field: &Field) -> Presence {
    match &field.place {
        Place::At(pointer) => found_text(object.at(pointer), field.written),
        Place::Pick(pick) => match object.list(&pick.list) {
            Err(Odd) => Presence::Unreadable,
            Ok(None) => Presence::Absent,
            Ok(Some(rows)) => match picked(&rows, &pick.words) {
                Some((_, row)) => found_text(row.at(&pick.at), field.written),
                None => Presence::Empty,
            },
        },
    }
}

/// The first row that has these words, and its place.
pub(super) fn picked(rows: &[Box<RawValue>], words: &[(Pointer, Vec<String>)]) -> Option<(usize, Object)> {
    rows.iter().enumerate().find_map(|(place, row)| {
        let row = Object::of(row)?;
        let has = |(pointer, words): &(Pointer, Vec<String>)| {
            text_at(&row, pointer).text().is_some_and(|said| words.iter().any(|word| word == said))
        };
        words.iter().all(has).then_some((place, row))
    })
}

/// An id: text, or a whole number kept as text (A3). Dots alone are none: in a path they would lead elsewhere.
pub(super) fn id(raw: Option<&RawValue>) -> Option<String> {
    let text = match Value::of(raw?) {
        Value::Text(text) => text,
        Value::Scalar(written) if is_whole(written) => written.to_owned(),
        _ => return None,
    };
    let usable = !text.trim().is_empty() && !text.bytes().all(|byte| byte == b'.');
    usable.then_some(text)
}

/// The id at a pointer.
pub(super) fn id_at(object: &Object, pointer: &Pointer) -> Option<String> {
    id(object.at(pointer).ok()?.as_deref())
}

/// An id with the scope of its list.
pub(super) fn scoped(scope: Option<&str>, id: String) -> String {
    match scope {
        Some(scope) => format!("{scope}-{id}"),
        None => id,
    }
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

    fn said(record: &str, place: Place, written: Written) -> Presence {
        field(&Object::parse(record.as_bytes()).unwrap(), &Field { place, written })
    }

    #[test]
    fn a_number_is_a_text_only_where_the_dialect_says_so() {
        let at = || Place::At(Pointer::parse("/a").unwrap());
        for (written, number, text) in [
            (Written::Text, Presence::Unreadable, Presence::of("7")),
            (Written::Number, Presence::of("7"), Presence::Unreadable),
            (Written::Either, Presence::of("7"), Presence::of("7")),
        ] {
            assert_eq!(said(r#"{"a":7}"#, at(), written), number, "{written:?}");
            assert_eq!(said(r#"{"a":"7"}"#, at(), written), text, "{written:?}");
            assert_eq!(said(r#"{"a":true}"#, at(), written), Presence::Unreadable);
            assert_eq!(said(r#"{"a":1.5}"#, at(), written), Presence::Unreadable);
            assert_eq!(said(r#"{"a":null}"#, at(), written), Presence::Empty);
            assert_eq!(said("{}", at(), written), Presence::Absent);
        }
    }

    #[test]
    fn a_pick_finds_the_row_by_its_words() {
        let words = vec![(Pointer::parse("/of").unwrap(), vec!["Work".to_owned(), "Werk".to_owned()])];
        let (list, at) = (Pointer::parse("/phones").unwrap(), Pointer::parse("/number").unwrap());
        let pick = || Place::Pick(dialect::Pick { list: list.clone(), words: words.clone(), at: at.clone() });
        let rows = r#"{"phones":[{"of":"Home","number":"1"},{"of":"Werk","number":"2"},{"of":"Work","number":"3"}]}"#;
        assert_eq!(said(rows, pick(), Written::Text), Presence::of("2"));
        assert_eq!(said(r#"{"phones":[{"of":"Home","number":"1"}]}"#, pick(), Written::Text), Presence::Empty);
        assert_eq!(said(r#"{"phones":null}"#, pick(), Written::Text), Presence::Empty);
        assert_eq!(said("{}", pick(), Written::Text), Presence::Absent);
        assert_eq!(said(r#"{"phones":"1"}"#, pick(), Written::Text), Presence::Unreadable);
    }
}
