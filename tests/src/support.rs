//! Shorthands for tests: records that are synced, edits of users, and what either side has.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a world that is not as a scenario says fails it"
)]

use advocaatcentraal_tribe::link::{Kept, KeptId, Reason};
use advocaatcentraal_tribe::sync::records;
use serde_json::Value;

use crate::World;

/// The values that are kept, the last that gave way first.
pub fn kept(world: &World) -> Vec<(KeptId, Kept)> {
    records::kept(world.ports(), &world.read_settings()).unwrap()
}

/// Those of them that gave way because both sides changed the same field.
pub fn conflicts(world: &World) -> Vec<(KeptId, Kept)> {
    kept(world).into_iter().filter(|(_, kept)| kept.reason == Reason::Conflict).collect()
}

/// A company that is synced.
pub fn synced_company(world: &World) -> String {
    let ac = world.ac.borrow();
    let is_synced = |record: &serde_json::Map<String, Value>| {
        record["soort"] == "bedrijf"
            && record["status"] == "actief"
            && record["relatietypen"] == serde_json::json!(["client"])
    };
    let found = ac.relaties().find(|(_, record)| is_synced(record.current().fields())).map(|(id, _)| id.to_owned());
    found.expect("the population has such a company")
}

/// A contact person at exactly one organisation that is synced.
pub fn synced_person(world: &World) -> String {
    let ac = world.ac.borrow();
    let people: Vec<String> = ac
        .contactpersonen()
        .map(|(id, person)| (id, person.current().fields()))
        .filter(|(_, person)| person["status"] == "actief")
        .filter(|(_, person)| person["koppelingen"].as_array().is_some_and(|all| all.len() == 1))
        .map(|(id, _)| id.to_owned())
        .collect();
    let tribe = world.tribe.borrow();
    let is_synced = |id: &String| tribe.find_by_import_id(&format!("ac:12345:contactpersoon:{id}")).len() == 1;
    people.into_iter().find(is_synced).expect("the population has such a person")
}

/// The company of a contact person.
pub fn company_of(world: &World, person: &str) -> String {
    person_in_ac(world, person)["koppelingen"][0]["relatie_id"].as_str().unwrap().to_owned()
}

/// A user of AC edits a relation.
pub fn edit_relatie(world: &World, id: &str, patch: Value) {
    let patch = patch.as_object().unwrap().clone();
    world.ac.borrow_mut().edit_relatie(world.now(), id, |record| record.extend(patch)).unwrap();
}

/// A user of AC edits a contact person.
pub fn edit_contact(world: &World, id: &str, patch: Value) {
    let patch = patch.as_object().unwrap().clone();
    world.ac.borrow_mut().edit_contactpersoon(world.now(), id, |record| record.extend(patch)).unwrap();
}

/// A relation as AC has it.
pub fn relation_in_ac(world: &World, id: &str) -> Value {
    Value::Object(world.ac.borrow().relatie(id).unwrap().current().fields().clone())
}

/// A contact person as AC has it.
pub fn person_in_ac(world: &World, id: &str) -> Value {
    Value::Object(world.ac.borrow().contactpersoon(id).unwrap().current().fields().clone())
}

/// A property of a relation in Tribe.
pub fn relation_of(world: &World, id: &str, property: &str) -> String {
    world.text_in_tribe(&format!("ac:12345:relatie:{id}"), property)
}

/// A property of a contact person in Tribe: the private side.
pub fn person_of(world: &World, id: &str, property: &str) -> String {
    world.text_in_tribe(&format!("ac:12345:contactpersoon:{id}"), property)
}

/// A property of a contact person in Tribe: the business side, at its only organisation.
pub fn contact_of(world: &World, id: &str, property: &str) -> String {
    let company = company_of(world, id);
    world.text_in_tribe(&format!("ac:12345:contactpersoon:{id}@{company}"), property)
}
