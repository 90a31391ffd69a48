//! The catalogue of real faults, one test for each that applies at this level, on the smallest scenario that shows it.
//!
//! `elsewhere.txt` says where the others are tested, or why they cannot happen; `catalogue` checks that none is
//! forgotten.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod catalogue;
mod clearing;
mod cursors;
mod duplicates;
mod echoes;
mod fields;
mod giving_back;
mod limits;
mod one_value;
mod operations;
mod phones;
mod reading;
mod structure;

use sandbox::advocaatcentraal::{List, Variants};
use sandbox::tribe::Character;
use serde_json::{Map, Value, json};
use tests::World;

/// A company that is synced, with a visiting address "12-14 hs".
const COMPANY: &str = "1001";
/// Another, with a visiting and a postal address.
const OTHER: &str = "1002";
/// A private person that is synced.
const PERSON: &str = "1013";

/// An office with a relation of every special kind, synced and at rest.
fn office() -> World {
    office_with(Variants::default(), Character::default())
}

fn office_with(variants: Variants, character: Character) -> World {
    let world = World::with(7, 18, variants, character);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    world
}

fn marker(id: &str) -> String {
    format!("ac:12345:relatie:{id}")
}

fn tribe_id(world: &World, marker: &str) -> String {
    world.tribe.borrow().find_by_import_id(marker).first().unwrap().to_string()
}

fn standing(world: &World, marker: &str) -> usize {
    world.tribe.borrow().find_by_import_id(marker).len()
}

fn letters(world: &World) -> usize {
    advocaatcentraal_tribe::sync::records::dead_letters(world.ports(), &world.read_settings()).unwrap().len()
}

fn conflicts(world: &World) -> Vec<String> {
    tests::support::conflicts(world).into_iter().map(|(_, conflict)| conflict.lost).collect()
}

fn cursors(world: &World) -> Vec<(String, Vec<u8>)> {
    world.store.dump().into_iter().filter(|(key, _)| key.contains("/cursor/")).collect()
}

fn company(fields: Value) -> Map<String, Value> {
    let mut whole = json!({"soort": "bedrijf", "relatietypen": ["client"], "bedrijfsnaam": "Nieuw Voorbeeld B.V.",
        "telefoonnummer": null, "email": null, "website": null, "kvk": null, "adressen": []});
    whole.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    whole.as_object().unwrap().clone()
}

fn add_company(world: &World, fields: Value) -> String {
    world.ac.borrow_mut().add_relatie(world.now(), company(fields))
}

fn contact(koppelingen: Value, fields: Value) -> Map<String, Value> {
    let mut whole = json!({"voornamen": "Eva", "achternaam": "Voorbeeld", "tussenvoegsels": null, "voorletters": "E.",
        "geboortedatum": null, "geslacht": null, "mobiel": null, "prive_telefoon": null, "emailadres": null,
        "adressen": [], "koppelingen": koppelingen});
    whole.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    whole.as_object().unwrap().clone()
}

/// A contact person at these organisations.
fn add_contact(world: &World, at: &[&str], fields: Value) -> String {
    let rows: Vec<Value> =
        at.iter().map(|id| json!({"relatie_id": id, "functie": null, "doorkiesnummer": null})).collect();
    world.ac.borrow_mut().add_contactpersoon(world.now(), contact(rows.into(), fields))
}

fn person_marker(id: &str) -> String {
    format!("ac:12345:contactpersoon:{id}")
}

fn edit_addresses(world: &World, id: &str, edit: impl FnOnce(&mut Vec<Value>)) {
    world.edit_in_ac(List::Relaties, id, |record| edit(record["adressen"].as_array_mut().unwrap()));
}

/// Polls as a host does: repeats a call that stopped as soon as it may.
fn poll_until_done(world: &World) {
    use advocaatcentraal_tribe::sync::Stop;
    for _ in 0..20 {
        match world.poll() {
            Ok(_) => return,
            Err(stopped) => match stopped.error {
                Stop::Unavailable(_, until, _) | Stop::Quota(_, until) => world.wait_until(until),
                other => panic!("{other:?}"),
            },
        }
    }
    panic!("the poll never ends");
}
