//! A stored record as this wire shows it.

use serde_json::{Map, Value, json};

use super::super::one_line::Parts;
use super::super::record::{List, Record, Version, id_text};
use super::super::store::Store;
use super::super::storing::is_empty;
use super::super::variants::Empties;
use super::shape::{ADDRESS, POSITION, address_word, gender_word, is_company, shape};

/// A record with every member that its kind has; what is absent is null.
pub(super) fn record(store: &Store, list: List, record: &Record, version: &Version) -> Map<String, Value> {
    let shape = shape(list, version);
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| drop(shown.insert(name.to_owned(), value));
    put("id", id_value(version.text("id")));
    put("status", status(version.text("status")).into());
    put("created_at", record.created.map_or(Value::Null, |created| created.utc().into()));
    put("updated_at", version.changed.utc().into());
    for (field, own) in shape.plain {
        put(own, member(&version.fields, field));
    }
    for list in shape.lists() {
        let rows = shape.rows(list).filter_map(|row| {
            let value = version.fields.get(row.field).filter(|value| !is_empty(value))?;
            Some(json!({ "id": row.id, "name": row.word, row.member: value }))
        });
        put(list, rows.collect());
    }
    put("addresses", objects(version.rows("adressen")).map(address).collect());
    match list {
        List::Relaties => {
            put("type", if is_company(version) { "Company" } else { "Person" }.into());
            let types = version.rows("relatietypen").iter().filter_map(Value::as_str);
            put("categories", types.map(|id| category(store, id)).collect());
        }
        List::Contactpersonen => {
            put(
                "gender",
                match version.fields.get("geslacht") {
                    Some(Value::String(gender)) => gender_word(gender).into(),
                    other => other.cloned().unwrap_or_default(),
                },
            );
            put("positions", objects(version.rows("koppelingen")).map(position).collect());
        }
    }
    let custom: Map<String, Value> =
        shape.custom(list, &version.fields).map(|(name, value)| (name.clone(), value.clone())).collect();
    put("custom_fields", custom.into());
    if store.variants.empties == Empties::LeftOut {
        leave_out_empties(&mut shown);
    }
    shown
}

/// An address; street and number are one line.
pub(super) fn address(row: &Map<String, Value>) -> Value {
    let kind = row.get("type").and_then(Value::as_str).unwrap_or_default();
    let mut shown = json!({
        "id": row.get("id").cloned().unwrap_or_default(),
        "name": address_word(kind),
        "street": Parts::of_row(row).line(),
    });
    extend(&mut shown, row, &ADDRESS);
    shown
}

/// What a contact person is at one contact.
pub(super) fn position(row: &Map<String, Value>) -> Value {
    let id = row.get("relatie_id").and_then(id_text).unwrap_or_default();
    let mut shown = json!({ "contact_id": id_value(&id) });
    extend(&mut shown, row, &POSITION);
    shown
}

/// A category of the office; one that it does not have any more has no name.
pub(super) fn category(store: &Store, id: &str) -> Value {
    let name = store.relatietypen.iter().find(|(known, _)| known == id).map(|(_, name)| name);
    json!({ "id": id, "name": name })
}

/// An id as a number, unless it is no plain whole number.
fn id_value(id: &str) -> Value {
    let whole = id.parse::<u64>().ok().filter(|number| number.to_string() == id);
    whole.map_or_else(|| id.into(), Value::from)
}

fn status(stored: &str) -> &str {
    match stored {
        "actief" => "active",
        "gearchiveerd" => "archived",
        "verwijderd" => "deleted",
        other => other,
    }
}

fn extend(shown: &mut Value, row: &Map<String, Value>, members: &[(&str, &str)]) {
    if let Value::Object(shown) = shown {
        shown.extend(members.iter().map(|(field, own)| ((*own).to_owned(), member(row, field))));
    }
}

/// A stored member; null where it is absent.
pub(super) fn member(fields: &Map<String, Value>, field: &str) -> Value {
    fields.get(field).cloned().unwrap_or_default()
}

pub(super) fn objects(rows: &[Value]) -> impl Iterator<Item = &Map<String, Value>> {
    rows.iter().filter_map(Value::as_object)
}

/// Removes what is null or blank, in rows of lists as well.
fn leave_out_empties(shown: &mut Map<String, Value>) {
    shown.retain(|_, value| !is_empty(value));
    for rows in shown.values_mut().filter_map(Value::as_array_mut) {
        rows.iter_mut().filter_map(Value::as_object_mut).for_each(leave_out_empties);
    }
}
