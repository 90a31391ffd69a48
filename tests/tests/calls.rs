//! How few calls the sync makes, by the stand-ins' own counters.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

use std::time::Duration;

use sandbox::advocaatcentraal::Variants;
use sandbox::tribe::{Character, NestedCreate};
use serde_json::json;
use tests::World;
use tests::support::edit_relatie;

/// Tribe calls of an initial sync for each record that had to be made: a commercial relationship with its organisation
/// or private person, a contact relationship with its person.
fn calls_per_record(nested_create: NestedCreate) -> f64 {
    let character = Character { nested_create, calls_per_minute: None, ..Character::default() };
    let world = World::with(1, 1_000, Variants::default(), character);
    let sets = [
        "Relationship_Organization_CommercialRelationship",
        "Relationship_Organization_Supplier",
        "Relationship_Person_CommercialRelationship",
        "Relationship_Person_Contact_Standard",
    ];
    let counted = || sets.iter().map(|set| world.tribe.borrow().set(set).count()).sum::<usize>();
    let before = counted();
    world.initial_sync().unwrap();
    world.assert_same();
    let calls = u32::try_from(world.tribe.borrow().counters().total()).unwrap();
    let records = u32::try_from(counted() - before).unwrap();
    println!("nested records {nested_create:?}: {calls} calls for {records} records");
    f64::from(calls) / f64::from(records)
}

#[test]
fn with_nested_create_a_record_costs_hardly_more_than_one_call() {
    let calls = calls_per_record(NestedCreate::Honoured);
    assert!(calls <= 1.05, "{calls}");
}

/// Each organisation, each person and each address is a call of its own then: in this population 2.7 for a record.
#[test]
fn without_it_a_record_costs_its_relation_its_addresses_and_hardly_more() {
    for nested_create in [NestedCreate::Ignored, NestedCreate::Refused] {
        let calls = calls_per_record(nested_create);
        assert!(calls <= 2.8, "{calls}");
    }
}

#[test]
fn a_changed_record_costs_one_write_and_its_share_of_one_read() {
    let world = World::new(2, 300);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let ids: Vec<String> = {
        let ac = world.ac.borrow();
        let tribe = world.tribe.borrow();
        let synced = |id: &&str| tribe.find_by_import_id(&format!("ac:12345:relatie:{id}")).len() == 1;
        ac.relaties().map(|(id, _)| id).filter(synced).map(str::to_owned).take(50).collect()
    };
    let company = |id: &String| world.ac.borrow().relatie(id).unwrap().current().fields()["soort"] == "bedrijf";
    for id in &ids {
        let field = if company(id) { "telefoonnummer" } else { "telefoon" };
        edit_relatie(&world, id, json!({field: "020 555 09 09"}));
    }
    let (calls, writes) = {
        let tribe = world.tribe.borrow();
        (tribe.counters().total(), tribe.counters().writes())
    };
    world.poll().unwrap();
    let tribe = world.tribe.borrow();
    assert!(tribe.counters().writes() - writes <= 55, "at most 1.1 writes for each of 50 records");
    // Whatever their number up to a hundred: a list and a read for each kind of record, when they are written and when
    // the echo is seen to be one.
    let reads = tribe.counters().total() - calls - (tribe.counters().writes() - writes);
    assert!(reads <= 16, "{reads} reads");
    drop(tribe);
    world.wait(Duration::from_secs(60));
    world.assert_same();
}
