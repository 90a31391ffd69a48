//! A working day with users on both sides at ACs that speak as other systems do.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::time::Duration;

use advocaatcentraal_tribe::sync::records;
use sandbox::advocaatcentraal::{List, Variants, Wire};
use sandbox::tribe::Character;
use serde_json::json;
use tests::support::relation_in_ac;
use tests::{Users, World};

fn office(seed: u64, wire: Wire, dialect: &str) -> World {
    World::with(seed, 40, Variants::default(), Character::default()).speaking(wire, dialect)
}

/// Initial sync, ten cycles in which users edit, and then quiet: the third idle cycle writes nothing.
fn working_day(seed: u64, world: &World) {
    let mut users = Users::new(seed);
    world.initial_sync().unwrap();
    for _ in 0..10 {
        for _ in 0..4 {
            users.edit(world);
            world.wait(Duration::from_secs(7));
        }
        world.poll().unwrap();
    }
    world.wait(Duration::from_secs(30 * 60));
    world.poll().unwrap();
    world.poll().unwrap();
    let before = world.writes();
    let cycle = world.poll().unwrap();
    assert_eq!(world.writes(), before, "the third idle cycle writes: {cycle:?}");
}

/// What the judge of the stand-ins finds, but for how a line is divided into street and number: AC has one line, and
/// what stood in two places there cannot be told.
fn differences(world: &World) -> Vec<String> {
    let comparison = world.compare();
    let of_line = |field: &str| ["straat", "huisnummer"].contains(&field);
    let found = comparison.differences().iter().filter(|difference| !of_line(difference.field));
    found.map(ToString::to_string).collect()
}

#[test]
fn a_practice_system_is_kept_the_same_as_tribe() {
    for seed in 1..6 {
        let world = office(seed, Wire::Practice, dialect::PRACTICE);
        working_day(seed, &world);
        assert_eq!(differences(&world), Vec::<String>::new(), "{seed}");
    }
}

/// Contact persons stand in their relation, and are known by both ids: the judge looks for them by one.
#[test]
fn an_accounting_system_is_kept_the_same_as_tribe() {
    for seed in 1..6 {
        let world = office(seed, Wire::Bookkeeping, dialect::BOOKKEEPING);
        working_day(seed, &world);
        let of_relations: Vec<String> =
            differences(&world).into_iter().filter(|told| !told.contains(":contactpersoon:")).collect();
        assert_eq!(of_relations, Vec::<String>::new(), "{seed}");
    }
}

/// A contact person that stands in one relation that is synced: its stored id, and its marker.
fn nested_person(world: &World) -> (String, String) {
    let ac = world.ac.borrow();
    let found = ac.contactpersonen().find_map(|(id, person)| {
        let fields = person.current().fields();
        let at: Vec<&str> =
            fields["koppelingen"].as_array()?.iter().filter_map(|row| row["relatie_id"].as_str()).collect();
        let [relatie] = at.as_slice() else { return None };
        let relatie = Wire::Bookkeeping.written_id(List::Relaties, relatie);
        let own = Wire::Bookkeeping.written_id(List::Contactpersonen, id);
        let marker = format!("ac:12345:contactpersoon:{relatie}/{own}");
        (world.tribe.borrow().find_by_import_id(&marker).len() == 1).then(|| (id.to_owned(), marker))
    });
    found.unwrap()
}

#[test]
fn an_edit_of_a_contact_person_reaches_it_inside_its_relation_and_nothing_else_there() {
    let world = office(1, Wire::Bookkeeping, dialect::BOOKKEEPING);
    world.initial_sync().unwrap();
    let (person, marker) = nested_person(&world);
    world.edit_in_tribe(&marker, &json!({"PhoneNumber": "020 555 09 09", "LastName": "Kanarie"}));
    let before = world.ac.borrow().contactpersoon(&person).unwrap().current().fields().clone();
    world.settle().unwrap();
    let mut expected = before;
    expected.insert("prive_telefoon".to_owned(), "020 555 09 09".into());
    expected.insert("achternaam".to_owned(), "Kanarie".into());
    let after = world.ac.borrow().contactpersoon(&person).unwrap().current().fields().clone();
    assert_eq!(after, expected);
}

#[test]
fn an_address_in_one_line_travels_both_ways() {
    for (wire, dialect) in [(Wire::Practice, dialect::PRACTICE), (Wire::Bookkeeping, dialect::BOOKKEEPING)] {
        let world = office(1, wire, dialect);
        world.initial_sync().unwrap();
        let relatie = Wire::written_id(wire, List::Relaties, "1001");
        let address = world.address_in_tribe(&format!("ac:12345:relatie:{relatie}"), "VisitingAddress");
        world.edit_by_id(&address, &json!({"HouseNumber": 97, "HouseNumberSuffix": "bis"}));
        world.settle().unwrap();
        let in_ac = relation_in_ac(&world, "1001");
        let at = &in_ac["adressen"][0];
        let line = format!("{}{}{}", at["straat"], at["huisnummer"], at["toevoeging"]).replace(['"', ' '], "");
        assert_eq!(line.replace("null", ""), "Keizersgracht97bis", "{wire:?}");
    }
}

#[test]
fn a_value_that_is_refused_is_named_by_the_connectors_own_name() {
    for (wire, dialect) in [(Wire::Practice, dialect::PRACTICE), (Wire::Bookkeeping, dialect::BOOKKEEPING)] {
        let world = office(1, wire, dialect);
        world.initial_sync().unwrap();
        let relatie = Wire::written_id(wire, List::Relaties, "1001");
        world.edit_in_tribe(&format!("ac:12345:relatie:{relatie}"), &json!({"EmailAddress": "geen adres"}));
        world.settle().unwrap();
        let letters = records::dead_letters(world.ports(), &world.read_settings()).unwrap();
        let fields: Vec<String> = letters.into_iter().flat_map(|(_, letter)| letter.fields.into_iter()).collect();
        assert_eq!(fields, ["organisatie.email"], "{wire:?}");
    }
}
