//! The records as callers of the API know them: by other ids than they are stored under, and a contact person once for
//! each relation below which it stands.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde_json::{Map, Value};

use super::record::{List, Record, Version, id_text, linked_relaties};
use super::wire::Wire;
use super::{AdvocaatCentraal, register};

impl AdvocaatCentraal {
    /// The same office as callers of its API know it; none where they know it as it is stored.
    pub fn as_known(&self) -> Option<Self> {
        self.knows_otherwise().then(|| {
            let mut known = Self::new(self.office().clone(), *self.variants());
            known.store.relatietypen.clone_from(&self.store.relatietypen);
            for list in [List::Relaties, List::Contactpersonen] {
                for id in self.store.table(list).records.keys() {
                    let records = self.known_records(list, id);
                    let there = self.ids_now(list, id);
                    let table = known.store.table_mut(list);
                    for (id, record) in records {
                        match there.contains(&id) {
                            true => drop(table.records.insert(id, record)),
                            false => drop(table.purged.insert(id)),
                        }
                    }
                }
                let purged = self.purged(list).flat_map(|id| self.known_before(list, id));
                known.store.table_mut(list).purged.extend(purged);
            }
            known
        })
    }

    /// A record by the id by which callers know it.
    pub fn known_record(&self, list: List, known: &str) -> Option<Cow<'_, Record>> {
        let stored = self.stored_as(list, known);
        if !self.knows_otherwise() {
            return self.store.table(list).records.get(&stored).map(Cow::Borrowed);
        }
        let is_there = self.ids_now(list, &stored).iter().any(|id| id == known);
        self.known_records(list, &stored).remove(known).filter(|_| is_there).map(Cow::Owned)
    }

    /// The ids by which callers know a stored record now.
    pub fn ids_now(&self, list: List, stored: &str) -> Vec<String> {
        let record = self.store.table(list).records.get(stored);
        let seen = record.map(|record| self.seen(list, stored, &record.current)).unwrap_or_default();
        seen.into_iter().map(|(id, _)| id).collect()
    }

    /// The id by which callers know a record: as the wire writes it, with the word that tells its list where ids count
    /// within one only, and below a relation, the first if it has several, where contact persons stand there.
    pub fn known_as(&self, list: List, stored: &str) -> String {
        let known = self.ids_now(list, stored).into_iter().next();
        known.unwrap_or_else(|| self.store.wire.written_id(list, stored))
    }

    /// The stored id of a record that callers know so.
    pub fn stored_as(&self, list: List, known: &str) -> String {
        let is_stored = self.store.table(list).records.contains_key(known);
        let wire = self.store.wire;
        let id = match (list, wire) {
            _ if is_stored => known,
            (List::Relaties, Wire::Register) => known.split_once('-').map_or(known, |(_, id)| id),
            (List::Contactpersonen, Wire::Bookkeeping | Wire::Ledger) => {
                known.split_once('/').map_or(known, |(_, id)| id)
            }
            _ => known,
        };
        wire.stored_id(list, id)
    }

    fn knows_otherwise(&self) -> bool {
        !matches!(self.store.wire, Wire::Assumed | Wire::Practice)
    }

    /// Every record that callers ever knew of a stored one, with its versions.
    fn known_records(&self, list: List, stored: &str) -> BTreeMap<String, Record> {
        let mut known: BTreeMap<String, Record> = BTreeMap::new();
        let Some(record) = self.store.table(list).records.get(stored) else { return known };
        for version in record.versions() {
            for (id, fields) in self.seen(list, stored, version) {
                let version = Version { fields, changed: version.changed, made: version.made };
                match known.entry(id) {
                    Entry::Occupied(mut known) => known.get_mut().put(version),
                    Entry::Vacant(place) => {
                        let created = record.created;
                        place.insert(Record { created, revision: 0, earlier: Vec::new(), current: version });
                    }
                }
            }
        }
        known
    }

    /// What callers see of one version, by the id.
    fn seen(&self, list: List, stored: &str, version: &Version) -> Vec<(String, Map<String, Value>)> {
        let wire = self.store.wire;
        let own = wire.written_id(list, stored);
        let status = version.text("status");
        let is_there = status != "verwijderd" && (list == List::Relaties || status != "gearchiveerd");
        if wire == Wire::Ledger && !is_there {
            return Vec::new();
        }
        if list == List::Relaties {
            return vec![(self.of_relation(&own, version), version.fields.clone())];
        }
        let with_rows = |rows: Vec<Value>| {
            let mut fields = version.fields.clone();
            fields.insert("koppelingen".to_owned(), rows.into_iter().map(|row| self.row_as_known(row)).collect());
            fields
        };
        match wire {
            Wire::Assumed | Wire::Practice => vec![(own, version.fields.clone())],
            Wire::Register => {
                vec![(own, with_rows(register::employer_link(&self.store, version).into_iter().collect()))]
            }
            Wire::Bookkeeping | Wire::Ledger => {
                let mut relations = linked_relaties(version);
                relations.sort_unstable();
                relations.dedup();
                let row_of = |relation: &String| {
                    let is_it = |row: &&Value| row.get("relatie_id").and_then(id_text).as_ref() == Some(relation);
                    version.rows("koppelingen").iter().find(is_it).cloned()
                };
                let at = |relation: &String| {
                    (below(wire, relation, &own), with_rows(row_of(relation).into_iter().collect()))
                };
                relations.iter().map(at).collect()
            }
        }
    }

    /// The id by which callers know a relation of that version.
    fn of_relation(&self, written: &str, version: &Version) -> String {
        match self.store.wire {
            Wire::Register => register::Kind::of(List::Relaties, version).known_id(written),
            _ => written.to_owned(),
        }
    }

    fn row_as_known(&self, mut row: Value) -> Value {
        let relation = row.get("relatie_id").and_then(id_text);
        let known = relation.and_then(|relation| self.ids_now(List::Relaties, &relation).pop());
        if let (Some(known), Some(row)) = (known, row.as_object_mut()) {
            row.insert("relatie_id".to_owned(), known.into());
        }
        row
    }

    /// The ids by which callers may have known a record that is not there any more.
    fn known_before(&self, list: List, stored: &str) -> Vec<String> {
        let wire = self.store.wire;
        let own = wire.written_id(list, stored);
        match (list, wire) {
            (List::Relaties, Wire::Register) => register::Kind::OF_RELATIONS.map(|kind| kind.known_id(&own)).into(),
            (List::Contactpersonen, Wire::Bookkeeping | Wire::Ledger) => {
                self.store.relaties.records.keys().map(|relation| below(wire, relation, &own)).collect()
            }
            _ => vec![own],
        }
    }
}

/// The id of a contact person that stands below a relation.
fn below(wire: Wire, relation: &str, own: &str) -> String {
    format!("{}/{own}", wire.written_id(List::Relaties, relation))
}
