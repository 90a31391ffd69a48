//! What a merge patch changes, record by record. What comes back as it was shown stays as users typed it.

use serde_json::{Map, Value};

use super::super::one_line::Parts;
use super::super::record::{List, Record, Version, id_text};
use super::super::refusal::Refusal;
use super::super::store::Store;
use super::super::storing;
use super::super::variants::{Empties, Put, Variants};
use super::super::wire::Wire;
use super::refusal::Refused;
use super::serving::{People, address_place, contact, person};
use super::shape::{
    Flat, LINK, MAIN, Member, PERSON, PERSON_KIND, POSTAL, POSTAL_KIND, gender_stored, main_kind, plain,
};

type Fields = Map<String, Value>;

/// One record that a patch changes.
pub(super) struct Change {
    pub(super) list: List,
    pub(super) id: String,
    pub(super) fields: Fields,
    pub(super) members: Vec<String>,
}

/// Every record that a patch of a contact changes: itself unless only people are spoken of, and those people.
pub(super) fn changes(store: &Store, id: &str, record: &Record, sent: &Fields) -> Result<Vec<Change>, Refused> {
    let people = People::now(store);
    let version = &record.current;
    let shown = contact(id, record, version, &people);
    match sent.get("version") {
        None => {}
        Some(Value::Number(sent)) if sent.as_u64() == Some(record.revision) => {}
        Some(Value::Number(_)) => return Err(Refused::stale()),
        Some(_) => return Err(Refused::member("version")),
    }
    let mut patch = Patch::new(version, &shown, "");
    for (name, value) in sent {
        match name.as_str() {
            "version" | "contact_people" => {}
            "kinds" => patch.kinds(store, value)?,
            _ => {
                let flats = [(&MAIN, main_kind(version)), (&POSTAL, POSTAL_KIND)];
                patch.member(name, value, plain(version), &flats)?;
            }
        }
    }
    let mut changes = Vec::new();
    let only_people =
        sent.contains_key("contact_people") && sent.keys().all(|name| name == "contact_people" || name == "version");
    if !only_people {
        let own = |field: &'static str| own_name(field, plain(version));
        changes.push(patch.change(store, (List::Relaties, id), own)?);
    }
    if let Some(sent) = sent.get("contact_people") {
        let rows = sent.as_array().ok_or_else(|| Refused::member("contact_people"))?;
        for row in rows {
            let change = of_person(store, id, &people, row)?;
            if changes.iter().any(|known| known.list == change.list && known.id == change.id) {
                return Err(Refused::member("contact_people.id"));
            }
            changes.push(change);
        }
    }
    Ok(changes)
}

/// A row of `contact_people`: known by its id, and a patch itself.
fn of_person(store: &Store, contact: &str, people: &People<'_>, row: &Value) -> Result<Change, Refused> {
    let row = row.as_object().ok_or_else(|| Refused::member("contact_people"))?;
    let id = row.get("id").and_then(id_text).map(|id| Wire::Bookkeeping.stored_id(List::Contactpersonen, &id));
    let known = people.at(contact).iter().find(|(known, _)| Some(*known) == id.as_deref());
    let (id, version) = *known.ok_or_else(|| Refused::member("contact_people.id"))?;
    let shown = person(id, version, contact);
    let mut patch = Patch::new(version, &shown, "contact_people.");
    for (name, value) in row {
        match name.as_str() {
            "gender" => patch.gender(value)?,
            name if LINK.iter().any(|(_, own)| *own == name) => patch.link(contact, name, value)?,
            _ => patch.member(name, value, &PERSON, &[(&MAIN, PERSON_KIND)])?,
        }
    }
    patch.change(store, (List::Contactpersonen, id), |field| own_name(field, &PERSON))
}

/// How this wire calls a stored field.
fn own_name(field: &'static str, members: &[Member]) -> &'static str {
    let plain = members.iter().find(|(stored, _)| *stored == field).map(|(_, own)| *own);
    plain.unwrap_or(match field {
        "adressen" => "address1",
        "geslacht" => "gender",
        "relatietypen" => "kinds",
        other => other,
    })
}

/// One record while its patch is read.
struct Patch<'a> {
    version: &'a Version,
    shown: &'a Value,
    prefix: &'static str,
    taken: Fields,
}

impl<'a> Patch<'a> {
    fn new(version: &'a Version, shown: &'a Value, prefix: &'static str) -> Self {
        Self { version, shown, prefix, taken: Map::new() }
    }

    fn refused(&self, name: &str) -> Refused {
        Refused::member(format!("{}{name}", self.prefix))
    }

    /// What says the same as was shown, be it empty as null.
    fn is_shown(&self, name: &str, value: &Value) -> bool {
        let shown = self.shown.get(name);
        shown == Some(value) || (value.is_null() && shown.and_then(Value::as_str) == Some(""))
    }

    /// A member that holds one text; others can only come back as they were shown.
    fn member(
        &mut self,
        name: &str,
        value: &Value,
        members: &[Member],
        flats: &[(&Flat, &str)],
    ) -> Result<(), Refused> {
        if self.is_shown(name, value) {
            return Ok(());
        }
        if !(value.is_null() || value.is_string()) {
            return Err(self.refused(name));
        }
        if let Some((field, _)) = members.iter().find(|(_, own)| *own == name) {
            self.taken.insert((*field).to_owned(), value.clone());
            return Ok(());
        }
        let Some((flat, kind)) = flats.iter().find(|(flat, _)| flat.has(name)) else {
            return Err(self.refused(name));
        };
        self.address(flat, kind, name, value);
        Ok(())
    }

    /// A part of the address of that type, which is made if there is none.
    fn address(&mut self, flat: &Flat, kind: &str, name: &str, value: &Value) {
        let mut rows = match self.taken.remove("adressen") {
            Some(Value::Array(rows)) => rows,
            _ => self.version.rows("adressen").to_vec(),
        };
        let is_new = |row: &Value| row.get("id").is_none() && row.get("type").and_then(Value::as_str) == Some(kind);
        let place = address_place(self.version, kind).or_else(|| rows.iter().position(is_new)).unwrap_or(rows.len());
        if place == rows.len() {
            rows.push(serde_json::json!({ "type": kind }));
        }
        if let Some(row) = rows.get_mut(place).and_then(Value::as_object_mut) {
            if name == flat.line {
                Parts::put_line(row, value.as_str().unwrap_or_default());
            }
            if let Some((field, _)) = flat.plain.iter().find(|(_, own)| *own == name) {
                row.insert((*field).to_owned(), value.clone());
            }
        }
        self.taken.insert("adressen".to_owned(), rows.into());
    }

    fn link(&mut self, contact: &str, name: &str, value: &Value) -> Result<(), Refused> {
        if self.is_shown(name, value) {
            return Ok(());
        }
        if !(value.is_null() || value.is_string()) {
            return Err(self.refused(name));
        }
        let mut rows = match self.taken.remove("koppelingen") {
            Some(Value::Array(rows)) => rows,
            _ => self.version.rows("koppelingen").to_vec(),
        };
        let is_it = |row: &&mut Value| row.get("relatie_id").and_then(id_text).as_deref() == Some(contact);
        let row = rows.iter_mut().find(is_it).and_then(Value::as_object_mut);
        if let (Some(row), Some((field, _))) = (row, LINK.iter().find(|(_, own)| *own == name)) {
            row.insert((*field).to_owned(), value.clone());
        }
        self.taken.insert("koppelingen".to_owned(), rows.into());
        Ok(())
    }

    fn gender(&mut self, value: &Value) -> Result<(), Refused> {
        if self.is_shown("gender", value) {
            return Ok(());
        }
        let gender = match value {
            Value::Null => Some(Value::Null),
            Value::String(shown) if shown.is_empty() => Some(Value::Null),
            Value::String(shown) => gender_stored(shown).map(Value::from),
            _ => None,
        };
        self.taken.insert("geslacht".to_owned(), gender.ok_or_else(|| self.refused("gender"))?);
        Ok(())
    }

    /// The whole list of words, of those that the office has.
    fn kinds(&mut self, store: &Store, value: &Value) -> Result<(), Refused> {
        if self.is_shown("kinds", value) {
            return Ok(());
        }
        let is_known = |word: &Value| store.relatietypen.iter().any(|(id, _)| word == id.as_str());
        let words = value.as_array().filter(|words| words.iter().all(is_known));
        let words = words.ok_or_else(|| self.refused("kinds"))?;
        self.taken.insert("relatietypen".to_owned(), words.clone().into());
        Ok(())
    }

    /// The record as it stands afterwards, if its values are sound.
    fn change(
        self,
        store: &Store,
        (list, id): (List, &str),
        own: impl Fn(&'static str) -> &'static str,
    ) -> Result<Change, Refused> {
        let variants = Variants { put: Put::Merge, empties: Empties::Given, ..store.variants };
        let mut members: Vec<String> = self.taken.keys().cloned().collect();
        members.sort_unstable();
        let prefix = self.prefix;
        let fields = storing::merged(&self.version.fields, self.taken, &variants).map_err(|refusal| match refusal {
            Refusal::Field(field) => Refused::member(format!("{prefix}{}", own(field))),
            other => other.into(),
        })?;
        Ok(Change { list, id: id.to_owned(), fields, members })
    }
}
