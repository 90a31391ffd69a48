//! An office in which every company has a telephone number of its own, for the brake and what it gives back.

use std::time::Duration;

use advocaatcentraal_tribe::link::{Brake, BrakeState, OfficeState};
use advocaatcentraal_tribe::sync::{self, Budget};
use sandbox::advocaatcentraal::List;
use serde_json::{Value, json};
use tests::World;
use tests::support::{edit_relatie, relation_in_ac, relation_of};

use super::marker;

pub(super) const FIELD: &str = "telefoonnummer";
pub(super) const PROPERTY: &str = "PhoneNumber";
pub(super) const AMPLE: Budget = Budget { time: Duration::from_secs(600), requests: 100_000 };
pub(super) const TINY: Budget = Budget { time: Duration::from_secs(3600), requests: 1 };

/// A world with so many relations in AC, where each company has a telephone number on both sides; and those companies.
pub(super) fn office_with_phones(relations: usize) -> (World, Vec<String>) {
    let world = World::new(16, relations);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let companies: Vec<String> = {
        let (ac, tribe) = (world.ac.borrow(), world.tribe.borrow());
        let synced = |id: &str, record: &serde_json::Map<String, Value>| {
            record["soort"] == "bedrijf"
                && record["status"] == "actief"
                && tribe.find_by_import_id(&marker(id)).len() == 1
        };
        let all = ac.relaties().filter(|(id, record)| synced(id, record.current().fields()));
        all.map(|(id, _)| id.to_owned()).collect()
    };
    give_phones(&world, &companies);
    world.settle().unwrap();
    assert_eq!(with_phone(&world, &companies), companies.len());
    (world, companies)
}

/// Gives each company a number of its own.
pub(super) fn give_phones(world: &World, companies: &[String]) {
    for company in companies {
        edit_relatie(world, company, json!({ FIELD: phone(company) }));
    }
}

/// The number of a company.
pub(super) fn phone(company: &str) -> String {
    format!("020 55{company:0>5}")
}

pub(super) fn brake(world: &World) -> Brake {
    OfficeState::new(&world.store, "12345").brake().unwrap()
}

/// The brakes that stand: which column, and how.
pub(super) fn standing(world: &World) -> Vec<(String, BrakeState)> {
    brake(world).all_standing().map(|(_, braked)| (braked.column.to_string(), braked.state)).collect()
}

pub(super) fn is_on(world: &World) -> bool {
    brake(world).is_on()
}

pub(super) fn is_off(world: &World) -> bool {
    standing(world).is_empty()
}

pub(super) fn empty_in_ac(world: &World, companies: &[String]) {
    for company in companies {
        edit_relatie(world, company, json!({ FIELD: null }));
    }
}

/// The ids in Tribe.
pub(super) fn empty_in_tribe(world: &World, companies: &[String]) -> Vec<String> {
    companies.iter().map(|company| world.edit_in_tribe(&marker(company), &json!({ PROPERTY: null }))).collect()
}

/// Empties a field under the old stamp, as a restore of half a backup does.
pub(super) fn empty_in_ac_without_a_stamp(world: &World, companies: &[String]) {
    let records = companies.iter().map(|company| {
        let mut record = relation_in_ac(world, company).as_object().unwrap().clone();
        record.insert("gewijzigd".to_owned(), "2026-03-02T10:00:00+01:00".into());
        record.insert(FIELD.to_owned(), Value::Null);
        record
    });
    let records: Vec<_> = records.collect();
    world.ac.borrow_mut().load(List::Relaties, records);
}

/// How many have their number in Tribe.
pub(super) fn with_phone(world: &World, companies: &[String]) -> usize {
    companies.iter().filter(|company| relation_of(world, company, PROPERTY) == phone(company)).count()
}

/// How many have none in Tribe.
pub(super) fn empty_in_tribe_now(world: &World, companies: &[String]) -> usize {
    companies.iter().filter(|company| relation_of(world, company, PROPERTY).is_empty()).count()
}

pub(super) fn empty_in_ac_now(world: &World, companies: &[String]) -> usize {
    companies.iter().filter(|company| relation_in_ac(world, company)[FIELD].as_str().unwrap_or("").is_empty()).count()
}

pub(super) fn release(world: &World) {
    loop {
        let outcome = sync::release_brake(world.ports(), &world.read_settings(), AMPLE, None).unwrap();
        if outcome.next == advocaatcentraal_tribe::sync::Next::Done {
            return;
        }
    }
}

/// Takes the values of the first brake that stands back, to the end; where a point is given, after a crash there. Gives
/// what was told.
pub(super) fn take_back(world: &World, crash_after: Option<u64>) -> Vec<&'static str> {
    let number = brake(world).all_standing().next().map(|(number, _)| number).unwrap();
    if let Some(point) = crash_after {
        world.faults.crash_after(point);
        let _ = sync::take_back(world.ports(), &world.read_settings(), AMPLE, number);
        world.faults.restart();
        world.wait(Duration::from_secs(3600));
    }
    let mut codes = Vec::new();
    while brake(world).all_standing().any(|(standing, _)| standing == number) {
        let outcome = sync::take_back(world.ports(), &world.read_settings(), AMPLE, number).unwrap();
        codes.extend(outcome.notes.iter().map(|note| note.code.as_str()));
    }
    codes
}
