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

use sandbox::advocaatcentraal::{Rows, Variants};
use sandbox::tribe::{Character, NestedCreate};
use serde_json::json;
use tests::World;
use tests::cost::{Cost, QuotaUse, rate_of_initial_sync};
use tests::support::edit_relatie;

const RELATIONS: usize = 1_000;

/// An organisation, a contact and a private person each count one. A second role of a relation is a record in Tribe too
/// and always costs a call of its own; the first figure counts those as well.
#[test]
fn with_nested_create_a_record_costs_hardly_more_than_one_call() {
    let cost = Cost::of_initial_sync(RELATIONS, NestedCreate::Honoured);
    println!("{cost:?}");
    assert!(cost.calls_per_record_and_role() <= 1.05, "{}", cost.calls_per_record_and_role());
    assert!(cost.calls_per_record() <= 1.08, "{}", cost.calls_per_record());
}

#[test]
fn where_only_relations_nest_each_address_is_one_call_more() {
    let cost = Cost::of_initial_sync(RELATIONS, NestedCreate::RelationsOnly);
    println!("{cost:?}");
    assert!(cost.calls_per_record() <= 2.6, "{}", cost.calls_per_record());
    assert_least_writes_and_few_reads(&cost, cost.records() + cost.more_roles + cost.addresses);
}

/// Where Tribe takes no nested records, each organisation, person, relationship and address is a call of its own. No
/// client needs fewer.
#[test]
fn where_nothing_nests_there_is_no_call_to_spare() {
    for nested_create in [NestedCreate::Ignored, NestedCreate::Refused] {
        let cost = Cost::of_initial_sync(RELATIONS, nested_create);
        println!("{nested_create:?}: {cost:?}");
        let persons_and_organisations = cost.organisations + cost.private_persons + cost.people;
        let relationships = cost.records() + cost.more_roles;
        assert_least_writes_and_few_reads(&cost, persons_and_organisations + relationships + cost.addresses);
    }
}

/// At most two writes go to finding out what Tribe takes, and there is at most one read for twenty records.
fn assert_least_writes_and_few_reads(cost: &Cost, least: u64) {
    assert!(cost.writes <= least + 2, "{} writes where {least} do", cost.writes);
    assert!(cost.reads * 20 <= cost.records(), "{} reads for {} records", cost.reads, cost.records());
}

#[test]
fn an_initial_sync_uses_the_quota_and_is_never_refused() {
    let latency = Duration::from_millis(150);
    let quota = QuotaUse::of_initial_sync(3_000, latency, Duration::ZERO, NestedCreate::Honoured);
    println!("{quota:?}");
    assert!(quota.share >= 0.95, "{}", quota.share);
    assert_eq!(quota.refused, 0);
}

/// By the clock of the stand-ins, so that it is the same on every machine.
#[test]
fn an_initial_sync_hardly_waits_for_answers_that_have_nothing_beside_them() {
    let rate = rate_of_initial_sync(2_000, Duration::from_millis(150));
    println!("{rate:.3} of the rate of a client that has ten requests under way all the time");
    assert!(rate >= 0.7, "{rate}");
}

#[test]
fn calls_that_are_held_up_on_their_way_are_not_refused_either() {
    let held_up = Duration::from_secs(1);
    let quota = QuotaUse::of_initial_sync(2_000, Duration::from_millis(150), held_up, NestedCreate::Ignored);
    println!("{quota:?}");
    assert!(quota.calls > 3_000, "several minutes of calls");
    assert_eq!(quota.refused, 0);
}

#[test]
fn lean_rows_are_read_by_themselves_only_where_the_record_may_be_synced() {
    let world = World::with(3, 60, Variants { rows: Rows::Lean, ..Variants::default() }, Character::default());
    world.initial_sync().unwrap();
    let ac = world.ac.borrow();
    let tribe = world.tribe.borrow();
    let is_synced = |id: &str| !tribe.find_by_import_id(&format!("ac:12345:relatie:{id}")).is_empty();
    let relations = ac.relaties().filter(|(id, _)| is_synced(id)).count();
    // Such a row does not say at which organisations a contact person is.
    let persons = ac.contactpersonen().filter(|(_, person)| person.current().fields()["status"] == "actief").count();
    let read = |list: &str| ac.counters().calls()[&("GET".to_owned(), format!("{list}/{{id}}"))];
    assert_eq!((read("relaties"), read("contactpersonen")), (relations as u64, persons as u64));
    assert!(relations < 50, "some are not synced");
}

#[test]
fn what_rows_leave_out_is_read_by_itself_only_until_it_is_known_that_the_list_hides_nothing() {
    let unlimited = Character { calls_per_minute: None, ..Character::default() };
    let world = World::with(3, 1_200, Variants::default(), unlimited);
    world.initial_sync().unwrap();
    assert!(world.compare().is_equal());
    let (ac, tribe) = (world.ac.borrow(), world.tribe.borrow());
    let read = |list: &str| ac.counters().calls().get(&("GET".to_owned(), format!("{list}/{{id}}"))).copied();
    let read = read("relaties").unwrap_or_default() + read("contactpersonen").unwrap_or_default();
    let made = tribe.set("Relation_Organization").count() + tribe.set("Relation_Person").count();
    assert!((1..made as u64 / 8).contains(&read), "{read} single records for {made}");
}

#[test]
fn what_a_list_hides_in_some_rows_is_in_tribe_after_the_next_sweep() {
    let world = World::with(3, 400, Variants { rows: Rows::LeanAtTimes, ..Variants::default() }, Character::default());
    world.initial_sync().unwrap();
    world.sweep().unwrap();
    assert!(world.compare().is_equal(), "{:?}", world.compare().differences());
}

/// The population leaves out members that are empty; a contact person whose organisations are not synced is not read.
#[test]
fn a_contact_person_whose_organisations_are_not_synced_is_not_read_by_itself() {
    let world = World::new(3, 60);
    world.set("relation-types", r#"{"leverancier":"supplier"}"#);
    world.initial_sync().unwrap();
    let ac = world.ac.borrow();
    let read = ac.counters().calls().get(&("GET".to_owned(), "contactpersonen/{id}".to_owned())).copied();
    let synced = world.tribe.borrow().set("Relationship_Person_Contact_Standard").count() as u64;
    assert!(read.unwrap_or_default() <= synced, "{read:?} read, {synced} synced");
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
        edit_relatie(&world, id, json!({field: format!("020 55{id:0>5}")}));
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
