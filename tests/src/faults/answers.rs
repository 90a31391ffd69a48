//! Alters the data in an answer.

use sandbox::Response;
use serde_json::{Map, Value, json};
use unicode_normalization::UnicodeNormalization;

use super::{Call, Faults, Kind, System};

/// Keys that a fault never removes: without them no row is recognised, or a marker is overlooked.
const KEPT: [&str; 7] = ["id", "ID", "ImportId", "_Type", "relatie_id", "contact_id", "CreationDate"];

/// Where the lists of both systems stand, whatever AC speaks.
const LISTS: [&str; 4] = ["relaties", "contactpersonen", "data", "value"];

/// Where the addresses of a record of AC's stand.
const ADDRESSES: [&str; 2] = ["adressen", "addresses"];

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
        Kind::FutureStamp | Kind::NullStamp => alter_stamp(faults, kind, call, body)?,
        // A register refuses a record whose roles are spelled otherwise than it gave them.
        Kind::Decomposed if call.system == System::Ac && body.get("Record").is_some() => return None,
        Kind::Decomposed => {
            let mut changed = false;
            decompose(body, &mut changed);
            return changed.then_some(());
        }
        // A practice system takes no member back that it does not know.
        Kind::ExtraKey if call.system == System::Ac && body.get("data").is_some() => return None,
        Kind::ExtraKey => {
            row(faults, body)?.insert("kanarie".to_owned(), json!({"nieuw": [1.50, "Kanarie"]}));
        }
        Kind::AbsentKey => {
            let row = row(faults, body)?;
            let keys: Vec<String> = row.keys().filter(|key| !KEPT.contains(&key.as_str())).cloned().collect();
            row.remove(keys.get(faults.draw(keys.len()))?)?;
        }
        Kind::UnknownValue => {
            let row = row(faults, body)?;
            let own = ["geslacht", "status", "soort", "relatietypen", "Gender"];
            let of_practice = ["gender", "type", "categories"];
            let choices = own.into_iter().chain(of_practice).chain(ADDRESSES);
            let there: Vec<&str> = choices.filter(|key| row.contains_key(*key)).collect();
            match *there.get(faults.draw(there.len()))? {
                "relatietypen" => row.get_mut("relatietypen")?.as_array_mut()?.push("onbekend".into()),
                "categories" => row.get_mut("categories")?.as_array_mut()?.push(json!({"id": "onbekend"})),
                list @ ("adressen" | "addresses") => {
                    let address = row.get_mut(list)?.as_array_mut()?.first_mut()?.as_object_mut()?;
                    let word = if list == "adressen" { "type" } else { "name" };
                    address.insert(word.to_owned(), "vakantie".into());
                }
                "Gender" => {
                    row.insert("Gender".to_owned(), json!({"ID": "00000000-0000-4000-8000-00000000dead"}));
                }
                word => {
                    row.insert(word.to_owned(), "onbekend woord".into());
                }
            }
        }
        Kind::NumberForText => number_for_text(row(faults, body)?)?,
        // A record of AC's goes back as it was read: altered there, it would be altered in AC.
        Kind::OddShape if call.system == System::Ac && list(body).is_none() => return None,
        Kind::OddShape => odd_shape(faults, row(faults, body)?)?,
        Kind::OverLong => {
            let row = row(faults, body)?;
            let fields = ["bedrijfsnaam", "naam", "voornamen", "achternaam", "name", "first_names", "last_name"];
            let there: Vec<&str> = fields.into_iter().filter(|key| row.contains_key(*key)).collect();
            let field = *there.get(faults.draw(there.len()))?;
            row.insert(field.to_owned(), OVER_LONG.repeat(20).trim().into());
        }
        _ => return None,
    }
    Some(())
}

/// The list of an answer, if it is one.
fn list(body: &mut Value) -> Option<&mut Value> {
    let name = LISTS.into_iter().find(|name| body.get(name).is_some_and(|list| !list.is_object()))?;
    body.get_mut(name)
}

/// Says that this page of AC's is the last.
fn end_of_list(body: &mut Value) -> Option<()> {
    if let Some(next) = body.get_mut("volgende") {
        *next = Value::Null;
        return Some(());
    }
    let meta = body.get_mut("meta")?;
    let page = meta.get("page")?.clone();
    *meta.get_mut("pages")? = page;
    Some(())
}

/// One of the records in an answer.
fn row<'b>(faults: &Faults, body: &'b mut Value) -> Option<&'b mut Map<String, Value>> {
    let is_list = list(body).is_some();
    if is_list {
        let rows = list(body)?.as_array_mut()?;
        let place = faults.draw(rows.len());
        return rows.get_mut(place)?.as_object_mut();
    }
    let record = if body.get("data").is_some_and(Value::is_object) { body.get_mut("data")? } else { body };
    record.as_object_mut().filter(|record| record.contains_key("id") || record.contains_key("ID"))
}

fn alter_stamp(faults: &Faults, kind: Kind, call: Call<'_>, body: &mut Value) -> Option<()> {
    let future = kind == Kind::FutureStamp;
    if call.system == System::Ac {
        let stamp = if future { json!("2031-01-01T00:00:00+01:00") } else { Value::Null };
        let row = row(faults, body)?;
        let name = if row.contains_key("updated_at") { "updated_at" } else { "gewijzigd" };
        row.insert(name.to_owned(), stamp);
        return Some(());
    }
    // Rows are sorted by stamp, so only the last row of the last page can have such a stamp.
    let count = body.get("@odata.count").and_then(Value::as_u64)?;
    let rows = list(body)?.as_array_mut()?;
    if u64::try_from(rows.len()).ok()? != count {
        return None;
    }
    let stamp = if future { json!("2031-01-01T00:00:00Z") } else { Value::Null };
    rows.last_mut()?.as_object_mut()?.insert("LastMutationDate".to_owned(), stamp);
    Some(())
}

fn number_for_text(row: &mut Map<String, Value>) -> Option<()> {
    let number = |value: &Value| value.as_str().and_then(|text| text.parse::<u32>().ok());
    for name in ["kvk", "registration_number"] {
        if let Some(kvk) = row.get(name).and_then(number).filter(|kvk| *kvk >= 1_000_000) {
            row.insert(name.to_owned(), kvk.into());
            return Some(());
        }
    }
    let addresses = row.get_mut("adressen")?.as_array_mut()?;
    let mut records = addresses.iter_mut().filter_map(Value::as_object_mut);
    let plain = |record: &&mut Map<String, Value>| {
        record.get("huisnummer").and_then(Value::as_str).is_some_and(|text| !text.starts_with('0'))
            && record.get("huisnummer").and_then(number).is_some()
    };
    let address = records.find(plain)?;
    let huisnummer = address.get("huisnummer").and_then(number)?;
    address.insert("huisnummer".to_owned(), huisnummer.into());
    Some(())
}

/// Puts something else where a field of the manual's tables stands, on the record or on one of its addresses.
fn odd_shape(faults: &Faults, row: &mut Map<String, Value>) -> Option<()> {
    let own = ["telefoonnummer", "email", "bedrijfsnaam", "achternaam", "mobiel", "geboortedatum", "geslacht"];
    let of_tribe = ["PhoneNumber", "EmailAddress", "Website", "LastName", "FirstName", "BirthDate", "Gender", "Name"];
    let of_practice = ["name", "last_name", "date_of_birth", "gender", "street", "city"];
    let of_addresses = ["huisnummer", "plaats", "HouseNumber", "HouseNumberSuffix", "City", "Country"];
    let holders = ["VisitingAddress", "PostalAddress", "Address"];
    let holder = holders.into_iter().find(|holder| row.get(*holder).is_some_and(Value::is_object));
    let shapes = [json!(12.5), json!(-3), json!(true), json!([1]), json!({"a": "b"}), json!(1e30)];
    let shape = shapes.get(faults.draw(shapes.len()))?.clone();
    let in_address = faults.draw(2) == 0;
    let addresses = ADDRESSES.into_iter().find(|list| row.get(*list).is_some_and(|all| all.get(0).is_some()));
    let record = match (in_address, holder, addresses) {
        (true, Some(holder), _) => row.get_mut(holder)?.as_object_mut()?,
        (true, None, Some(addresses)) => row.get_mut(addresses)?.get_mut(0)?.as_object_mut()?,
        _ => row,
    };
    let all = own.iter().chain(&of_tribe).chain(&of_practice).chain(&of_addresses);
    let there: Vec<&str> = all.copied().filter(|name| record.contains_key(*name)).collect();
    record.insert((*there.get(faults.draw(there.len()))?).to_owned(), shape);
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
