//! Addresses that one side has and the other has not (D12).

mod added;
mod refused_in_part;
mod shared;

use std::time::Duration;

use advocaatcentraal_tribe::relation::RelatieId;
use advocaatcentraal_tribe::settings::name;
use advocaatcentraal_tribe::sync::records::{self, RecordId};
use advocaatcentraal_tribe::sync::{self, Trial};
use sandbox::advocaatcentraal::{Etag, List, NewAddresses, Refusals, Variants, Wire};
use sandbox::tribe::{Character, Guid, NestedCreate};
use serde_json::{Value, json};
use tests::World;
use tests::faults::Kind;
use tests::support::{conflicts, edit_relatie, person_in_ac, relation_in_ac, relation_of};

use super::{add_company, add_contact_person, add_private_person, object};

const SLOT: &str = "VisitingAddress";

fn with(variants: Variants, character: Character) -> World {
    let world = World::with(7, 18, variants, character);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    world
}

fn office() -> World {
    with(Variants::default(), Character::default())
}

/// A synced company of which both sides have one address.
fn with_address(world: &World) -> String {
    let id = add_company(world, "Nieuw Voorbeeld B.V.");
    world.settle().unwrap();
    id
}

/// A synced company without an address.
fn without_address(world: &World) -> String {
    let fields = json!({"soort": "bedrijf", "relatietypen": ["client"], "bedrijfsnaam": "Nieuw Voorbeeld B.V.",
        "telefoonnummer": null, "email": null, "website": null, "kvk": null, "adressen": []});
    let id = world.ac.borrow_mut().add_relatie(world.now(), object(fields));
    world.settle().unwrap();
    id
}

fn marked(world: &World, marker: &str) -> Guid {
    world.tribe.borrow().find_by_import_id(marker)[0]
}

fn company(world: &World, id: &str) -> Guid {
    marked(world, &format!("ac:12345:relatie:{id}"))
}

fn netherlands(world: &World) -> Value {
    world.tribe.borrow().lookup("Datastore_Country", "NL").map(Guid::as_link).unwrap()
}

fn new_address(world: &World) -> Value {
    json!({"Street": "Herengracht", "HouseNumber": 7, "HouseNumberSuffix": "bis", "Postalcode": "1017 BA",
        "City": "Amsterdam", "Country": netherlands(world)})
}

/// A user of Tribe adds an address to a company, and a minute passes.
fn add(world: &World, id: &str, slot: &str) -> Guid {
    let address = world.add_address_in_tribe(company(world, id), slot, &new_address(world)).unwrap();
    world.wait(Duration::from_secs(60));
    address
}

fn in_slot(world: &World, id: &str, slot: &str) -> Option<Guid> {
    world.tribe.borrow().entity(company(world, id)).unwrap().link(slot)
}

fn says(world: &World, address: Guid, property: &str) -> String {
    world.tribe.borrow().entity(address).unwrap().text(property)
}

fn addresses_in_ac(world: &World, id: &str) -> Vec<Value> {
    relation_in_ac(world, id)["adressen"].as_array().unwrap().clone()
}

fn change_address(world: &World, id: &str, part: &str, text: &str) {
    let change = |record: &mut serde_json::Map<String, Value>| record["adressen"][0][part] = text.into();
    assert!(world.edit_in_ac(List::Relaties, id, change));
}

fn letters(world: &World) -> Vec<(String, Vec<String>)> {
    let all = records::dead_letters(world.ports(), &world.read_settings()).unwrap();
    all.into_iter().map(|(subject, letter)| (subject.id().to_owned(), letter.fields.into_iter().collect())).collect()
}

/// How often the cycles told that.
fn told(cycles: &[tests::Cycle], code: &str) -> usize {
    cycles.iter().flat_map(|cycle| &cycle.notes).filter(|note| note.code.as_str() == code).count()
}

#[test]
fn removed_in_tribe_and_changed_in_ac_it_is_made_again_whole_and_the_removal_told() {
    for nested_create in [NestedCreate::Honoured, NestedCreate::RelationsOnly, NestedCreate::Ignored] {
        for is_deleted in [true, false] {
            let world = with(Variants::default(), Character { nested_create, ..Character::default() });
            let id = with_address(&world);
            let before = world.writes();
            assert!(world.remove_address_in_tribe(company(&world, &id), SLOT, is_deleted));
            let cycles = [world.sweep().unwrap(), world.poll().unwrap(), world.sweep().unwrap()];
            assert_eq!(told(&cycles, "address-gone-in-tribe"), 1, "it is told once");
            assert_eq!((world.writes(), in_slot(&world, &id, SLOT)), (before, None));
            change_address(&world, &id, "plaats", "Utrecht");
            world.settle().unwrap();
            let address = in_slot(&world, &id, SLOT).expect("it is made again");
            assert_eq!(says(&world, address, "Street"), "Keizersgracht", "with what did not change");
            assert_eq!(says(&world, address, "City"), "Utrecht");
            world.assert_same();
            assert_eq!(world.writes().0, before.0, "nothing of it is written to AC");
            world.remove_address_in_tribe(company(&world, &id), SLOT, is_deleted);
            assert_eq!(told(&[world.sweep().unwrap()], "address-gone-in-tribe"), 1, "removed again it is told again");
        }
    }
}

#[test]
fn no_address_counts_as_removed_that_tribe_did_not_make_along() {
    for nested_create in [NestedCreate::Honoured, NestedCreate::RelationsOnly, NestedCreate::Ignored] {
        for read_lag in [0, 20] {
            let read_lag = Duration::from_secs(read_lag);
            let world =
                World::with(7, 18, Variants::default(), Character { nested_create, read_lag, ..Character::default() });
            let first = world.initial_sync().unwrap();
            let cycles = [first, world.poll().unwrap(), world.poll().unwrap(), world.sweep().unwrap()];
            assert_eq!(told(&cycles, "address-gone-in-tribe"), 0, "{nested_create:?} {read_lag:?}");
            world.assert_same();
        }
    }
}

#[test]
fn removed_in_tribe_and_changed_in_ac_before_anyone_looks_it_is_told_and_made_again() {
    let world = office();
    let id = with_address(&world);
    world.remove_address_in_tribe(company(&world, &id), SLOT, true);
    change_address(&world, &id, "plaats", "Utrecht");
    let cycles = [world.poll().unwrap(), world.poll().unwrap()];
    assert_eq!(told(&cycles, "address-gone-in-tribe"), 1);
    world.settle().unwrap();
    world.assert_same();
    assert!(in_slot(&world, &id, SLOT).is_some());
}

#[test]
fn an_address_that_is_made_again_without_an_answer_is_made_once() {
    for kind in [Kind::ResetAfter, Kind::ResetBefore] {
        let world = office();
        let id = with_address(&world);
        world.remove_address_in_tribe(company(&world, &id), SLOT, true);
        change_address(&world, &id, "plaats", "Utrecht");
        world.faults.plan(kind, "PUT", "Relation_Organization", 1);
        world.settle().unwrap();
        world.wait(Duration::from_secs(3_600));
        world.settle().unwrap();
        world.assert_same();
        let owner = company(&world, &id);
        assert_eq!(world.tribe.borrow().referring(owner, "Organization").filter(|of| of.set() == "Address").count(), 1);
    }
}

#[test]
fn another_address_in_the_place_of_a_removed_one_goes_to_ac() {
    // Before anyone reads it again or was told, too; and the other one lacks a part that the first one had.
    for (was_read, is_told) in [(true, true), (false, true), (false, false)] {
        for postcode in [json!("1017 BA"), json!(null)] {
            let world = office();
            let id = add_company(&world, "Nieuw Voorbeeld B.V.");
            if !was_read {
                let what_was_made = "Relation_Organization?$select=ID,CreationDate,LastMutationDate,Name";
                world.faults.plan(Kind::Status500, "GET", what_was_made, 1);
            }
            assert_eq!(world.poll().is_ok(), was_read);
            world.wait(Duration::from_secs(600));
            world.remove_address_in_tribe(company(&world, &id), SLOT, true);
            if is_told {
                assert_eq!(told(&[world.sweep().unwrap()], "address-gone-in-tribe"), 1, "{was_read}");
            }
            let mut other = new_address(&world);
            other["Postalcode"] = postcode.clone();
            world.add_address_in_tribe(company(&world, &id), SLOT, &other).unwrap();
            world.wait(Duration::from_secs(60));
            world.settle().unwrap();
            world.assert_same();
            let all = addresses_in_ac(&world, &id);
            let expected = (1, &json!("a1"), &json!("Herengracht"), &postcode);
            let case = format!("{was_read} {is_told}");
            assert_eq!((all.len(), &all[0]["id"], &all[0]["straat"], &all[0]["postcode"]), expected, "{case}");
        }
    }
}

#[test]
fn another_address_of_a_person_in_tribe_is_told_and_left_alone() {
    let world = office();
    let id = add_private_person(&world, "A. Voorbeeld");
    world.settle().unwrap();
    let person = company(&world, &id);
    let synced = world.add_address_in_tribe(person, "Address", &new_address(&world)).unwrap();
    world.settle().unwrap();
    let other = json!({"Street": "Singel", "Person": person.as_link()});
    world.tribe.borrow_mut().add(world.now(), "Address", &other).unwrap();
    // On the record itself the first one stays.
    world.put_address_in_tribe(person, "Address", synced);
    let before = world.writes();
    let cycles = [world.poll().unwrap(), world.poll().unwrap()];
    assert!(told(&cycles, "several-in-tribe") > 0);
    assert_eq!((world.writes(), &addresses_in_ac(&world, &id)[0]["straat"]), (before, &json!("Herengracht")));
}

#[test]
fn removed_in_ac_it_stays_in_tribe_and_a_later_edit_there_brings_it_back() {
    let world = office();
    let id = with_address(&world);
    edit_relatie(&world, &id, json!({"adressen": []}));
    let before = world.writes();
    world.settle().unwrap();
    world.sweep().unwrap();
    assert_eq!(world.writes(), before);
    let address = in_slot(&world, &id, SLOT).unwrap();
    world.edit_by_id(&address.to_string(), &json!({"City": "Utrecht"}));
    world.settle().unwrap();
    let addresses = addresses_in_ac(&world, &id);
    assert_eq!((&addresses[0]["straat"], &addresses[0]["plaats"]), (&json!("Keizersgracht"), &json!("Utrecht")));
    world.assert_same();
}

#[test]
fn removed_in_ac_while_it_changes_in_tribe_the_removal_stands_and_is_told() {
    let world = office();
    let id = with_address(&world);
    let address = in_slot(&world, &id, SLOT).unwrap();
    edit_relatie(&world, &id, json!({"adressen": []}));
    world.edit_by_id(&address.to_string(), &json!({"City": "Utrecht"}));
    let before = world.writes();
    let cycles = [world.poll().unwrap(), world.poll().unwrap(), world.sweep().unwrap()];
    assert_eq!(told(&cycles, "address-removed-in-advocaatcentraal"), 1);
    assert_eq!((world.writes(), addresses_in_ac(&world, &id).len()), (before, 0));
    assert_eq!(says(&world, address, "City"), "Utrecht");
}

#[test]
fn removed_in_ac_it_stays_in_tribe_and_that_is_told_once() {
    let world = office();
    let id = with_address(&world);
    edit_relatie(&world, &id, json!({"adressen": []}));
    let before = world.writes();
    let cycles = [world.poll().unwrap(), world.poll().unwrap(), world.sweep().unwrap()];
    assert_eq!(told(&cycles, "address-removed-in-advocaatcentraal"), 1);
    assert_eq!(world.writes(), before);
    assert!(in_slot(&world, &id, SLOT).is_some());
}
