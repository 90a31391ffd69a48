//! A restored backup, a snapshot of a machine and a copied folder are one story: the store is older than Tribe.

use std::time::Duration;

use sandbox::advocaatcentraal::Variants;
use sandbox::tribe::{Character, NestedCreate};
use tests::cost::Cost;
use tests::support::edit_relatie;
use tests::{Cycle, World};

use super::{add_company, add_contact_person, add_private_person, office};

/// Everything that a copy made now does not know of: new relations of both kinds, and contact persons.
fn grow(world: &World) {
    let company = add_company(world, "Nieuw Voorbeeld B.V.");
    add_private_person(world, "A. Voorbeeld");
    world.poll().unwrap();
    add_contact_person(world, &[company.as_str()]);
    add_contact_person(world, &["1001", company.as_str()]);
    world.settle().unwrap();
    world.assert_same();
}

fn older_copy_is_told(cycles: &[Cycle]) -> usize {
    cycles.iter().flat_map(|cycle| &cycle.notes).filter(|note| note.code.as_str() == "older-copy").count()
}

#[test]
fn what_was_made_since_the_copy_is_linked_and_not_made_again() {
    let world = office();
    let copy = world.store.dump();
    grow(&world);
    let before = world.writes();
    world.store.put_back(copy);
    let cycles = [world.poll().unwrap(), world.poll().unwrap()];
    assert_eq!(world.writes(), before, "both sides said the same, so nothing is written");
    assert_eq!(older_copy_is_told(&cycles), 1, "it is said once");
    world.assert_same();
}

#[test]
fn an_initial_sync_with_a_copy_made_in_the_middle_of_it_doubles_nothing() {
    let world = World::new(11, 60);
    let mut budget = world.budget.get();
    budget.requests = 40;
    for _ in 0..2 {
        world.call(budget, |connector, world, budget| connector.initial_sync(world, budget)).unwrap();
    }
    let copy = world.store.dump();
    world.initial_sync().unwrap();
    world.settle().unwrap();
    world.wait(Duration::from_secs(3_600));
    let before = world.writes();
    world.store.put_back(copy);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    assert_eq!(world.writes(), before);
    world.assert_same();
}

/// An older copy of an empty store remembers that Tribe held nothing of ours. It holds something now.
#[test]
fn a_copy_made_before_the_first_record_doubles_nothing() {
    for nested_create in [NestedCreate::Honoured, NestedCreate::RelationsOnly, NestedCreate::Ignored] {
        let character = Character { nested_create, ..Character::default() };
        let world = World::with(11, 30, Variants::default(), character);
        let mut budget = world.budget.get();
        budget.requests = 3;
        world.call(budget, |connector, world, budget| connector.initial_sync(world, budget)).unwrap();
        let copy = world.store.dump();
        world.initial_sync().unwrap();
        world.settle().unwrap();
        world.wait(Duration::from_secs(3_600));
        world.store.put_back(copy);
        let cycle = world.initial_sync().unwrap();
        assert_eq!(cycle.counts.created, 0, "{nested_create:?}");
        world.settle().unwrap();
        world.assert_same();
    }
}

#[test]
fn an_edit_since_the_copy_is_on_both_sides_afterwards() {
    let world = office();
    let copy = world.store.dump();
    grow(&world);
    edit_relatie(&world, "1001", serde_json::json!({"telefoonnummer": "020 555 06 06"}));
    world.settle().unwrap();
    world.store.put_back(copy);
    edit_relatie(&world, "1001", serde_json::json!({"email": "nieuw@voorbeeld.example"}));
    world.settle().unwrap();
    world.assert_same();
}

#[test]
fn looking_up_every_marker_costs_less_than_a_call_for_twenty_records() {
    let whole = Cost::of_initial_sync(2_000, NestedCreate::Honoured);
    let sliced = Cost::of_initial_sync_in_slices(2_000, NestedCreate::Honoured, 300);
    assert_eq!((sliced.records(), sliced.writes), (whole.records(), whole.writes));
    let look_ups = sliced.reads - whole.reads;
    assert!(look_ups * 20 <= sliced.records(), "{look_ups} more reads for {} records", sliced.records());
}
