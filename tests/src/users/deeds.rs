//! What users do that a sync finds hard: merges, moves, changes back and forth.

use sandbox::advocaatcentraal::List;
use sandbox::tribe::Guid;
use serde_json::{Map, Value, json};

use super::Users;
use crate::World;
use crate::faults::Kind;

impl Users {
    /// Does what that kind of fault says. False if no record fits.
    pub fn deed(&mut self, world: &World, kind: Kind) -> bool {
        match kind {
            Kind::BackAndForth => self.change_and_change_back(world),
            Kind::Move => self.move_to_another_organisation(world),
            Kind::TypeChange => self.change_types(world),
            Kind::OtherKind => self.change_kind(world),
            Kind::Archive => self.archive_or_not(world),
            Kind::Merge => return self.merge(world).is_some(),
            Kind::DeleteInTribe => return self.delete_in_tribe(world).is_some(),
            Kind::NewInAc => self.add_in_ac(world),
            Kind::EqualStamps => self.change_everything_at_once(world),
            Kind::NameSplit => return self.divide_a_name(world).is_some(),
            Kind::AddressAdded => return self.add_an_address(world).is_some(),
            Kind::AddressRemoved => return self.remove_an_address(world).is_some(),
            _ => return false,
        }
        true
    }

    /// Changes a value and changes it back, before or after the connector reads it in between.
    fn change_and_change_back(&mut self, world: &World) {
        let Some(id) = self.someone_in_tribe(world, "Relation_Organization") else { return };
        let before = world.tribe.borrow().entity(id).map(|entity| entity.text("PhoneNumber")).unwrap_or_default();
        let other = self.phone();
        world.save_in_tribe(id, &json!({ "PhoneNumber": other }));
        world.wait(std::time::Duration::from_secs(self.random.u64(1..20)));
        let before = if before.is_empty() { Value::Null } else { before.into() };
        world.save_in_tribe(id, &json!({ "PhoneNumber": before }));
    }

    pub(super) fn archive_or_not(&mut self, world: &World) {
        let list = if self.random.bool() { List::Relaties } else { List::Contactpersonen };
        let Some(id) = self.someone_in_ac(world, list) else { return };
        let mut ac = world.ac.borrow_mut();
        // A record that is gone cannot be archived; there are enough others.
        let _ =
            if self.random.bool() { ac.archive(world.now(), list, &id) } else { ac.unarchive(world.now(), list, &id) };
    }

    pub(super) fn change_types(&mut self, world: &World) {
        let Some(id) = self.someone_in_ac(world, List::Relaties) else { return };
        let of = self.random.choice(["client", "advocaat", "betalende-partij", "leverancier"]);
        world.edit_in_ac(List::Relaties, &id, |record| {
            record.insert("relatietypen".to_owned(), json!([of]));
        });
    }

    /// Turns a company into a private person, or the other way round. Its name and number go along.
    fn change_kind(&mut self, world: &World) {
        let Some(id) = self.someone_in_ac(world, List::Relaties) else { return };
        world.edit_in_ac(List::Relaties, &id, |record| {
            let is_company = record.get("soort").is_some_and(|soort| soort == "bedrijf");
            let company = ["bedrijf", "bedrijfsnaam", "telefoonnummer"];
            let private = ["particulier", "naam", "telefoon"];
            let (from, to) = if is_company { (company, private) } else { (private, company) };
            record.insert("soort".to_owned(), to[0].into());
            for (from, to) in from.into_iter().zip(to).skip(1) {
                let value = record.get(from).cloned().unwrap_or_default();
                record.insert(to.to_owned(), value);
            }
        });
    }

    fn move_to_another_organisation(&mut self, world: &World) {
        let (Some(person), Some(to)) = (self.someone_in_ac(world, List::Contactpersonen), self.a_company(world)) else {
            return;
        };
        world.edit_in_ac(List::Contactpersonen, &person, |record| {
            let rows = record.get_mut("koppelingen").and_then(Value::as_array_mut);
            let rows = rows.filter(|rows| rows.iter().all(|row| row.get("relatie_id") != Some(&json!(to))));
            if let Some(row) = rows.and_then(|rows| rows.first_mut()).and_then(Value::as_object_mut) {
                row.insert("relatie_id".to_owned(), to.clone().into());
            }
        });
    }

    fn a_company(&mut self, world: &World) -> Option<String> {
        let companies: Vec<String> = {
            let ac = world.ac.borrow();
            let company = |record: &Map<String, Value>| record.get("soort").is_some_and(|soort| soort == "bedrijf");
            ac.relaties().filter(|(_, r)| company(r.current().fields())).map(|(id, _)| id.to_owned()).collect()
        };
        self.random.choice(companies)
    }

    /// As Tribe's merge screen does: what the survivor lacks is copied, and the other is deleted.
    fn merge(&mut self, world: &World) -> Option<()> {
        let survivor = self.someone_in_tribe(world, "Relation_Organization")?;
        let other = self.someone_in_tribe(world, "Relation_Organization").filter(|other| *other != survivor)?;
        let own = world.tribe.borrow().own_organisation();
        if survivor == own || other == own {
            return None;
        }
        for property in ["PhoneNumber", "EmailAddress", "Website"] {
            let text = world.tribe.borrow().entity(other)?.text(property);
            let lacks = world.tribe.borrow().entity(survivor)?.text(property).is_empty();
            if lacks && !text.is_empty() {
                world.save_in_tribe(survivor, &json!({ property: text }));
            }
        }
        world.tribe.borrow_mut().delete_as_user(world.now(), other).ok()
    }

    /// Divides a private person's name over several fields, or puts it back into one.
    fn divide_a_name(&mut self, world: &World) -> Option<()> {
        let id = self.someone_in_tribe(world, "Relation_Person")?;
        let (marker, first) = {
            let tribe = world.tribe.borrow();
            let person = tribe.entity(id)?;
            (person.text("ImportId"), person.text("FirstName"))
        };
        let last = format!("Kanarie {}", self.random.u16(..));
        let patch = if !first.is_empty() {
            json!({"FirstName": null, "MiddleName": null})
        } else if self.random.bool() {
            json!({"FirstName": "Kanarie", "LastName": last})
        } else {
            json!({"FirstName": "Kanarie", "MiddleName": "van der"})
        };
        (marker.starts_with("ac:12345:relatie:") && world.save_in_tribe(id, &patch)).then_some(())
    }

    /// A record of the connector's and one of its slots for addresses.
    fn someone_s_slot(&mut self, world: &World) -> Option<(Guid, &'static str)> {
        let slots = [
            ("Relation_Organization", "VisitingAddress"),
            ("Relation_Organization", "PostalAddress"),
            ("Relation_Person", "Address"),
        ];
        let (set, slot) = self.random.choice(slots)?;
        let id = self.someone_in_tribe(world, set)?;
        let ours = world.tribe.borrow().entity(id)?.text("ImportId").starts_with("ac:");
        ours.then_some((id, slot))
    }

    fn add_an_address(&mut self, world: &World) -> Option<()> {
        let (id, slot) = self.someone_s_slot(world)?;
        let number = self.random.u8(1..);
        let address = json!({"Street": format!("Kanariehof {number}"), "HouseNumber": number,
            "City": format!("Kanariedorp {number}")});
        let is_empty = world.tribe.borrow().entity(id)?.link(slot).is_none();
        world.wait(std::time::Duration::from_secs(1));
        is_empty.then(|| world.add_address_in_tribe(id, slot, &address)).flatten()?;
        world.wait(std::time::Duration::from_secs(1));
        Some(())
    }

    fn remove_an_address(&mut self, world: &World) -> Option<()> {
        let (id, slot) = self.someone_s_slot(world)?;
        let is_deleted = self.random.bool();
        world.wait(std::time::Duration::from_secs(1));
        let removed = world.remove_address_in_tribe(id, slot, is_deleted);
        world.wait(std::time::Duration::from_secs(1));
        removed.then_some(())
    }

    fn delete_in_tribe(&mut self, world: &World) -> Option<()> {
        let sets = ["Relation_Organization", "Relation_Person", "Relationship_Person_Contact_Standard"];
        let set = self.random.choice(sets)?;
        let id = self.someone_in_tribe(world, set)?;
        let ours = world.tribe.borrow().entity(id)?.text("ImportId").starts_with("ac:");
        ours.then(|| world.tribe.borrow_mut().delete_as_user(world.now(), id).ok()).flatten()
    }

    fn add_in_ac(&mut self, world: &World) {
        let word = self.random.u16(..);
        let (phone, email) = (self.phone(), self.email());
        if self.random.bool() {
            let fields = json!({"soort": "bedrijf", "relatietypen": ["client"], "bedrijfsnaam": format!("Kanarie {word}"),
                "telefoonnummer": phone, "email": email, "website": null, "kvk": null, "adressen": []});
            let Value::Object(fields) = fields else { return };
            world.ac.borrow_mut().add_relatie(world.now(), fields);
            return;
        }
        let Some(company) = self.a_company(world) else { return };
        let fields = json!({"voornamen": null, "achternaam": format!("Kanarie {word}"), "tussenvoegsels": null,
            "voorletters": null, "geboortedatum": null, "geslacht": null, "mobiel": phone, "prive_telefoon": null,
            "emailadres": email, "adressen": [],
            "koppelingen": [{"relatie_id": company, "functie": null, "doorkiesnummer": null}]});
        let Value::Object(fields) = fields else { return };
        world.ac.borrow_mut().add_contactpersoon(world.now(), fields);
    }

    fn change_everything_at_once(&mut self, world: &World) {
        let ids: Vec<String> = world.ac.borrow().relaties().map(|(id, _)| id.to_owned()).collect();
        let email = self.email();
        for id in ids {
            world.edit_in_ac(List::Relaties, &id, |record| {
                record.insert("email".to_owned(), email.clone());
            });
        }
    }
}
