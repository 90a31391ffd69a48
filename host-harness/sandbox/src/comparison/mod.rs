//! The independent judge: do AdvocaatCentraal and Tribe say the same, by the manual's tables?
//!
//! It looks at both stand-ins past their APIs, shares no code with the connector, and knows the manual only. Ask it
//! when everything has come to rest. What the manual leaves open (a record that Tribe has no type for, a name that
//! Tribe demands and AdvocaatCentraal lacks, what was deleted in Tribe or is archived by now) it lets pass either way.

mod addresses;
mod forms;
mod judge;
mod presence;
mod report;
mod tables;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

pub use judge::Kvk;
pub use report::{Comparison, Difference, Fault, Table, Tally};

use crate::advocaatcentraal::{List, Record};
use crate::tribe::{Entity, Origin};
use crate::{AdvocaatCentraal, Tribe};
use forms::Form;
use judge::{Judge, Look};
use presence::{Mapping, Presence, Soort};
use tables::{CONTACT_PERSON, KVK, ORGANISATION, ORGANISATION_ADDRESSES, PERSON_ADDRESSES, PRIVATE_PERSON, Row};

/// What Tribe has of a person's name beside the last name.
const NAME_PARTS: [&str; 3] = ["FirstName", "MiddleName", "Initials"];
const CONTACT_SET: &str = "Relationship_Person_Contact_Standard";

/// Compares the two. `types` maps AdvocaatCentraal's relation type ids to Tribe's keys: `customer`, `prospect`,
/// `lead`, `suspect`, `hot-prospect`, `supplier`, `partner`, or the GUID of a custom type.
///
/// The mapping must be the one that was in force from the start; every record in Tribe is held against it.
pub fn compare(ac: &AdvocaatCentraal, tribe: &Tribe, types: &BTreeMap<String, String>, kvk: Kvk) -> Comparison {
    judge(ac, tribe, types, Look::Everything(kvk))
}

/// The same without the tables of fields: whether those records and addresses stand in Tribe that must, where they
/// must, and no others.
pub fn compare_records(ac: &AdvocaatCentraal, tribe: &Tribe, types: &BTreeMap<String, String>) -> Comparison {
    judge(ac, tribe, types, Look::Records)
}

fn judge(ac: &AdvocaatCentraal, tribe: &Tribe, types: &BTreeMap<String, String>, look: Look) -> Comparison {
    // What callers of the API know is what the connector brings.
    let known = ac.as_known();
    let ac = known.as_ref().unwrap_or(ac);
    let mapping = Mapping { types, tribe };
    let mut judge = Judge { ac, tribe, mapping, look, found: Comparison::default(), companies: BTreeMap::new() };
    judge.companies = presence::companies(ac, tribe, &judge.mapping, |id| marker(ac, List::Relaties, id));
    judge.relaties();
    judge.contactpersonen();
    judge.nothing_else();
    judge.found
}

/// What the connector writes on a Tribe record to find it again.
fn marker(ac: &AdvocaatCentraal, list: List, id: &str) -> String {
    let kind = match list {
        List::Relaties => "relatie",
        List::Contactpersonen => "contactpersoon",
    };
    format!("ac:{}:{kind}:{}", ac.office().number, id)
}

impl<'a> Judge<'a> {
    fn relaties(&mut self) {
        for (id, record) in self.ac.relaties() {
            let marker = marker(self.ac, List::Relaties, id);
            let soort = Soort::of(record.current());
            let (table, rows, addresses) = match soort {
                Soort::Bedrijf => (Table::Organisations, ORGANISATION, ORGANISATION_ADDRESSES),
                Soort::Particulier => (Table::PrivatePersons, PRIVATE_PERSON, PERSON_ADDRESSES),
            };
            let presence = self.mapping.relatie(record);
            let Some(entity) = self.the_one(table, &marker, soort.set(), presence) else {
                continue;
            };
            self.addresses(&marker, record, &entity, addresses);
            self.relation_types(&marker, record, &entity, soort);
            let Look::Everything(kvk) = self.look else { continue };
            // A name that a user of Tribe divided over several fields stays so; AdvocaatCentraal has it in one.
            let is_divided = |row: &Row| {
                row.field == "particulier.naam" && NAME_PARTS.iter().any(|part| !entity.text(part).is_empty())
            };
            for row in rows.iter().filter(|row| !is_divided(row)) {
                self.fields(table, &marker, record, row, &entity, &[]);
            }
            if soort == Soort::Bedrijf && kvk == Kvk::On {
                self.fields(table, &marker, record, &KVK, &entity, &[]);
            }
        }
    }

    /// One relationship per mapped type, under the own organisation.
    fn relation_types(&mut self, marker: &str, record: &Record, entity: &Entity<'_>, soort: Soort) {
        let sets = self.mapping.sets(record.current());
        let wanted: BTreeSet<&String> = sets.values().collect();
        for set in wanted {
            self.found.record(Table::RelationTypes);
            let types: Vec<String> =
                sets.iter().filter(|(_, of)| *of == set).map(|(id, _)| format!("{marker}#{id}")).collect();
            let ours: Vec<Entity<'_>> = self
                .tribe
                .referring(entity.id(), soort.link())
                .filter(|relationship| relationship.set() == set && relationship.origin() == Origin::Api)
                .collect();
            let deleted = types.iter().any(|marker| self.tribe.was_deleted_by_user(marker));
            if ours.is_empty() && !deleted {
                self.found.fault(Table::RelationTypes, types.first().map_or(marker, |t| t), "", Fault::MissingInTribe);
            }
            let mut seen = BTreeSet::new();
            for relationship in ours {
                let carried = relationship.text("ImportId");
                if relationship.link("Relation") != Some(self.tribe.own_organisation()) {
                    self.found.fault(Table::RelationTypes, &carried, "", Fault::WrongParent);
                }
                if !carried.starts_with(&format!("{marker}#")) {
                    self.found.fault(Table::RelationTypes, &relationship.id().to_string(), "", Fault::WrongMarker);
                } else if !seen.insert(carried.clone()) {
                    self.found.fault(Table::RelationTypes, &carried, "", Fault::Duplicate);
                }
            }
        }
    }

    fn contactpersonen(&mut self) {
        for (id, record) in self.ac.contactpersonen() {
            let marker = marker(self.ac, List::Contactpersonen, id);
            let (presence, at) = self.mapping.contactpersoon(record, &self.companies);
            let table = Table::ContactPersons;
            let Some(person) = self.the_one(table, &marker, Soort::Particulier.set(), presence) else {
                continue;
            };
            let contacts: Vec<Entity<'_>> =
                at.iter().filter_map(|company| self.contact(&marker, record, &person, company)).collect();
            self.addresses(&marker, record, &person, PERSON_ADDRESSES);
            if self.look == Look::Records {
                continue;
            }
            for row in CONTACT_PERSON {
                self.fields(table, &marker, record, row, &person, &contacts);
            }
            self.gender(&marker, record, &person);
        }
    }

    /// The place of a contact person at one company, with what belongs to that place.
    fn contact(&mut self, person: &str, record: &Record, entity: &Entity<'_>, company: &str) -> Option<Entity<'a>> {
        let table = Table::ContactRelationships;
        let marker = format!("{person}@{company}");
        let parent = self::marker(self.ac, List::Relaties, company);
        // Where the organisation itself is missing, that is said already.
        let parent = self.with_marker(&parent, Soort::Bedrijf.set()).first().map(Entity::id)?;
        let mut contacts = self
            .tribe
            .referring(entity.id(), "Person")
            .filter(|contact| contact.set() == CONTACT_SET && contact.link("Relation") == Some(parent))
            .filter(|contact| contact.origin() == Origin::Api);
        let (first, second) = (contacts.next(), contacts.next());
        drop(contacts);
        if first.is_none() && self.tribe.was_deleted_by_user(&marker) {
            return None;
        }
        self.found.record(table);
        if second.is_some() {
            self.found.fault(table, &marker, "", Fault::Duplicate);
        }
        let Some(contact) = first else {
            self.found.fault(table, &marker, "", Fault::MissingInTribe);
            return None;
        };
        if contact.text("ImportId") != marker {
            self.found.fault(table, &marker, "", Fault::WrongMarker);
        }
        if self.look == Look::Records {
            return Some(contact);
        }
        let rows = record.current().rows("koppelingen");
        let link = rows.iter().find(|link| link.get("relatie_id").and_then(Value::as_str) == Some(company))?;
        let text = |field: &str| link.get(field).map(|value| value.as_str().unwrap_or(""));
        let function = self.tribe.character().function_property.as_str();
        for (field, ac, property, form) in [
            ("contactpersoon.functie", "functie", function, Form::Text),
            ("contactpersoon.doorkiesnummer", "doorkiesnummer", "PhoneNumber", Form::Phone),
        ] {
            // An absent key says nothing.
            let Some(ac) = text(ac).filter(|ac| self.tells(ac)) else { continue };
            self.found.field(table);
            self.values(table, &marker, field, &form.plain(ac), &form.plain(&contact.text(property)));
        }
        Some(contact)
    }

    /// One field of a table, wherever it stands in Tribe. Where a user of Tribe edited one of several places, that
    /// edit is in AdvocaatCentraal and the other places stay as they are (D3): then one that agrees is enough.
    fn fields(
        &mut self,
        table: Table,
        marker: &str,
        record: &Record,
        row: &Row,
        entity: &Entity<'_>,
        contacts: &[Entity<'_>],
    ) {
        let Some(ac) = said(record, row.ac).filter(|ac| self.tells(ac)) else {
            return;
        };
        self.found.field(table);
        let places = [(entity, row.record)]
            .into_iter()
            .chain(contacts.iter().filter_map(|contact| Some((contact, row.contact?))));
        let (mut values, mut touched) = (Vec::new(), false);
        for (entity, property) in places {
            values.push(row.form.plain(&entity.text(property)));
            touched |= entity.was_touched_by_user(property);
        }
        let ac = row.form.plain(&ac);
        // The edit that AdvocaatCentraal got may also have been made at an organisation that is not synced any more.
        let edited_elsewhere = row.contact.is_some_and(|property| {
            let mut roles = self.tribe.referring(entity.id(), "Person").filter(|role| role.set() == CONTACT_SET);
            roles.any(|role| role.was_touched_by_user(property) && row.form.plain(&role.text(property)) == ac)
        });
        if edited_elsewhere || (values.len() > 1 && touched && values.contains(&ac)) {
            return;
        }
        if let Some(other) = values.iter().find(|value| **value != ac) {
            self.values(table, marker, row.field, &ac, other);
        }
    }

    fn gender(&mut self, marker: &str, record: &Record, person: &Entity<'_>) {
        let Some(ac) = said(record, "geslacht").filter(|ac| self.tells(ac)) else {
            return;
        };
        self.found.field(Table::ContactPersons);
        let row = person.link("Gender").and_then(|id| self.tribe.entity(id));
        let code = row.map(|row| row.text("Code")).unwrap_or_default();
        let (ac, tribe) = (Form::Gender.plain(&ac), Form::Gender.plain(&code));
        // What the tenant has no row for is empty there.
        let mut rows = self.tribe.set("Datastore_Gender");
        let ac = if rows.any(|row| Form::Gender.plain(&row.text("Code")) == ac) { ac } else { String::new() };
        self.values(Table::ContactPersons, marker, "contactpersoon.geslacht", &ac, &tribe);
    }

    fn values(&mut self, table: Table, marker: &str, field: &'static str, ac: &str, tribe: &str) {
        let fault = match (ac, tribe) {
            (ac, tribe) if ac == tribe => return,
            (_, "") => Fault::EmptyInTribe,
            ("", _) => Fault::EmptyInAdvocaatCentraal,
            _ => Fault::Differs,
        };
        self.found.fault(table, marker, field, fault);
    }

    /// Nothing in Tribe that carries our marker or was made by the API and must not be there.
    fn nothing_else(&mut self) {
        let office = format!("ac:{}:", self.ac.office().number);
        for entity in self.tribe.set("Relation").chain(self.tribe.set("Relationship")) {
            let marker = entity.text("ImportId");
            let Some(named) = marker.strip_prefix(&office) else {
                if entity.origin() == Origin::Api && !marker.starts_with("ac:") {
                    let table =
                        if entity.set().starts_with("Relation_") { Table::Organisations } else { Table::RelationTypes };
                    self.found.fault(table, &entity.id().to_string(), "", Fault::WrongMarker);
                }
                continue;
            };
            let known = match named.split_once(':') {
                Some(("relatie", rest)) => self.is_known_relatie(rest, &entity),
                Some(("contactpersoon", rest)) => self.is_known_contactpersoon(rest),
                _ => false,
            };
            if !known {
                let table = match entity.set() {
                    "Relation_Organization" => Table::Organisations,
                    "Relation_Person" => Table::ContactPersons,
                    CONTACT_SET => Table::ContactRelationships,
                    _ => Table::RelationTypes,
                };
                self.found.fault(table, &marker, "", Fault::NotToBeInTribe);
            }
        }
    }

    /// The relation is there, and was ever of that kind or type. Whether it may be in Tribe was judged before.
    fn is_known_relatie(&self, named: &str, entity: &Entity<'_>) -> bool {
        let (id, relatietype) = named.split_once('#').map_or((named, None), |(id, of)| (id, Some(of)));
        let Some(record) = self.ac.relatie(id) else {
            return self.ac.purged(List::Relaties).any(|purged| purged == id);
        };
        let mut versions = record.versions();
        match relatietype {
            Some(of) => {
                versions.any(|version| self.mapping.sets(version).get(of).is_some_and(|set| set == entity.set()))
            }
            None => versions.any(|version| Soort::of(version).set() == entity.set()),
        }
    }

    fn is_known_contactpersoon(&self, named: &str) -> bool {
        let (id, company) = named.split_once('@').map_or((named, None), |(id, at)| (id, Some(at)));
        let Some(record) = self.ac.contactpersoon(id) else {
            return self.ac.purged(List::Contactpersonen).any(|purged| purged == id);
        };
        let Some(company) = company else { return true };
        let at_company = self.companies.get(company).is_some_and(|presence| *presence != Presence::MustNot);
        at_company && record.versions().any(|version| presence::links(version).any(|id| id == company))
    }
}

/// What AdvocaatCentraal says about a field. `None` where the key is absent and was not before: an absent key says
/// nothing, and clears nothing.
fn said(record: &Record, field: &str) -> Option<String> {
    let now = record.current();
    let absent = !now.fields().contains_key(field);
    if absent && record.versions().any(|version| !version.text(field).is_empty()) {
        return None;
    }
    Some(now.text(field).to_owned())
}

#[cfg(test)]
mod tests;
