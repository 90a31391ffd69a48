//! Duplicates, and what is done once.

use std::time::Duration;

use advocaatcentraal_tribe::relation::{ContactpersoonId, RelatieId};
use advocaatcentraal_tribe::sync::records::{self, RecordId};
use sandbox::advocaatcentraal::{Ids, List, Variants};
use sandbox::tribe::Character;
use serde_json::json;
use tests::World;
use tests::faults::Kind;
use tests::support::{edit_relatie, relation_in_ac, relation_of};

use super::{
    COMPANY, OTHER, add_company, add_contact, letters, marker, office, office_with, person_marker, standing, tribe_id,
};

#[test]
fn f09_a_create_whose_answer_was_lost_is_not_repeated() {
    for kind in [Kind::ResetAfter, Kind::Truncated, Kind::Empty204] {
        let world = office();
        let id = add_company(&world, json!({}));
        world.faults.plan(kind, "POST", "Customer", 1);
        world.poll().unwrap();
        assert_eq!(world.faults.count(kind), 1);
        world.settle().unwrap();
        assert_eq!(standing(&world, &marker(&id)), 1, "{kind}");
        assert_eq!(standing(&world, &format!("{}#client", marker(&id))), 1, "{kind}");
        world.assert_same();
    }
}

#[test]
fn f10_a_crash_between_the_create_and_its_link_makes_no_second_record() {
    let world = office();
    let id = crash_after_the_create(&world);
    world.settle().unwrap();
    assert_eq!(standing(&world, &marker(&id)), 1);
    world.assert_same();
}

#[test]
fn f10_nor_where_tribe_shows_the_record_only_after_the_next_call() {
    let world =
        office_with(Variants::default(), Character { read_lag: Duration::from_secs(30), ..Character::default() });
    let id = crash_after_the_create(&world);
    world.poll().unwrap();
    world.settle().unwrap();
    assert_eq!(standing(&world, &marker(&id)), 1);
    world.assert_same();
}

#[test]
fn f10_nor_where_the_next_call_comes_before_tribe_shows_the_record() {
    // A company is made inside its role, and a contact relationship of a person who stands already by itself.
    let world = lagging_since_it_is_synced();
    let id = add_company(&world, json!({}));
    crash_after(&world, "Customer");
    resync(&world, RecordId::Relatie(RelatieId::new(id.as_str())));
    world.settle().unwrap();
    assert_eq!(standing(&world, &marker(&id)), 1);
    assert_eq!(standing(&world, &format!("{}#client", marker(&id))), 1);
    world.assert_same();
    let world = lagging_since_it_is_synced();
    let id = add_contact(&world, &[COMPANY], json!({}));
    world.settle().unwrap();
    world.edit_in_ac(List::Contactpersonen, &id, |person| {
        let other = json!({"relatie_id": OTHER, "functie": "Commissaris", "doorkiesnummer": null});
        person["koppelingen"].as_array_mut().unwrap().push(other);
    });
    crash_after(&world, "Contact_Standard");
    resync(&world, RecordId::Contactpersoon(ContactpersoonId::new(id.as_str())));
    world.settle().unwrap();
    assert_eq!(standing(&world, &format!("{}@{OTHER}", person_marker(&id))), 1);
    world.assert_same();
}

/// An office whose Tribe is known to take deep inserts, and shows what it stores only after half a minute.
fn lagging_since_it_is_synced() -> World {
    let world = office();
    world.tribe.borrow_mut().character_mut().read_lag = Duration::from_secs(30);
    world
}

/// A person has one record synced at once.
fn resync(world: &World, record: RecordId) {
    records::resync(world.ports(), &world.read_settings(), world.budget.get(), &record).unwrap();
}

/// A new company in AC, and a process that ends when Tribe has made it. Gives its id.
fn crash_after_the_create(world: &World) -> String {
    let id = add_company(world, json!({}));
    crash_after(world, "Customer");
    assert_eq!(standing(world, &marker(&id)), 1, "the create came through");
    id
}

/// A poll in a process that ends when Tribe has made a record of that set.
fn crash_after(world: &World, set: &'static str) {
    world.before_request.borrow_mut().replace(Box::new(move |world, request| {
        if request.method == "POST" && request.target.contains(set) {
            world.faults.crash_after(1);
        }
    }));
    assert!(world.poll().is_err() || world.faults.is_dead());
    assert!(world.faults.is_dead());
    drop(world.before_request.borrow_mut().take());
    world.faults.restart();
}

#[test]
fn f11_a_new_relation_that_two_calls_see_is_made_once() {
    let world = office();
    let id = add_company(&world, json!({}));
    let record = RecordId::Relatie(RelatieId::new(id.as_str()));
    records::resync(world.ports(), &world.read_settings(), world.budget.get(), &record).unwrap();
    world.poll().unwrap();
    records::resync(world.ports(), &world.read_settings(), world.budget.get(), &record).unwrap();
    assert_eq!(standing(&world, &marker(&id)), 1);
}

#[test]
fn f12_a_new_email_address_is_no_new_relation() {
    let world = office();
    let organisations = world.tribe.borrow().set("Relation_Organization").count();
    edit_relatie(&world, COMPANY, json!({"email": "heel-anders@voorbeeld.example"}));
    world.settle().unwrap();
    assert_eq!(world.tribe.borrow().set("Relation_Organization").count(), organisations);
    assert_eq!(relation_of(&world, COMPANY, "EmailAddress"), "heel-anders@voorbeeld.example");
}

#[test]
fn f13_a_row_that_stands_in_a_page_twice_is_handled_once() {
    let world = World::new(7, 18);
    world.faults.plan(Kind::DuplicatedRow, "GET", "/relaties?", 1);
    world.faults.plan(Kind::DuplicatedRow, "GET", "/contactpersonen?", 1);
    world.initial_sync().unwrap();
    assert_eq!(world.faults.count(Kind::DuplicatedRow), 2);
    world.assert_same();
}

#[test]
fn f14_switched_off_and_on_again_nothing_is_made_twice() {
    let world = office();
    world.wait(Duration::from_secs(14 * 24 * 60 * 60));
    let writes = world.writes();
    let cycle = world.initial_sync().unwrap();
    assert_eq!((cycle.counts.created, world.writes()), (0, writes));
}

#[test]
fn f15_an_id_is_the_same_as_a_number_and_as_text() {
    let world = office();
    world.ac.borrow_mut().variants_mut().ids = Ids::Number;
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 12 15"}));
    let cycle = world.poll().unwrap();
    assert_eq!((cycle.counts.created, cycle.counts.updated), (0, 1));
    assert_eq!(world.initial_sync().unwrap().counts.created, 0);
}

#[test]
fn f16_a_failed_create_leaves_no_link_to_nothing() {
    let world = office();
    let id = add_company(&world, json!({}));
    world.faults.plan(Kind::Status503, "POST", "Customer", 2);
    world.poll().unwrap();
    assert_eq!(standing(&world, &marker(&id)), 0);
    world.settle().unwrap();
    world.settle().unwrap();
    assert_eq!(standing(&world, &marker(&id)), 1);
    world.delete_in_tribe(&marker(&id));
    edit_relatie(&world, &id, json!({"telefoonnummer": "020 555 12 16"}));
    world.poll().unwrap();
    let cycle = world.poll().unwrap();
    assert!(cycle.codes().contains(&"gone-in-tribe"));
    assert_eq!(letters(&world), 0, "gone is no error that is tried again for ever");
}

#[test]
fn f17_capitals_in_an_email_address_are_no_change() {
    let world = office();
    let before = relation_in_ac(&world, COMPANY)["email"].clone();
    world.edit_in_tribe(&marker(COMPANY), &json!({"EmailAddress": "INFO@Bijzonder.Example"}));
    let writes = world.writes();
    world.settle().unwrap();
    assert_eq!((world.writes(), &relation_in_ac(&world, COMPANY)["email"]), (writes, &before));
}

#[test]
fn f18_where_no_marker_can_be_written_nothing_is_made() {
    let world = World::new(7, 18);
    world.set("marker-field", "GeenVeld");
    let organisations = world.tribe.borrow().set("Relation_Organization").count();
    let _ = world.initial_sync();
    let _ = world.initial_sync();
    assert_eq!(world.tribe.borrow().set("Relation_Organization").count(), organisations);
}

#[test]
fn f19_a_look_up_that_lags_is_repeated_before_a_second_create() {
    let character = Character { read_lag: Duration::from_secs(20), ..Character::default() };
    let world = office_with(Variants::default(), character);
    let id = add_company(&world, json!({}));
    world.faults.plan(Kind::ResetAfter, "POST", "Customer", 1);
    world.poll().unwrap();
    let record = RecordId::Relatie(RelatieId::new(id.as_str()));
    records::resync(world.ports(), &world.read_settings(), world.budget.get(), &record).unwrap();
    assert_eq!(standing(&world, &marker(&id)), 1);
    world.settle().unwrap();
    assert_eq!(standing(&world, &marker(&id)), 1);
    assert!(!tribe_id(&world, &marker(&id)).is_empty());
    world.assert_same();
}
