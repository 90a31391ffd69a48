//! Values of properties.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

use super::edm::Edm;
use super::guid::Guid;
use crate::Instant;
use crate::instant::is_date;

/// One value. Dates sort as text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    Guid(Guid),
    Text(Cow<'a, str>),
    Double(f64),
    Whole(i64),
    Truth(bool),
    Moment(Instant),
    Date(Cow<'a, str>),
    /// A value of a form that the property cannot have.
    Odd(Value),
}

/// A value that a body gave does not fit its property.
pub(crate) struct Misfit;

impl Cell<'static> {
    /// The value of a body's member; none for null.
    pub(crate) fn read(edm: Edm, value: &Value) -> Result<Option<Self>, Misfit> {
        let whole = |value: &Value, most: i64| value.as_i64().filter(|number| number.abs() <= most);
        let cell = match (edm, value) {
            (_, Value::Null) => return Ok(None),
            (Edm::Text, Value::String(text)) => Some(Self::Text(text.clone().into())),
            (Edm::Guid, Value::String(text)) => text.parse().ok().map(Self::Guid),
            (Edm::Moment, Value::String(text)) if text.contains('T') => {
                Instant::parse(text).map(|instant| Self::Moment(instant.whole_second()))
            }
            (Edm::Date, Value::String(text)) if is_date(text) => Some(Self::Date(text.clone().into())),
            (Edm::Double, Value::Number(number)) => number.as_f64().map(Self::Double),
            (Edm::Int32, number) => whole(number, i64::from(i32::MAX)).map(Self::Whole),
            (Edm::Int64, number) => whole(number, i64::MAX).map(Self::Whole),
            (Edm::Truth, Value::Bool(truth)) => Some(Self::Truth(*truth)),
            _ => None,
        };
        cell.map(Some).ok_or(Misfit)
    }
}

impl Cell<'_> {
    /// As it stands in an answer. Whole doubles carry no fraction. Tribe: seen (`"HouseNumber": 34`).
    pub(crate) fn json(&self) -> Value {
        match self {
            Self::Guid(guid) => guid.to_string().into(),
            Self::Text(text) | Self::Date(text) => text.as_ref().into(),
            Self::Whole(number) => (*number).into(),
            Self::Truth(truth) => (*truth).into(),
            Self::Moment(instant) => instant.utc().into(),
            Self::Odd(value) => value.clone(),
            Self::Double(number) => match whole(*number) {
                Some(whole) => whole.into(),
                None => (*number).into(),
            },
        }
    }

    /// None where the two cannot be compared.
    pub(crate) fn compare(&self, other: &Cell<'_>) -> Option<Ordering> {
        match (self, other) {
            (Self::Guid(a), Cell::Guid(b)) => Some(a.cmp(b)),
            (Self::Text(a), Cell::Text(b)) | (Self::Date(a), Cell::Date(b)) => Some(a.cmp(b)),
            (Self::Truth(a), Cell::Truth(b)) => Some(a.cmp(b)),
            (Self::Moment(a), Cell::Moment(b)) => Some(a.cmp(b)),
            _ => self.number()?.partial_cmp(&other.number()?),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "OData compares whole numbers with doubles as doubles")]
    fn number(&self) -> Option<f64> {
        match self {
            Self::Double(number) => Some(*number),
            Self::Whole(number) => Some(*number as f64),
            _ => None,
        }
    }

    /// The text, of a text.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The same without owning it.
    pub(crate) fn borrowed(&self) -> Cell<'_> {
        match self {
            Self::Text(text) => Cell::Text(Cow::Borrowed(text)),
            Self::Date(text) => Cell::Date(Cow::Borrowed(text)),
            Self::Guid(guid) => Cell::Guid(*guid),
            Self::Double(number) => Cell::Double(*number),
            Self::Whole(number) => Cell::Whole(*number),
            Self::Truth(truth) => Cell::Truth(*truth),
            Self::Moment(instant) => Cell::Moment(*instant),
            Self::Odd(value) => Cell::Odd(value.clone()),
        }
    }
}

/// The largest whole number that every double below it can hold exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;

#[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small")]
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < EXACT).then_some(number as i64)
}
