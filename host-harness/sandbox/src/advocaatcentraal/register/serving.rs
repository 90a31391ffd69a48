//! A stored record as this wire shows it: every value a text, and "" for whatever is empty.

use serde_json::{Map, Value, json};

use super::super::record::{List, Record, Version, id_text};
use super::super::store::Store;
use super::house_number::InThree;
use super::shape::{ADDRESS, EMPLOYER, Kind, shown};
use crate::Instant;

type Fields = Map<String, Value>;

/// A record with every member that its kind has.
pub(super) fn record(store: &Store, kind: Kind, record: &Record, version: &Version) -> Fields {
    let mut of = Map::new();
    let mut put = |name: &str, value: Value| drop(of.insert(name.to_owned(), value));
    put("Id", kind.id_in_list(version.text("id")).into());
    put("Active", if version.text("status") == "actief" { "yes" } else { "no" }.into());
    put("Created", record.created.map(stamp).unwrap_or_default().into());
    put("Changed", stamp(version.changed).into());
    let name = ["bedrijfsnaam", "naam", "achternaam"].into_iter().map(|field| version.text(field));
    put("Display", name.collect::<String>().into());
    let properties = kind.properties().iter();
    let properties =
        properties.map(|(field, own)| ((*own).to_owned(), shown(field, &text(&version.fields, field)).into()));
    put("Properties", Value::Object(properties.collect()));
    let addresses = kind.addresses().iter().map(|(of, own)| {
        let row = address_place(version, of).and_then(|place| version.rows("adressen").get(place)?.as_object());
        ((*own).to_owned(), address(row.unwrap_or(&Map::new())))
    });
    put("Addresses", Value::Object(addresses.collect()));
    if kind == Kind::Contacts {
        put("Employer", employer(store, version));
    } else {
        let roles = version.rows("relatietypen").iter().filter_map(Value::as_str);
        put("Roles", roles.map(|id| role(store, id)).collect());
    }
    of
}

/// An address; without a row every part is empty.
fn address(row: &Fields) -> Value {
    let InThree { number, letter, addition } = InThree::of_row(row);
    let mut shown: Fields = ADDRESS.iter().map(|(field, own)| ((*own).to_owned(), text(row, field).into())).collect();
    for (name, text) in [("Number", number), ("Letter", letter), ("Addition", addition)] {
        shown.insert(name.to_owned(), text.into());
    }
    shown.into()
}

/// The place of the address of that type among the addresses: the first that says anything, else the first.
pub(super) fn address_place(version: &Version, of: &str) -> Option<usize> {
    let says = |row: &Fields| {
        let parts = ADDRESS.iter().map(|(field, _)| *field).chain(["huisnummer", "toevoeging"]);
        parts.into_iter().any(|field| !text(row, field).trim().is_empty())
    };
    let rows =
        || version.rows("adressen").iter().enumerate().filter_map(|(place, row)| Some((place, row.as_object()?)));
    let of_type = || rows().filter(|(_, row)| row.get("type").and_then(Value::as_str) == Some(of));
    of_type().find(|(_, row)| says(row)).or_else(|| of_type().next()).map(|(place, _)| place)
}

/// The link of a contact to its employer; none where it has none.
pub(in super::super) fn employer_link(store: &Store, version: &Version) -> Option<Value> {
    version.rows("koppelingen").get(employer_place(store, version)?).cloned()
}

/// The place among a contact's links of the first one with an organisation.
pub(super) fn employer_place(store: &Store, version: &Version) -> Option<usize> {
    let is_organisation = |row: &Value| {
        let id = row.get("relatie_id").and_then(id_text);
        let record = id.and_then(|id| store.relaties.records.get(&id));
        record.is_some_and(|record| Kind::of(List::Relaties, &record.current) == Kind::Organisations)
    };
    version.rows("koppelingen").iter().position(is_organisation)
}

fn employer(store: &Store, version: &Version) -> Value {
    let row = employer_place(store, version).and_then(|place| version.rows("koppelingen").get(place)?.as_object());
    let none = Map::new();
    let row = row.unwrap_or(&none);
    let mut shown: Fields = EMPLOYER.iter().map(|(field, own)| ((*own).to_owned(), text(row, field).into())).collect();
    let id = row.get("relatie_id").and_then(id_text).unwrap_or_default();
    shown.insert("Id".to_owned(), Kind::Organisations.id_in_list(&id).into());
    shown.into()
}

/// A role of the office; one that it does not have any more has no label.
fn role(store: &Store, id: &str) -> Value {
    let label = store.relatietypen.iter().find(|(known, _)| known == id).map_or("", |(_, name)| name);
    json!({ "Code": id, "Label": label })
}

/// A stored member as text.
pub(super) fn text(fields: &Fields, field: &str) -> String {
    match fields.get(field) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// Civil time in Amsterdam, with a blank before the time.
fn stamp(instant: Instant) -> String {
    instant.amsterdam_without_offset().replace('T', " ")
}
