//! What is there from the start, what users of Tribe do on their screens, and a look at the records past the API.

use serde_json::{Map, Value};

use super::cell::Cell;
use super::character::CountryCodes;
use super::computed::View;
use super::declarations::{ADDRESS_TYPES, COUNTRIES, ROLES};
use super::guid::Guid;
use super::model::Navigation;
use super::refusal::Refusal;
use super::state::Tribe;
use super::store::Origin;
use super::writing::Writer;
use crate::Instant;

/// A user's edit that Tribe does not take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Tribe refuses it with status {status}: {message}")]
pub struct Refused {
    /// As the API would answer.
    pub status: u16,
    /// Names a member, never a value.
    pub message: String,
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self { status: refusal.status, message: refusal.message }
    }
}

/// One record, looked at past the API: as it is, whatever reads lag.
#[derive(Clone, Copy)]
pub struct Entity<'a> {
    view: View<'a>,
}

impl Entity<'_> {
    /// The id.
    pub fn id(&self) -> Guid {
        self.view.id
    }

    /// The entity set, for instance `Relation_Person`.
    pub fn set(&self) -> &str {
        &self.view.seen.store.model.entity_type(self.view.entity.kind).set
    }

    /// The dotted type, for instance `Relation.Person`; a GUID for a custom type.
    pub fn type_name(&self) -> &str {
        &self.view.seen.store.model.entity_type(self.view.entity.kind).name
    }

    /// A property as text, whatever its type; empty for null.
    pub fn text(&self, property: &str) -> String {
        match self.view.cell(property).map(|cell| cell.json()) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text,
            Some(other) => other.to_string(),
        }
    }

    /// The entity at the other end of a link to one.
    pub fn link(&self, name: &str) -> Option<Guid> {
        self.view.state.links.get(name).copied()
    }

    /// `CreationDate`.
    pub fn created(&self) -> Instant {
        self.view.created()
    }

    /// `LastMutationDate`.
    pub fn changed(&self) -> Option<Instant> {
        self.view.state.mutated
    }

    /// Who made it.
    pub fn origin(&self) -> Origin {
        self.view.entity.origin
    }

    /// Whether a user ever wrote that property or link.
    pub fn was_touched_by_user(&self, member: &str) -> bool {
        self.view.entity.touched.contains(member)
    }
}

impl Tribe {
    /// Makes a record as a user does, without counting it: `set` as in the path, `body` as in a `POST`.
    pub fn add(&mut self, now: Instant, set: &str, body: &Value) -> Result<Guid, Refused> {
        let kind = self.store.model.set(set).ok_or_else(Refusal::not_found)?;
        Ok(self.create(now, kind, &members(body), Writer::User)?)
    }

    /// Makes an organisation with a name and perhaps more members.
    pub fn add_organisation(&mut self, now: Instant, name: &str, more: &Value) -> Result<Guid, Refused> {
        let mut body = members(more);
        body.insert("Name".to_owned(), name.into());
        self.add(now, "Relation_Organization", &Value::Object(body))
    }

    /// Edits a record as a user does: each member is its own save, with its own delivery. Tribe: documented.
    pub fn edit(&mut self, now: Instant, id: Guid, patch: &Value) -> Result<(), Refused> {
        let kind = self.store.entity(id).map(|entity| entity.kind).ok_or_else(Refusal::not_found)?;
        for (member, value) in members(patch) {
            self.update(now, kind, id, &Map::from_iter([(member, value)]), Writer::User)?;
        }
        Ok(())
    }

    /// Deletes a record as a user does, with its relationships and addresses.
    pub fn delete_as_user(&mut self, now: Instant, id: Guid) -> Result<(), Refused> {
        self.store.entity(id).ok_or_else(Refusal::not_found)?;
        self.delete(now, id, Writer::User);
        Ok(())
    }

    /// One record.
    pub fn entity(&self, id: Guid) -> Option<Entity<'_>> {
        let seen = self.store.seen(Instant::START, std::time::Duration::ZERO);
        View::of(seen, id).map(|view| Entity { view })
    }

    /// The records of a set and of those below it, in the order in which they were made. Empty for an unknown set.
    pub fn set(&self, set: &str) -> impl Iterator<Item = Entity<'_>> {
        let ids = self.store.model.set(set).map(|kind| self.store.ids(kind)).unwrap_or_default();
        ids.into_iter().filter_map(|id| self.entity(id))
    }

    /// The records that link to one by that link (`Person`, `Organization`, `Relation`, …).
    pub fn referring(&self, id: Guid, link: &str) -> impl Iterator<Item = Entity<'_>> {
        self.store.referrers(id, link).filter_map(|id| self.entity(id))
    }

    /// The records with exactly that `ImportId`.
    pub fn find_by_import_id(&self, import_id: &str) -> Vec<Guid> {
        self.store.with_import_id(import_id).collect()
    }

    /// Whether a user deleted a record with that `ImportId`, by itself or with what it belonged to.
    pub fn was_deleted_by_user(&self, import_id: &str) -> bool {
        self.deleted_by_users.contains(import_id)
    }

    /// When a user last took the address out of that slot of a relation, if one did.
    pub fn slot_emptied_by_user(&self, owner: Guid, slot: &str) -> Option<Instant> {
        self.emptied_slots.get(&(owner, slot.to_owned())).copied()
    }

    /// Whether there is an entity set of that name whose records have that link to one.
    pub fn has_link(&self, set: &str, link: &str) -> bool {
        let kind = self.store.model.set(set);
        let navigation = kind.and_then(|kind| self.store.model.entity_type(kind).navigations.get(link));
        matches!(navigation, Some(Navigation::ToOne { .. }))
    }

    /// The ISO code of a country that Tribe has, by that code, its name, or what the tenant has as its code.
    pub fn country(&self, named: &str) -> Option<&'static str> {
        let row = self.set("Datastore_Country").find(|row| row.text("Code").eq_ignore_ascii_case(named));
        let name = row.map_or_else(|| named.to_lowercase(), |row| row.text("Name").to_lowercase());
        let is_it = |(code, known): &&(&str, &str)| code.to_lowercase() == name || known.to_lowercase() == name;
        COUNTRIES.iter().find(is_it).map(|(code, _)| *code)
    }

    /// The relation of the tenant's own organisation.
    pub fn own_organisation(&self) -> Guid {
        self.own_organisation
    }

    /// The row of a lookup table with that code, for instance `Datastore_Gender` and `Male`.
    pub fn lookup(&self, set: &str, code: &str) -> Option<Guid> {
        self.set(set).find(|row| row.text("Code") == code).map(|row| row.id())
    }

    /// What every tenant holds from the start.
    pub(super) fn furnish(&mut self) {
        let genders = self.character.genders.clone();
        self.fill("Datastore_Gender", genders.iter().map(|(code, name)| (code.as_str(), name.as_str())));
        let numbers: Vec<String> = (1..=COUNTRIES.len()).map(|number| number.to_string()).collect();
        let countries =
            COUNTRIES.iter().zip(&numbers).map(|((code, name), number)| match self.character.country_codes {
                CountryCodes::TwoLetters => (*code, *name),
                CountryCodes::Numbers => (number.as_str(), *name),
            });
        let countries: Vec<(&str, &str)> = countries.collect();
        self.fill("Datastore_Country", countries.into_iter());
        let own = self.character.own_countries.clone();
        self.fill("Datastore_Country", own.iter().map(|(code, name)| (code.as_str(), name.as_str())));
        self.fill("Datastore_AdressType", ADDRESS_TYPES.iter().copied());
        self.fill("Datastore_Role", ROLES.iter().copied());

        let name = self.tenant.organisation.clone();
        self.own_organisation = self.put("Relation_Organization", &[("Name", &name)], &[]);
        self.put("Relationship_Organization_Identity", &[], &[("Relation", self.own_organisation)]);
        for (first, last) in [("Koos", "Koppeling"), ("Ada", "Advocaat"), ("Sem", "Secretaris")] {
            let person = self.put("Relation_Person", &[("FirstName", first), ("LastName", last)], &[]);
            let links = [("Relation", self.own_organisation), ("Person", person)];
            let employee = self.put("Relationship_Person_Contact_Employee", &[], &links);
            if first == "Koos" {
                self.current_employee = employee;
            }
        }
    }

    fn fill<'a>(&mut self, set: &str, rows: impl Iterator<Item = (&'a str, &'a str)>) {
        for (code, name) in rows {
            self.put(set, &[("Code", code), ("Name", name), ("LocalizedName", name)], &[]);
        }
    }

    /// A record from the start of time, past every check.
    fn put(&mut self, set: &str, texts: &[(&str, &str)], links: &[(&str, Guid)]) -> Guid {
        let id = self.new_guid();
        let kind = self.store.model.set(set).unwrap_or_else(|| self.store.model.named("Entity"));
        self.store.insert(Instant::START, id, kind, Origin::Tenant);
        for (name, text) in texts {
            self.store.set_cell(id, name, Some(Cell::Text((*text).to_owned().into())));
        }
        for (name, end) in links {
            self.store.set_link(id, name, Some(*end));
        }
        id
    }
}

fn members(body: &Value) -> Map<String, Value> {
    body.as_object().cloned().unwrap_or_default()
}
