//! What a `PUT` changes, and what it is refused for.

use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization;

use super::record::id_text;
use super::refusal::Refusal;
use super::variants::{Empties, NewAddresses, Put, Variants};
use crate::altered::{Alteration, Altered};
use crate::instant::is_date;

/// Members that only AdvocaatCentraal itself changes. A body may repeat them.
const KEPT: [&str; 5] = ["id", "soort", "status", "aangemaakt", "gewijzigd"];
/// Longest names. AC: assumed.
const NAME: usize = 200;
/// Longest other texts. AC: assumed.
const TEXT: usize = 255;

const NAMES: [&str; 4] = ["bedrijfsnaam", "naam", "voornamen", "achternaam"];
const TEXTS: [&str; 12] = [
    "telefoonnummer",
    "email",
    "emailadres",
    "website",
    "kvk",
    "telefoon",
    "tussenvoegsels",
    "voorletters",
    "geboortedatum",
    "geslacht",
    "mobiel",
    "prive_telefoon",
];

/// The record as it stands after the `PUT`.
pub(super) fn merged(
    stored: &Map<String, Value>,
    body: Map<String, Value>,
    variants: &Variants,
) -> Result<Map<String, Value>, Refusal> {
    if body.get("id").is_some_and(|id| id_text(id) != stored.get("id").and_then(id_text)) {
        return Err(Refusal::Field("id"));
    }
    let mut result = match variants.put {
        Put::Merge => stored.clone(),
        Put::Replace => stored.iter().filter(|(name, _)| kept(name)).map(|(n, v)| (n.clone(), v.clone())).collect(),
    };
    result.extend(body.into_iter().filter(|(name, _)| !kept(name)));
    if variants.empties == Empties::LeftOut {
        keep_empties(stored, &mut result);
    }
    take_new_addresses(&mut result, variants.new_addresses)?;
    name_rows(&mut result, "adressen");
    if let Some(Value::Array(links)) = result.get_mut("koppelingen") {
        for link in links {
            // Numbers come back as numbers where the stand-in wrote them so; kept as text.
            if let Some(id) = link.get("relatie_id").and_then(id_text)
                && let Some(member) = link.get_mut("relatie_id")
            {
                *member = id.into();
            }
        }
    }
    check(stored, &result)?;
    alter(stored, &mut result, variants.altered);
    Ok(result)
}

/// Whether both are one text, be it that accents are letters of their own in one of them.
fn is_same_text(one: Option<&Value>, other: Option<&Value>) -> bool {
    let (Some(Value::String(one)), Some(Value::String(other))) = (one, other) else { return false };
    one.nfc().eq(other.nfc())
}

/// Stores otherwise what changed in members that are stored otherwise; rows are known by their id.
fn alter(stored: &Map<String, Value>, result: &mut Map<String, Value>, altered: Altered) {
    for (member, alteration) in altered {
        let before = stored.get(*member);
        let after = result.get(*member);
        if before == after || is_same_text(before, after) {
            continue;
        }
        let text = match after {
            Some(Value::String(text)) => alteration.of(text),
            Some(_) if *alteration != Alteration::PassedOver => continue,
            _ => None,
        };
        match text.map(Value::String).or_else(|| before.cloned()) {
            Some(value) => drop(result.insert((*member).to_owned(), value)),
            None => drop(result.remove(*member)),
        }
    }
    for (list, key) in [("adressen", "id"), ("koppelingen", "relatie_id")] {
        let (Some(Value::Array(before)), Some(Value::Array(after))) = (stored.get(list), result.get_mut(list)) else {
            continue;
        };
        for row in after.iter_mut().filter_map(Value::as_object_mut) {
            let same = |known: &&Value| known.get(key).and_then(id_text) == row.get(key).and_then(id_text);
            if let Some(Value::Object(known)) = before.iter().find(same) {
                alter(known, row, altered);
            }
        }
    }
}

/// Does with addresses that have no id what the variant says.
fn take_new_addresses(fields: &mut Map<String, Value>, new_addresses: NewAddresses) -> Result<(), Refusal> {
    let Some(Value::Array(rows)) = fields.get_mut("adressen") else { return Ok(()) };
    let is_new = |row: &Value| row.get("id").and_then(id_text).is_none();
    match new_addresses {
        NewAddresses::Kept => {}
        NewAddresses::PassedOver => rows.retain(|row| !is_new(row)),
        NewAddresses::Refused if rows.iter().any(is_new) => return Err(Refusal::Field("adressen")),
        NewAddresses::Refused => {}
        NewAddresses::KeptTwice => {
            let new: Vec<Value> = rows.iter().filter(|row| is_new(row)).cloned().collect();
            rows.extend(new);
        }
    }
    Ok(())
}

/// What was empty and is left out stays as it was: nobody could see it to send it back.
fn keep_empties(stored: &Map<String, Value>, result: &mut Map<String, Value>) {
    for (name, value) in stored {
        match (value, result.get_mut(name)) {
            (empty, None) if is_empty(empty) => drop(result.insert(name.clone(), empty.clone())),
            (Value::Array(rows), Some(Value::Array(new))) => {
                for (row, new) in rows.iter().zip(new) {
                    if let (Value::Object(row), Value::Object(new)) = (row, new) {
                        keep_empties(row, new);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Whether a member is null or blank.
pub(super) fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

fn kept(name: &str) -> bool {
    KEPT.contains(&name)
}

/// Gives rows without an id one that is free within the record.
pub(super) fn name_rows(fields: &mut Map<String, Value>, list: &str) {
    let Some(Value::Array(rows)) = fields.get_mut(list) else {
        return;
    };
    let mut taken: Vec<String> = rows.iter().filter_map(|row| id_text(row.get("id")?)).collect();
    for row in rows.iter_mut().filter_map(Value::as_object_mut) {
        if row.get("id").and_then(id_text).is_none() {
            let id = (1..).map(|number: u32| format!("n{number}")).find(|id| !taken.contains(id)).unwrap_or_default();
            taken.push(id.clone());
            row.insert("id".to_owned(), id.into());
        }
    }
}

/// What is stored already may stay, however odd: a value is only judged where it changed.
fn check(stored: &Map<String, Value>, result: &Map<String, Value>) -> Result<(), Refusal> {
    let changed = |field: &str| result.get(field).filter(|value| stored.get(field) != Some(*value));
    for &field in NAMES.iter().chain(&TEXTS) {
        let Some(value) = changed(field) else {
            continue;
        };
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text,
            _ => return Err(Refusal::Field(field)),
        };
        let longest = if NAMES.contains(&field) { NAME } else { TEXT };
        let sound = match field {
            "email" | "emailadres" => text.contains('@'),
            "geboortedatum" => is_date(text),
            "geslacht" => matches!(text.as_str(), "M" | "V" | "X" | "O"),
            "kvk" => text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()),
            _ => true,
        };
        if text.chars().count() > longest || !(sound || text.is_empty()) {
            return Err(Refusal::Field(field));
        }
    }
    for rows in ["adressen", "koppelingen"] {
        match changed(rows) {
            None | Some(Value::Null) => {}
            Some(Value::Array(values)) if values.iter().all(Value::is_object) => {}
            Some(_) => return Err(Refusal::Field(rows)),
        }
    }
    Ok(())
}
