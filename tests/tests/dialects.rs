//! A working day with users on both sides at ACs that speak as other systems do.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::cell::Cell;
use std::time::Duration;

use advocaatcentraal_tribe::relation::RelatieId;
use advocaatcentraal_tribe::settings::name;
use advocaatcentraal_tribe::sync::records::{self, RecordId};
use advocaatcentraal_tribe::sync::{self, Trial, Why};
use sandbox::advocaatcentraal::{List, Variants, Wire};
use sandbox::tribe::Character;
use serde_json::json;
use tests::invariants::all_differences;
use tests::support::relation_in_ac;
use tests::{Users, World};

fn office(seed: u64, wire: Wire, dialect: &str) -> World {
    World::with(seed, 40, Variants::default(), Character::default()).speaking(wire, dialect)
}

/// Initial sync, and the office's dialect is tried with a company.
fn begin(world: &World, wire: Wire) {
    world.initial_sync().unwrap();
    assert_eq!(try_dialect(world, wire, false), Trial::AsBefore);
}

fn company(wire: Wire) -> String {
    wire.written_id(List::Relaties, "1001")
}

fn try_dialect(world: &World, wire: Wire, even_if_changed: bool) -> Trial {
    let id = RecordId::Relatie(RelatieId::new(company(wire)));
    sync::try_dialect(world.ports(), &world.read_settings(), &id, even_if_changed).unwrap()
}

/// Initial sync, ten cycles in which users edit, and then quiet: the third idle cycle writes nothing.
fn working_day(seed: u64, world: &World, wire: Wire) {
    let mut users = Users::new(seed);
    begin(world, wire);
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
        working_day(seed, &world, Wire::Practice);
        assert_eq!(differences(&world), Vec::<String>::new(), "{seed}");
    }
}

/// Contact persons stand in their relation, and are known by both ids: the judge looks for them by one.
#[test]
fn an_accounting_system_is_kept_the_same_as_tribe() {
    for seed in 1..6 {
        let world = office(seed, Wire::Bookkeeping, dialect::BOOKKEEPING);
        working_day(seed, &world, Wire::Bookkeeping);
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
    begin(&world, Wire::Bookkeeping);
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
        begin(&world, wire);
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
        begin(&world, wire);
        let relatie = Wire::written_id(wire, List::Relaties, "1001");
        world.edit_in_tribe(&format!("ac:12345:relatie:{relatie}"), &json!({"EmailAddress": "geen adres"}));
        world.settle().unwrap();
        let letters = records::dead_letters(world.ports(), &world.read_settings()).unwrap();
        let fields: Vec<String> = letters.into_iter().flat_map(|(_, letter)| letter.fields.into_iter()).collect();
        assert_eq!(fields, ["organisatie.email"], "{wire:?}");
    }
}

const BOTH: [(Wire, &str); 2] = [(Wire::Practice, dialect::PRACTICE), (Wire::Bookkeeping, dialect::BOOKKEEPING)];

/// A user changes the company's telephone number and website in Tribe.
fn edit(world: &World, wire: Wire) {
    let marker = format!("ac:12345:relatie:{}", company(wire));
    world.edit_in_tribe(&marker, &json!({"PhoneNumber": "020 555 09 09", "Website": "www.kanarie.example"}));
}

fn has_the_edit(world: &World) -> bool {
    relation_in_ac(world, "1001")["telefoonnummer"] == "020 555 09 09"
}

/// The places that both sides differ in because the dialect was not tried.
fn not_tried(world: &World) -> Vec<String> {
    let not_tried = all_differences(world).unwrap().into_iter().filter(|of| of.why == Why::NotTried);
    not_tried.filter_map(|of| of.field.map(|field| field.to_string())).collect()
}

#[test]
fn before_a_trial_edits_of_tribe_stay_there_are_told_and_lose_nothing() {
    for (wire, dialect) in BOTH {
        let world = office(1, wire, dialect);
        let outcome = world.initial_sync().unwrap();
        assert!(outcome.codes().contains(&"dialect-not-tried"));
        edit(&world, wire);
        world.settle().unwrap();
        world.sweep().unwrap();
        assert!(!has_the_edit(&world), "{wire:?}");
        assert_eq!(not_tried(&world), ["organisatie.telefoonnummer", "organisatie.website"], "{wire:?}");
        assert_eq!(try_dialect(&world, wire, false), Trial::AsBefore);
        assert_eq!(not_tried(&world), [] as [&str; 0]);
        world.settle().unwrap();
        assert!(has_the_edit(&world), "what waited goes to AC: {wire:?}");
        assert!(!world.poll().unwrap().codes().contains(&"dialect-not-tried"));
    }
}

#[test]
fn before_a_trial_what_changes_in_ac_still_goes_to_tribe_and_over_an_edit_there() {
    let (wire, dialect) = BOTH[0];
    let world = office(1, wire, dialect);
    world.initial_sync().unwrap();
    edit(&world, wire);
    world.settle().unwrap();
    world.edit_in_ac(List::Relaties, "1001", |fields| {
        drop(fields.insert("telefoonnummer".into(), "020 555 01 01".into()))
    });
    world.settle().unwrap();
    assert_eq!(not_tried(&world), ["organisatie.website"]);
    let kept = records::kept(world.ports(), &world.read_settings()).unwrap();
    assert_eq!(kept.len(), 1, "what gave way in Tribe is kept");
}

#[test]
fn another_dialect_is_tried_anew_and_the_built_in_one_never() {
    let (wire, dialect) = BOTH[0];
    let world = office(1, wire, dialect);
    begin(&world, wire);
    world.set(name::DIALECT, &dialect.replacen("example-practice-1", "example-practice-2", 1));
    edit(&world, wire);
    world.settle().unwrap();
    assert!(!has_the_edit(&world));
    world.set(name::DIALECT, dialect);
    world.sweep().unwrap();
    assert!(has_the_edit(&world), "that one was tried");

    let world = World::with(1, 40, Variants::default(), Character::default());
    world.set(name::DIALECT, dialect::BUILT_IN);
    assert!(!world.initial_sync().unwrap().codes().contains(&"dialect-not-tried"));
}

/// From the first write on, AC gives every record another KvK number than it has.
fn change_after_a_write(world: &World) {
    let is_written = Cell::new(false);
    *world.on_answer.borrow_mut() = Some(Box::new(move |request, answer| {
        is_written.set(is_written.get() || request.method == "PUT");
        if is_written.get() {
            let text = String::from_utf8(std::mem::take(&mut answer.body)).unwrap();
            answer.body = text.replace("registration_number\":\"", "registration_number\":\"9").into_bytes();
        }
    }));
}

#[test]
fn a_record_that_ac_changes_by_itself_counts_only_when_a_person_says_so() {
    let (wire, dialect) = BOTH[0];
    let world = office(1, wire, dialect);
    world.initial_sync().unwrap();
    change_after_a_write(&world);
    assert_eq!(try_dialect(&world, wire, false), Trial::Changed(vec!["/registration_number".to_owned()]));
    *world.on_answer.borrow_mut() = None;
    assert!(world.poll().unwrap().codes().contains(&"dialect-not-tried"));
    change_after_a_write(&world);
    assert!(matches!(try_dialect(&world, wire, true), Trial::Changed(_)));
    *world.on_answer.borrow_mut() = None;
    assert!(!world.poll().unwrap().codes().contains(&"dialect-not-tried"));
}

#[test]
fn a_field_that_moves_in_the_dialect_is_agreed_on_as_it_stands_and_its_neighbours_go_on() {
    let (wire, dialect) = BOTH[0];
    let world = office(1, wire, dialect);
    world.edit_in_ac(List::Relaties, "1001", |fields| drop(fields.insert("website".into(), "www.oud.example".into())));
    begin(&world, wire);
    edit(&world, wire);
    let at_work = r#""website": { "list": "/web_sites", "where": { "/name": ["Work"] }"#;
    assert!(dialect.contains(at_work));
    world.set(name::DIALECT, &dialect.replacen(at_work, &at_work.replace("Work", "Elsewhere"), 1));
    assert_eq!(try_dialect(&world, wire, false), Trial::AsBefore);
    let before = relation_in_ac(&world, "1001")["website"].clone();
    world.settle().unwrap();
    world.sweep().unwrap();
    assert!(has_the_edit(&world), "the telephone number did not move");
    assert_eq!(relation_in_ac(&world, "1001")["website"], before, "the website did, and is left alone");
    let marker = format!("ac:12345:relatie:{}", company(wire));
    let tribe = world.tribe.borrow();
    let of_tribe = tribe.entity(tribe.find_by_import_id(&marker)[0]).unwrap();
    assert_eq!(of_tribe.text("Website"), "www.kanarie.example");
    drop(tribe);
    let others = all_differences(&world).unwrap().into_iter().filter(|of| of.why != Why::AgreedBySetting);
    assert_eq!(others.map(|of| of.why).collect::<Vec<_>>(), []);
}
