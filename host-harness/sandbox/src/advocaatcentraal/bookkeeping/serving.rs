//! A stored relation, with its contact persons, as this wire shows it: whatever is empty is `""`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::super::one_line::Parts;
use super::super::record::{List, Record, Version, id_text, linked_relaties};
use super::super::store::Store;
use super::super::variants::KoppelingOrder;
use super::super::wire::Wire;
use super::shape::{
    CONTACT, Flat, LINK, MAIN, Member, PERSON, PERSON_KIND, POSTAL, POSTAL_KIND, gender_shown, main_kind, plain,
};
use crate::Instant;

type Fields = Map<String, Value>;

/// The contact persons of every relation, in order of their ids.
pub(super) struct People<'a>(BTreeMap<String, Vec<(&'a str, &'a Version)>>);

impl<'a> People<'a> {
    /// As they stand.
    pub(super) fn now(store: &'a Store) -> Self {
        Self::of(store, Record::current)
    }

    /// As they stood then, in the order of a list.
    pub(super) fn listed(store: &'a Store, then: Instant) -> Self {
        let mut people = Self::of_some(store, |record| record.at(then));
        if store.variants.koppelingen == KoppelingOrder::ReversedInLists {
            people.0.values_mut().for_each(|people| people.reverse());
        }
        people
    }

    fn of(store: &'a Store, version: impl Fn(&'a Record) -> &'a Version) -> Self {
        Self::of_some(store, |record| Some(version(record)))
    }

    /// What is deleted is no part of its contact any more.
    fn of_some(store: &'a Store, version: impl Fn(&'a Record) -> Option<&'a Version>) -> Self {
        let mut people: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for (id, record) in &store.contactpersonen.records {
            let Some(version) = version(record).filter(|version| version.text("status") != "verwijderd") else {
                continue;
            };
            let mut contacts = linked_relaties(version);
            contacts.sort_unstable();
            contacts.dedup();
            for contact in contacts {
                people.entry(contact).or_default().push((id.as_str(), version));
            }
        }
        Self(people)
    }

    /// Those of one contact.
    pub(super) fn at(&self, contact: &str) -> &[(&'a str, &'a Version)] {
        self.0.get(contact).map_or(&[], Vec::as_slice)
    }
}

/// A contact with its people.
pub(super) fn contact(id: &str, record: &Record, version: &Version, people: &People<'_>) -> Value {
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| drop(shown.insert(name.to_owned(), value));
    put("id", written_id(List::Relaties, id));
    put("version", record.revision.into());
    for own in CONTACT {
        let field = plain(version).iter().find(|(_, member)| *member == own).map(|(field, _)| *field);
        put(own, field.map_or_else(|| "".into(), |field| text(&version.fields, field).into()));
    }
    put("kinds", version.rows("relatietypen").iter().filter_map(Value::as_str).collect());
    put("archived", (version.text("status") == "gearchiveerd").into());
    put("created_at", record.created.map(stamp).unwrap_or_default().into());
    put("updated_at", stamp(version.changed).into());
    put("contact_people", people.at(id).iter().map(|(person, version)| self::person(person, version, id)).collect());
    flat(&mut shown, address(version, main_kind(version)), &MAIN);
    flat(&mut shown, address(version, POSTAL_KIND), &POSTAL);
    shown.into()
}

/// A contact person at one contact.
pub(super) fn person(id: &str, version: &Version, contact: &str) -> Value {
    let mut shown = Map::new();
    shown.insert("id".to_owned(), written_id(List::Contactpersonen, id));
    members(&mut shown, &version.fields, &PERSON);
    let gender = text(&version.fields, "geslacht");
    shown.insert("gender".to_owned(), gender_shown(&gender).into());
    shown.insert("archived".to_owned(), (version.text("status") == "gearchiveerd").into());
    let none = Map::new();
    members(&mut shown, link(version, contact).unwrap_or(&none), &LINK);
    flat(&mut shown, address(version, PERSON_KIND), &MAIN);
    shown.into()
}

/// The place of a contact person at that contact.
pub(super) fn link<'a>(version: &'a Version, contact: &str) -> Option<&'a Fields> {
    let rows = version.rows("koppelingen").iter().filter_map(Value::as_object);
    rows.into_iter().find(|row| row.get("relatie_id").and_then(id_text).as_deref() == Some(contact))
}

/// The place of the address of that type among the addresses: the first that says anything, else the first.
pub(super) fn address_place(version: &Version, kind: &str) -> Option<usize> {
    let says = |row: &Fields| {
        !Parts::of_row(row).line().is_empty() || MAIN.plain.iter().any(|(field, _)| !text(row, field).trim().is_empty())
    };
    let rows =
        || version.rows("adressen").iter().enumerate().filter_map(|(place, row)| Some((place, row.as_object()?)));
    let of_kind = || rows().filter(|(_, row)| row.get("type").and_then(Value::as_str) == Some(kind));
    of_kind().find(|(_, row)| says(row)).or_else(|| of_kind().next()).map(|(place, _)| place)
}

fn address<'a>(version: &'a Version, kind: &str) -> Option<&'a Fields> {
    version.rows("adressen").get(address_place(version, kind)?)?.as_object()
}

fn flat(shown: &mut Fields, row: Option<&Fields>, flat: &Flat) {
    let none = Map::new();
    let row = row.unwrap_or(&none);
    shown.insert(flat.line.to_owned(), Parts::of_row(row).line().into());
    members(shown, row, &flat.plain);
}

fn members(shown: &mut Fields, fields: &Fields, members: &[Member]) {
    shown.extend(members.iter().map(|(field, own)| ((*own).to_owned(), text(fields, field).into())));
}

/// A stored member as text.
pub(super) fn text(fields: &Fields, field: &str) -> String {
    match fields.get(field) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn written_id(list: List, id: &str) -> Value {
    Wire::Bookkeeping.written_id(list, id).into()
}

/// Seconds are all that is kept; milliseconds are shown.
fn stamp(instant: Instant) -> String {
    instant.utc().replace('Z', ".000Z")
}
