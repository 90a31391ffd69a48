//! How a value is written: in the very form in which it is read. What cannot be said in that form is refused before it is
//! sent, for the field alone.

use dialect::{DateForm, Empty, GenderWords, Pointer, Written};
use serde_json::value::RawValue;

use super::json::{Value, written};
use super::record::{date_written, gender_written};
use super::veld::Veld;
use crate::answer::Failure;
use crate::relation::{Form, kvk_of_number};

/// A value that the record has no place for, or none that says it: it is refused before it is sent.
pub(super) fn no_place(field: &'static str) -> Failure {
    Failure::Refused { status: 422, field: Some(field.to_owned()) }
}

/// A new text of a member, and how it is written.
#[derive(Clone)]
pub(super) struct Set<'d> {
    pub(super) at: &'d Pointer,
    /// None empties it.
    pub(super) text: Option<String>,
    pub(super) written: Written,
    /// Our name of what stands there.
    pub(super) name: &'static str,
}

impl<'d> Set<'d> {
    /// What is written as a text.
    pub(super) fn text(at: &'d Pointer, text: Option<String>, name: &'static str) -> Self {
        Self { at, text, written: Written::Text, name }
    }

    /// Its JSON, beside what stands there now.
    pub(super) fn value(&self, current: Option<&RawValue>, empty: Option<&Empty>) -> Result<String, Failure> {
        let Some(text) = self.text.as_deref() else {
            let is_blank = self.written == Written::Text && empty == Some(&Empty::Blank);
            return Ok(written(is_blank.then_some("")));
        };
        let is_number_now = || matches!(current.map(Value::of), Some(Value::Scalar(_)));
        match self.written {
            Written::Number => self.number(text).ok_or_else(|| no_place(self.name)),
            Written::Either if is_plain_number(text) && is_number_now() => Ok(text.to_owned()),
            Written::Either | Written::Text => Ok(written(Some(text))),
        }
    }

    /// The number that is read as the same text; none where there is none. A JSON number has no zeros in front: a KvK number
    /// is read with those that it must have, a telephone number without its first digit would be another.
    fn number(&self, text: &str) -> Option<String> {
        if self.name == Veld::Kvk.name() {
            let number = text.trim_start_matches('0');
            let is_same = Form::Kvk.canonical(&kvk_of_number(number)) == Form::Kvk.canonical(text);
            return (is_same && is_plain_number(number)).then(|| number.to_owned());
        }
        is_plain_number(text).then(|| text.to_owned())
    }
}

/// Whether a text is a whole number as JSON writes it.
fn is_plain_number(text: &str) -> bool {
    let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_digits && (text == "0" || !text.starts_with('0'))
}

/// A value as the dialect writes it.
pub(super) fn as_written(
    veld: Veld,
    text: Option<&str>,
    genders: Option<&GenderWords>,
    dates: Option<&DateForm>,
) -> Result<Option<String>, Failure> {
    let Some(text) = text else { return Ok(None) };
    Ok(Some(match (veld, genders, dates) {
        (Veld::Geslacht, Some(words), _) => {
            gender_written(text, words).ok_or_else(|| no_place(veld.name()))?.to_owned()
        }
        (Veld::Geboortedatum, _, Some(form)) => date_written(text, form),
        _ => text.to_owned(),
    }))
}

#[cfg(test)]
#[path = "spelled_tests.rs"]
mod tests;
