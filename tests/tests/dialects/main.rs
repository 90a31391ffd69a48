//! A working day with users on both sides at ACs that speak as other systems do.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod both_ways;
mod ids;
mod ledger;
mod no_place;
mod probe;
mod register;
mod trial;

use std::time::Duration;

use advocaatcentraal_tribe::relation::RelatieId;
use advocaatcentraal_tribe::sync::records::{self, RecordId};
use advocaatcentraal_tribe::sync::{self, Trial};
use sandbox::AdvocaatCentraal;
use sandbox::advocaatcentraal::{List, Variants, Wire};
use sandbox::comparison::Table;
use sandbox::tribe::Character;
use serde_json::Value;
use tests::support::relation_in_ac;
use tests::{TYPES, Users, World};

/// The systems that AC speaks as, each with its dialect.
const SYSTEMS: [(Wire, &str); 4] = [
    (Wire::Practice, dialect::PRACTICE),
    (Wire::Bookkeeping, dialect::BOOKKEEPING),
    (Wire::Register, dialect::REGISTER),
    (Wire::Ledger, dialect::LEDGER),
];

fn office(seed: u64, (wire, dialect): (Wire, &str)) -> World {
    let world = World::with(seed, 40, Variants::default(), Character::default()).speaking(wire, dialect);
    if wire == Wire::Register {
        at_one_employer(&world);
    }
    world
}

/// Where a contact person has one place for an employer, users give it one.
fn at_one_employer(world: &World) {
    let is_company = |id: &str| relation_in_ac(world, id)["soort"] == "bedrijf";
    let persons: Vec<String> = world.ac.borrow().contactpersonen().map(|(id, _)| id.to_owned()).collect();
    for id in persons {
        let person = world.ac.borrow().contactpersoon(&id).unwrap().current().fields().clone();
        let rows = person["koppelingen"].as_array().unwrap();
        let employer = rows.iter().find(|row| is_company(row["relatie_id"].as_str().unwrap())).cloned();
        if rows.len() > 1 {
            let only: Value = employer.into_iter().collect();
            world.edit_in_ac(List::Contactpersonen, &id, |fields| drop(fields.insert("koppelingen".to_owned(), only)));
        }
    }
}

/// Initial sync, and the office's dialect is tried with a company.
fn begin(world: &World) {
    world.initial_sync().unwrap();
    assert_eq!(try_dialect(world, false), Trial::AsBefore);
}

fn company(world: &World) -> String {
    world.ac.borrow().known_as(List::Relaties, "1001")
}

/// Tries the office's dialect with a company; with one of two contact persons, where those are written by their ids.
fn try_dialect(world: &World, even_if_changed: bool) -> Trial {
    let wire = world.ac.borrow().wire();
    let stored = if wire == Wire::Bookkeeping { with_two_persons(world) } else { "1001".to_owned() };
    let known = world.ac.borrow().known_as(List::Relaties, &stored);
    try_with(world, &RecordId::Relatie(RelatieId::new(known)), even_if_changed)
}

/// A company at which two contact persons stand.
fn with_two_persons(world: &World) -> String {
    let ac = world.ac.borrow();
    let rows: Vec<&Value> = ac.contactpersonen().flat_map(|(_, person)| person.current().rows("koppelingen")).collect();
    let persons = |id: &str| rows.iter().filter(|row| row["relatie_id"] == id).count();
    let mut companies = ac.relaties().filter(|(_, record)| record.current().text("soort") == "bedrijf");
    companies.find(|(id, _)| persons(id) > 1).map(|(id, _)| id.to_owned()).unwrap()
}

fn try_with(world: &World, id: &RecordId, even_if_changed: bool) -> Trial {
    sync::try_dialect(world.ports(), &world.read_settings(), id, even_if_changed).unwrap()
}

/// Initial sync, ten cycles in which users edit, and then quiet: the third idle cycle writes nothing.
fn working_day(seed: u64, world: &World) {
    let mut users = Users::new(seed);
    begin(world);
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

/// What the judge of the stand-ins finds, but for how a line is divided into street and number: where AC has one line, what
/// stood in two places there cannot be told.
fn differences(world: &World) -> Vec<String> {
    let comparison = world.compare();
    let is_one_line = matches!(world.ac.borrow().wire(), Wire::Practice | Wire::Bookkeeping);
    let of_line = |field: &str| is_one_line && ["straat", "huisnummer"].contains(&field);
    let found = comparison.differences().iter().filter(|difference| !of_line(difference.field));
    found.map(ToString::to_string).collect()
}

/// Days after which both systems say the same.
fn is_kept_the_same(system: (Wire, &str)) {
    for seed in 1..6 {
        let world = office(seed, system);
        working_day(seed, &world);
        assert_eq!(differences(&world), Vec::<String>::new(), "{seed}");
        assert!(world.compare().tally(Table::ContactRelationships).records > 5, "{seed}");
        assert_eq!(world.violations(), 0);
    }
}

#[test]
fn a_practice_system_is_kept_the_same_as_tribe() {
    is_kept_the_same(SYSTEMS[0]);
}

#[test]
fn an_accounting_system_is_kept_the_same_as_tribe() {
    is_kept_the_same(SYSTEMS[1]);
}

#[test]
fn a_register_is_kept_the_same_as_tribe() {
    is_kept_the_same(SYSTEMS[2]);
}

#[test]
fn a_ledger_is_kept_the_same_as_tribe() {
    is_kept_the_same(SYSTEMS[3]);
}

/// A contact person at one relation.
#[derive(Clone)]
struct AtRelation {
    /// Its stored id.
    id: String,
    /// Its marker.
    marker: String,
    /// The marker of its place there.
    at_relation: String,
}

/// Whether a relation has a type that the office mapped: to others nothing travels.
fn is_mapped(ac: &AdvocaatCentraal, relation: &str) -> bool {
    let types = ac.relatie(relation).map(|relation| relation.current().rows("relatietypen").to_vec());
    types.into_iter().flatten().any(|of| TYPES.iter().any(|(mapped, _)| of == *mapped))
}

/// Each contact person that is in use, at each of its relations that is mapped.
fn persons(world: &World) -> Vec<AtRelation> {
    let ac = world.ac.borrow();
    let is_below = matches!(ac.wire(), Wire::Bookkeeping | Wire::Ledger);
    let active = ac.contactpersonen().filter(|(_, person)| person.current().text("status") == "actief");
    let found = active.flat_map(|(id, person)| {
        let relations = person.current().rows("koppelingen").iter().filter_map(|row| row["relatie_id"].as_str());
        let relations = relations.filter(|relation| is_mapped(&ac, relation));
        let known = ac.ids_now(List::Contactpersonen, id);
        let at = |relation| {
            let relation = ac.known_as(List::Relaties, relation);
            let below = format!("{relation}/");
            let own = known.iter().find(|own| !is_below || own.starts_with(&below)).unwrap();
            let marker = format!("ac:12345:contactpersoon:{own}");
            AtRelation { id: id.to_owned(), at_relation: format!("{marker}@{relation}"), marker }
        };
        relations.map(at).collect::<Vec<_>>()
    });
    found.collect()
}

/// A contact person that is synced and stands at one relation only.
fn person_at_one(world: &World) -> AtRelation {
    let all = persons(world);
    let is_at_one = |of: &&AtRelation| all.iter().filter(|other| other.id == of.id).count() == 1;
    let is_synced = |of: &&AtRelation| world.tribe.borrow().find_by_import_id(&of.at_relation).len() == 1;
    all.iter().filter(is_at_one).find(is_synced).cloned().unwrap()
}

/// The marker of the company on which the tests look.
fn marker(world: &World) -> String {
    format!("ac:12345:relatie:{}", company(world))
}

/// The fields that dead letters are about.
fn refused_fields(world: &World) -> Vec<String> {
    let letters = records::dead_letters(world.ports(), &world.read_settings()).unwrap();
    letters.into_iter().flat_map(|(_, letter)| letter.fields.into_iter()).collect()
}
