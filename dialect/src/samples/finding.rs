//! What stands at a place in a record, and in which form.

use serde_json::Value;

use crate::pointer::{Pick, Place, Pointer, Written};
use crate::records::{DateForm, StampForm};

/// Where a field stands in a record.
#[derive(Clone)]
pub(super) enum Spot {
    /// At a place of a dialect.
    At(Place),
    /// In any row of a list.
    Rows(Pointer, Pointer),
}

/// What must stand there.
#[derive(Clone)]
pub(super) enum Expected {
    /// Anything.
    Anything,
    /// A text, or what the dialect says.
    Text(Written),
    /// A text or a number: an id, or a part of an address.
    Plain,
    /// One of these words.
    Word(Vec<String>),
    /// True or false.
    Flag,
    /// A moment.
    Moment(StampForm),
    /// A date.
    Date(DateForm),
}

/// How often a field was found in which form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// As a text that is not blank.
    pub text: usize,
    /// As a number.
    pub number: usize,
    /// As true or false.
    pub flag: usize,
    /// As a list.
    pub list: usize,
    /// As an object.
    pub object: usize,
    /// As null.
    pub null: usize,
    /// As a blank text.
    pub blank: usize,
    /// As a list that is there without the row that is meant.
    pub no_row: usize,
    /// Not at all.
    pub absent: usize,
    /// Of those that say something: how many cannot be read by the dialect.
    pub not_understood: usize,
    /// How many are read, and would be written in another form: dates that stand there otherwise than the dialect says.
    pub other_form: usize,
}

impl Found {
    /// In how many records something stands there.
    pub fn filled(&self) -> usize {
        self.text + self.number + self.flag + self.list + self.object
    }

    /// In how many records it was looked for.
    pub fn records(&self) -> usize {
        self.filled() + self.null + self.blank + self.no_row + self.absent
    }

    pub(super) fn count(&mut self, said: &Said<'_>, expected: &Expected) {
        let counter = match said {
            Said::NoRow => &mut self.no_row,
            Said::Nothing => &mut self.absent,
            Said::Value(value) => match value {
                Value::Null => &mut self.null,
                Value::String(text) if text.trim().is_empty() => &mut self.blank,
                Value::String(_) => &mut self.text,
                Value::Number(_) => &mut self.number,
                Value::Bool(_) => &mut self.flag,
                Value::Array(_) => &mut self.list,
                Value::Object(_) => &mut self.object,
            },
        };
        *counter += 1;
        if let Said::Value(value) = said
            && !is_empty(value)
            && !is_understood(value, expected)
        {
            let is_read = matches!(expected, Expected::Date(_)) && value.as_str().is_some_and(is_any_date);
            *(if is_read { &mut self.other_form } else { &mut self.not_understood }) += 1;
        }
    }
}

/// What stands at a spot of a record.
pub(super) enum Said<'v> {
    Value(&'v Value),
    NoRow,
    Nothing,
}

/// What stands at a pointer.
pub(crate) fn at<'v>(value: &'v Value, pointer: &Pointer) -> Option<&'v Value> {
    pointer.parts().iter().try_fold(value, |value, part| value.as_object()?.get(part))
}

pub(crate) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// What stands at a spot of a record.
pub(super) fn said<'v>(record: &'v Value, spot: &Spot) -> Said<'v> {
    let (list, inside) = match spot {
        Spot::At(Place::At(pointer)) => return at(record, pointer).map_or(Said::Nothing, Said::Value),
        Spot::At(Place::Pick(pick)) => (&pick.list, &pick.at),
        Spot::Rows(list, inside) => (list, inside),
    };
    let rows = match at(record, list) {
        Some(Value::Array(rows)) => rows,
        Some(other) => return Said::Value(other),
        None => return Said::Nothing,
    };
    match spot {
        Spot::At(Place::Pick(pick)) => match rows.iter().find(|row| is_meant(row, pick)) {
            Some(row) => at(row, inside).map_or(Said::Nothing, Said::Value),
            None => Said::NoRow,
        },
        // Of several rows the first that says something.
        _ => {
            let found = || rows.iter().filter_map(|row| at(row, inside));
            found().find(|value| !is_empty(value)).or_else(|| found().next()).map_or(Said::NoRow, Said::Value)
        }
    }
}

/// Whether a row is the one that a pick means.
pub(super) fn is_meant(row: &Value, pick: &Pick) -> bool {
    pick.words.iter().all(|(pointer, words)| {
        at(row, pointer).and_then(Value::as_str).is_some_and(|said| words.iter().any(|word| word == said))
    })
}

fn is_understood(value: &Value, expected: &Expected) -> bool {
    match expected {
        Expected::Anything => true,
        Expected::Text(Written::Text) => value.is_string(),
        Expected::Text(Written::Number) => value.is_number(),
        Expected::Text(Written::Either) | Expected::Plain => value.is_string() || value.is_number(),
        Expected::Word(words) => value.as_str().is_some_and(|said| words.iter().any(|word| word == said)),
        Expected::Flag => value.is_boolean(),
        Expected::Moment(form) => is_moment(value, form),
        Expected::Date(form) => value.as_str().is_some_and(|text| is_date(text, form)),
    }
}

fn is_moment(value: &Value, form: &StampForm) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match (form, value) {
        (StampForm::Seconds | StampForm::Millis, Value::Number(number)) => number.is_u64(),
        (StampForm::Seconds | StampForm::Millis, Value::String(text)) => digits(text),
        (StampForm::Date, Value::String(text)) => looks_like(text, "0000-00-00"),
        (_, Value::String(text)) => looks_like(text, "0000-00-00T00:00"),
        _ => false,
    }
}

fn is_date(text: &str, form: &DateForm) -> bool {
    match form {
        DateForm::Iso => text.len() == 10 && looks_like(text, "0000-00-00"),
        DateForm::DayFirst => text.len() == 10 && looks_like(text, "00-00-0000"),
        DateForm::Midnight => looks_like(text, "0000-00-00T00:00"),
    }
}

/// Whether a date is read whatever form the dialect names: as a day, or as the midnight with which it begins.
fn is_any_date(text: &str) -> bool {
    let text = text.trim();
    let is_day_first = ["00-00-0000", "00/00/0000", "00.00.0000"].iter().any(|form| looks_like(text, form));
    is_day_first && text.len() == 10
        || looks_like(text, "0000-00-00") && text.len() == 10
        || looks_like(text, "0000-00-00T00:00") && text.get(11..16) == Some("00:00")
}

/// Whether a text begins in a form: `0` is a digit, `T` may be a blank.
pub(crate) fn looks_like(text: &str, form: &str) -> bool {
    text.len() >= form.len()
        && text.bytes().zip(form.bytes()).all(|(byte, form)| match form {
            b'0' => byte.is_ascii_digit(),
            b'T' => matches!(byte, b'T' | b' '),
            other => byte == other,
        })
}
