//! What users do on the screens of either system. The world remembers what they wrote.

use std::time::Duration;

use advocaatcentraal_tribe::link::{OfficeState, Subject};
use advocaatcentraal_tribe::relation::{ContactpersoonId, RelatieId};
use sandbox::advocaatcentraal::List;
use sandbox::tribe::{Entity, Guid};
use serde_json::{Map, Value};

use super::watch::Saying;
use crate::World;
use crate::manual::{self, Holder, InAc, Who};

impl World {
    /// A user of AC edits a record. False if it is not there.
    pub fn edit_in_ac(&self, list: List, id: &str, edit: impl FnOnce(&mut Map<String, Value>)) -> bool {
        let known = self.ac.borrow().ids_now(list, id);
        let before = self.as_they_are(known.into_iter().map(|id| Who { list, id }));
        let edited = match list {
            List::Relaties => self.ac.borrow_mut().edit_relatie(self.now(), id, edit),
            List::Contactpersonen => self.ac.borrow_mut().edit_contactpersoon(self.now(), id, edit),
        };
        for (who, before) in before.iter().filter(|_| edited.is_ok()) {
            let Some(after) = self.fields_in_ac(who) else { continue };
            self.watch.tell(self.now.get(), || {
                let changed = after.iter().filter(|(member, value)| before.get(*member) != Some(value));
                let changed: Map<String, Value> =
                    changed.map(|(member, value)| (member.clone(), value.clone())).collect();
                format!("a user of AC edits {}: {}", who.marker(), Value::Object(changed))
            });
            self.note_said_in_ac(who, before, &after);
        }
        edited.is_ok()
    }

    fn note_said_in_ac(&self, who: &Who, before: &Map<String, Value>, after: &Map<String, Value>) {
        let tribe = self.tribe.borrow();
        for field in manual::fields(who, after) {
            let places: Vec<Option<String>> = match field.ac {
                InAc::Koppeling(_) => {
                    let rows = after.get("koppelingen").and_then(Value::as_array).into_iter().flatten();
                    rows.filter_map(|row| row.get("relatie_id").map(|id| Some(manual::text(id)))).collect()
                }
                InAc::Own(_) | InAc::Address(..) => vec![None],
            };
            for at in places {
                let one = |record| field.in_ac(record, at.as_deref(), &tribe).into_iter().next();
                if let (Some(before), Some(value)) = (one(before), one(after))
                    && before != value
                {
                    self.watch.said.borrow_mut().push(Saying {
                        who: who.clone(),
                        field: field.name,
                        at,
                        place: "AC".to_owned(),
                        value,
                        before,
                        when: self.now.get(),
                        known: self.is_known(who, field.name),
                    });
                }
            }
        }
    }

    /// A user of Tribe edits the record with that marker. Returns its id.
    ///
    /// # Panics
    /// If there is no such record, or Tribe refuses the edit.
    pub fn edit_in_tribe(&self, marker: &str, patch: &Value) -> String {
        let id = self.marked(marker);
        self.edit_by_id(&id.to_string(), patch);
        id.to_string()
    }

    /// A user of Tribe edits the record with that id.
    ///
    /// # Panics
    /// If there is no such record, or Tribe refuses the edit.
    pub fn edit_by_id(&self, id: &str, patch: &Value) {
        self.wait(Duration::from_secs(1));
        let id = id.parse().unwrap_or_else(|_| panic!("{id} is no id"));
        assert!(self.save_in_tribe(id, patch), "Tribe refuses the edit of a user");
        self.wait(Duration::from_secs(1));
    }

    /// A user of Tribe edits the record with that id. False if it does not exist or Tribe refuses.
    pub fn save_in_tribe(&self, id: Guid, patch: &Value) -> bool {
        let owner = manual::owner(&self.tribe.borrow(), id);
        let before = owner.as_ref().map(|owner| self.said_in_tribe(id, owner, patch));
        let saved = self.tribe.borrow_mut().edit(self.now(), id, patch).is_ok();
        self.watch.tell(self.now.get(), || format!("a user of Tribe edits {id} ({owner:?}): {patch}"));
        if let (true, Some(owner), Some(before)) = (saved, owner, before) {
            let after = self.said_in_tribe(id, &owner, patch);
            let (who, at, _) = owner;
            let mut said = self.watch.said.borrow_mut();
            for ((field, property, before), (_, _, value)) in before.into_iter().zip(after) {
                if before != value {
                    let place = format!("{id}.{property}");
                    let (when, known) = (self.now.get(), self.is_known(&who, field));
                    said.push(Saying { who: who.clone(), field, at: at.clone(), place, value, before, when, known });
                }
            }
        }
        saved
    }

    /// A user of Tribe puts a new address in a slot of a record. None if Tribe refuses.
    pub fn add_address_in_tribe(&self, owner: Guid, slot: &str, address: &Value) -> Option<Guid> {
        let id = self.tribe.borrow_mut().add(self.now(), "Address", address).ok()?;
        self.put_address_in_tribe(owner, slot, id).then_some(())?;
        self.note_said_in_new_address(id);
        Some(id)
    }

    /// A new address says what stands in it; and that its other fields are empty, where AC has something there.
    fn note_said_in_new_address(&self, id: Guid) {
        let Some((who, at, holder)) = manual::owner(&self.tribe.borrow(), id) else { return };
        let Some(record) = self.fields_in_ac(&who) else { return };
        let tribe = self.tribe.borrow();
        let Some(entity) = tribe.entity(id) else { return };
        for field in manual::fields_of(who.list, is_organisation(holder, &entity)) {
            let Some(property) = field.property(holder) else { continue };
            let value = field.in_tribe(&entity, property, &tribe);
            let in_ac = field.in_ac(&record, None, &tribe).into_iter().next().unwrap_or_default();
            if !value.is_empty() || !in_ac.is_empty() {
                let (place, before) = (format!("{id}.{property}"), in_ac.clone());
                let (when, known) = (self.now.get(), self.is_known(&who, field.name));
                let (who, at, field) = (who.clone(), at.clone(), field.name);
                self.watch.said.borrow_mut().push(Saying { who, field, at, place, value, before, when, known });
            }
        }
    }

    /// A user of Tribe chooses an address that is there for a slot of a record. False if Tribe refuses.
    pub fn put_address_in_tribe(&self, owner: Guid, slot: &str, address: Guid) -> bool {
        self.watch.tell(self.now.get(), || format!("a user of Tribe puts {address} in {slot} of {owner}"));
        let link = serde_json::json!({ slot: { "ID": address.to_string() } });
        self.tribe.borrow_mut().edit(self.now(), owner, &link).is_ok()
    }

    /// A user of Tribe removes the address in a slot of a record: deletes it, or only takes it out of the slot. False if
    /// there is none.
    pub fn remove_address_in_tribe(&self, owner: Guid, slot: &str, is_deleted: bool) -> bool {
        let address = self.tribe.borrow().entity(owner).and_then(|owner| owner.link(slot));
        let Some(address) = address else { return false };
        self.watch.tell(self.now.get(), || format!("a user of Tribe removes {slot} of {owner}"));
        let mut tribe = self.tribe.borrow_mut();
        match is_deleted {
            true => tribe.delete_as_user(self.now(), address).is_ok(),
            false => tribe.edit(self.now(), owner, &serde_json::json!({ slot: null })).is_ok(),
        }
    }

    /// Whether the connector's state has a base for that field, or a value that it sent to Tribe.
    fn is_known(&self, who: &Who, field: &str) -> bool {
        let subjects = match who.list {
            List::Relaties => {
                let id = RelatieId::new(&who.id);
                vec![Subject::Organisation(id.clone()), Subject::PrivatePerson(id)]
            }
            List::Contactpersonen => vec![Subject::ContactPerson(ContactpersoonId::new(&who.id))],
        };
        let state = OfficeState::new(&self.store, "12345");
        let mut links = subjects.iter().filter_map(|subject| state.link(subject).ok());
        links.any(|link| link.bases.keys().chain(link.sent.keys()).any(|slot| slot.starts_with(field)))
    }

    /// What a record of Tribe's has in the fields that a patch touches: field, property, value.
    fn said_in_tribe(
        &self,
        id: Guid,
        (who, _, holder): &(Who, Option<String>, Holder),
        patch: &Value,
    ) -> Vec<(&'static str, &'static str, String)> {
        let tribe = self.tribe.borrow();
        let Some(entity) = tribe.entity(id) else { return Vec::new() };
        let touched = |property: &str| {
            patch.get(property).is_some() || (property == "HouseNumber" && patch.get("HouseNumberSuffix").is_some())
        };
        manual::fields_of(who.list, is_organisation(*holder, &entity))
            .into_iter()
            .filter_map(|field| Some((field, field.property(*holder).filter(|property| touched(property))?)))
            .map(|(field, property)| (field.name, property, field.in_tribe(&entity, property, &tribe)))
            .collect()
    }

    /// A user of Tribe deletes the record with that marker.
    ///
    /// # Panics
    /// If there is no such record, or Tribe refuses.
    pub fn delete_in_tribe(&self, marker: &str) {
        let id = self.marked(marker);
        let deleted = self.tribe.borrow_mut().delete_as_user(self.now(), id);
        assert!(deleted.is_ok(), "Tribe refuses the deletion of a user");
    }

    /// The id of the address in a slot of the record with that marker.
    ///
    /// # Panics
    /// If there is none.
    pub fn address_in_tribe(&self, marker: &str, slot: &str) -> String {
        let tribe = self.tribe.borrow();
        let address = tribe.entity(self.marked(marker)).and_then(|owner| owner.link(slot));
        address.unwrap_or_else(|| panic!("{marker} has no {slot}")).to_string()
    }

    /// A property of the record with that marker.
    ///
    /// # Panics
    /// If there is no such record.
    pub fn text_in_tribe(&self, marker: &str, property: &str) -> String {
        let tribe = self.tribe.borrow();
        tribe.entity(self.marked(marker)).map(|entity| entity.text(property)).unwrap_or_default()
    }

    fn marked(&self, marker: &str) -> Guid {
        let found = self.tribe.borrow().find_by_import_id(marker);
        *found.first().unwrap_or_else(|| panic!("nothing in Tribe bears {marker}"))
    }
}

/// Whether what holds a field is of an organisation. AC's record may be of the other kind just now, and of this one again
/// later.
fn is_organisation(holder: Holder, entity: &Entity<'_>) -> bool {
    match holder {
        Holder::Address(slot) => slot != "Address",
        Holder::Relation | Holder::Contact => entity.set() == "Relation_Organization",
    }
}
