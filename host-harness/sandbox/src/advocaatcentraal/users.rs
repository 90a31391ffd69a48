//! What users of AdvocaatCentraal do on their screens, for tests and the demo.

use serde_json::{Map, Value};

use super::one_line::Parts;
use super::record::{List, Record, Version, id_text, linked_relaties};
use super::{AdvocaatCentraal, storing};
use crate::Instant;

/// There is no record of that id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no record of that id")]
pub struct NoSuchRecord;

impl AdvocaatCentraal {
    /// Takes records as they are, stamps included. What was there stays; an id that was there is replaced.
    ///
    /// A record without `id`, `status`, `gewijzigd` gets a free id, `actief`, and the start of time.
    pub fn load(&mut self, list: List, records: impl IntoIterator<Item = Map<String, Value>>) {
        for fields in records {
            self.insert(Instant::START, list, fields);
        }
    }

    /// Makes a relation and tells its id.
    pub fn add_relatie(&mut self, now: Instant, mut fields: Map<String, Value>) -> String {
        stamp_new(now, &mut fields);
        self.insert(now, List::Relaties, fields)
    }

    /// Makes a contact person and tells its id.
    pub fn add_contactpersoon(&mut self, now: Instant, mut fields: Map<String, Value>) -> String {
        stamp_new(now, &mut fields);
        let id = self.insert(now, List::Contactpersonen, fields);
        if self.store.wire.nests_contact_persons() {
            let parents = self.contactpersoon(&id).map(|record| linked_relaties(record.current())).unwrap_or_default();
            self.store.touch(now, parents);
        }
        id
    }

    /// Edits a relation as a user would: no check, a new stamp.
    pub fn edit_relatie(
        &mut self,
        now: Instant,
        id: &str,
        edit: impl FnOnce(&mut Map<String, Value>),
    ) -> Result<(), NoSuchRecord> {
        self.edit(now, List::Relaties, id, edit)
    }

    /// Edits a contact person as a user would: no check, a new stamp.
    pub fn edit_contactpersoon(
        &mut self,
        now: Instant,
        id: &str,
        edit: impl FnOnce(&mut Map<String, Value>),
    ) -> Result<(), NoSuchRecord> {
        self.edit(now, List::Contactpersonen, id, edit)
    }

    /// Archives a relation or a contact person.
    pub fn archive(&mut self, now: Instant, list: List, id: &str) -> Result<(), NoSuchRecord> {
        self.set_status(now, list, id, "gearchiveerd")
    }

    /// Takes a relation or a contact person out of the archive.
    pub fn unarchive(&mut self, now: Instant, list: List, id: &str) -> Result<(), NoSuchRecord> {
        self.set_status(now, list, id, "actief")
    }

    /// Deletes a relation or a contact person: listed as `verwijderd`, 410 by its id.
    pub fn delete(&mut self, now: Instant, list: List, id: &str) -> Result<(), NoSuchRecord> {
        self.set_status(now, list, id, "verwijderd")
    }

    /// Removes a deleted record from the lists as well, as AdvocaatCentraal does after a while: 404 by its id.
    pub fn purge(&mut self, list: List, id: &str) -> Result<(), NoSuchRecord> {
        let table = self.store.table_mut(list);
        table.records.remove(id).ok_or(NoSuchRecord)?;
        table.purged.insert(id.to_owned());
        Ok(())
    }

    /// The ids of records that were purged.
    pub fn purged(&self, list: List) -> impl Iterator<Item = &str> {
        self.store.table(list).purged.iter().map(String::as_str)
    }

    /// The relation types, by id.
    pub fn relatietypen_mut(&mut self) -> &mut Vec<(String, String)> {
        &mut self.store.relatietypen
    }

    /// One relation.
    pub fn relatie(&self, id: &str) -> Option<&Record> {
        self.store.relaties.records.get(id)
    }

    /// One contact person.
    pub fn contactpersoon(&self, id: &str) -> Option<&Record> {
        self.store.contactpersonen.records.get(id)
    }

    /// Every relation by its id, in order of the ids.
    pub fn relaties(&self) -> impl Iterator<Item = (&str, &Record)> {
        self.store.relaties.records.iter().map(|(id, record)| (id.as_str(), record))
    }

    /// Every contact person by its id, in order of the ids.
    pub fn contactpersonen(&self) -> impl Iterator<Item = (&str, &Record)> {
        self.store.contactpersonen.records.iter().map(|(id, record)| (id.as_str(), record))
    }

    fn set_status(&mut self, now: Instant, list: List, id: &str, status: &str) -> Result<(), NoSuchRecord> {
        self.edit(now, list, id, |fields| {
            fields.insert("status".to_owned(), status.into());
        })
    }

    fn edit(
        &mut self,
        now: Instant,
        list: List,
        id: &str,
        edit: impl FnOnce(&mut Map<String, Value>),
    ) -> Result<(), NoSuchRecord> {
        let record = self.store.table(list).records.get(id).ok_or(NoSuchRecord)?;
        let mut fields = record.current.fields.clone();
        edit(&mut fields);
        fields.insert("id".to_owned(), id.into());
        storing::name_rows(&mut fields, "adressen");
        self.store.put(now, list, id, fields);
        Ok(())
    }

    fn insert(&mut self, now: Instant, list: List, mut fields: Map<String, Value>) -> String {
        let has_one_line = self.store.wire.has_one_line();
        let table = self.store.table_mut(list);
        let id = fields.get("id").and_then(id_text).unwrap_or_else(|| {
            table.free_id(match list {
                List::Relaties => 1000,
                List::Contactpersonen => 5000,
            })
        });
        let mut stamp = |name: &str| fields.remove(name).as_ref().and_then(Value::as_str).and_then(Instant::parse);
        let (changed, created) = (stamp("gewijzigd").unwrap_or(now), stamp("aangemaakt"));
        fields.insert("id".to_owned(), id.clone().into());
        fields.entry("status").or_insert_with(|| "actief".into());
        storing::name_rows(&mut fields, "adressen");
        if has_one_line {
            Parts::divide(&mut fields);
        }
        let current = Version { fields, changed: changed.whole_second(), made: now };
        let record = Record { created, revision: 1, earlier: Vec::new(), current };
        table.records.insert(id.clone(), record);
        id
    }
}

fn stamp_new(now: Instant, fields: &mut Map<String, Value>) {
    for name in ["aangemaakt", "gewijzigd"] {
        fields.insert(name.to_owned(), now.amsterdam().into());
    }
}
