//! Alters the data in an answer.

use sandbox::Response;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use super::rows::{self, list, record};
use super::{Call, Faults, Kind, System};

/// A text longer than any field of either system.
pub(crate) const OVER_LONG: &str = "Kanarie met een zeer lange naam ";

/// Alters an answer as the kind says. False if it holds nothing to alter.
pub(crate) fn alter(faults: &Faults, kind: Kind, call: Call<'_>, response: &mut Response) -> bool {
    if kind == Kind::BadUtf8 {
        return break_utf8(faults, &mut response.body);
    }
    let Ok(mut body) = serde_json::from_slice::<Value>(&response.body) else {
        return false;
    };
    let altered = alter_json(faults, kind, call, &mut body).is_some();
    if altered {
        response.body = body.to_string().into_bytes();
    }
    altered
}

fn break_utf8(faults: &Faults, body: &mut [u8]) -> bool {
    let letters: Vec<usize> =
        body.iter().enumerate().filter(|(_, byte)| byte.is_ascii_lowercase()).map(|(place, _)| place).collect();
    let Some(byte) = letters.get(faults.draw(letters.len())).and_then(|place| body.get_mut(*place)) else {
        return false;
    };
    *byte = 0xff;
    true
}

fn alter_json(faults: &Faults, kind: Kind, call: Call<'_>, body: &mut Value) -> Option<()> {
    match kind {
        Kind::NullList => *list(body)? = Value::Null,
        Kind::DuplicatedRow => {
            let rows = list(body)?.as_array_mut()?;
            let row = rows.get(faults.draw(rows.len()))?.clone();
            rows.push(row);
        }
        Kind::MissingRow => {
            let rows = list(body)?.as_array_mut()?;
            if rows.is_empty() {
                return None;
            }
            rows.remove(faults.draw(rows.len()));
        }
        Kind::ClippedPage => {
            let rows = list(body)?.as_array_mut()?;
            let half = rows.len() / 2;
            if half == 0 {
                return None;
            }
            rows.truncate(half);
            if call.system == System::Ac {
                end_of_list(body)?;
            }
        }
        Kind::NextToItself => {
            let asked = call.request.target.split("&na=").nth(1)?.split('&').next()?.to_owned();
            *body.get_mut("volgende")? = asked.into();
        }
        Kind::FutureStamp | Kind::NullStamp if call.system == System::Ac => {
            rows::alter_stamp(record(faults, body)?, kind == Kind::FutureStamp)?;
        }
        Kind::FutureStamp | Kind::NullStamp => alter_stamp_of_tribe(kind, body)?,
        // A register refuses a record whose roles are spelled otherwise than it gave them.
        Kind::Decomposed if call.system == System::Ac && body.get("Record").is_some() => return None,
        Kind::Decomposed => {
            let mut changed = false;
            decompose(body, &mut changed);
            return changed.then_some(());
        }
        // All but AC as assumed take no member back that they do not know.
        Kind::ExtraKey if call.system == System::Ac && !call.is_assumed() && !call.is_list() => return None,
        Kind::ExtraKey => rows::extra_member(record(faults, body)?)?,
        Kind::AbsentKey => rows::remove_member(faults, record(faults, body)?)?,
        Kind::UnknownValue => rows::unknown_word(faults, record(faults, body)?)?,
        Kind::NumberForText => rows::number_for_text(record(faults, body)?)?,
        // A record of AC's goes back as it was read: altered there, it would be altered in AC.
        Kind::OddShape if call.system == System::Ac && list(body).is_none() => return None,
        Kind::OddShape => rows::odd_shape(faults, record(faults, body)?)?,
        Kind::OverLong => rows::lengthen(faults, record(faults, body)?, OVER_LONG.repeat(20).trim())?,
        _ => return None,
    }
    Some(())
}

/// Says that this page of AC's is the last. A ledger's says so by its length.
fn end_of_list(body: &mut Value) -> Option<()> {
    if let Some(next) = body.get_mut("volgende") {
        *next = Value::Null;
    } else if let Some(next) = body.pointer_mut("/Links/Next") {
        *next = Value::Null;
    } else if body.get("items").is_none() {
        let meta = body.get_mut("meta")?;
        let page = meta.get("page")?.clone();
        *meta.get_mut("pages")? = page;
    }
    Some(())
}

/// Rows are sorted by stamp, so only the last row of the last page can have such a stamp.
fn alter_stamp_of_tribe(kind: Kind, body: &mut Value) -> Option<()> {
    let count = body.get("@odata.count").and_then(Value::as_u64)?;
    let rows = list(body)?.as_array_mut()?;
    if u64::try_from(rows.len()).ok()? != count {
        return None;
    }
    let stamp = if kind == Kind::FutureStamp { json!("2031-01-01T00:00:00Z") } else { Value::Null };
    rows.last_mut()?.as_object_mut()?.insert("LastMutationDate".to_owned(), stamp);
    Some(())
}

fn decompose(value: &mut Value, changed: &mut bool) {
    match value {
        Value::String(text) => {
            let decomposed: String = text.nfd().collect();
            *changed |= decomposed != *text;
            *text = decomposed;
        }
        Value::Array(values) => values.iter_mut().for_each(|value| decompose(value, changed)),
        Value::Object(members) => members.values_mut().for_each(|value| decompose(value, changed)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
