//! The brake before one value that is written everywhere.

use std::time::Duration;

use advocaatcentraal_tribe::link::BrakeState;
use serde_json::json;
use tests::World;
use tests::support::{edit_contact, edit_relatie, relation_in_ac, relation_of};

use super::marker;
use super::phones::*;

const DUMMY: &str = "000";

fn dummy_in_ac(world: &World, companies: &[String]) {
    for company in companies {
        edit_relatie(world, company, json!({ FIELD: DUMMY }));
    }
}

#[test]
fn f116_one_value_in_all_of_a_column_overwrites_nothing_and_a_person_is_asked() {
    let (world, companies) = office_with_phones(60);
    dummy_in_ac(&world, &companies);
    let writes = world.writes();
    let cycle = world.poll().unwrap();
    assert_eq!(world.writes(), writes);
    assert_eq!(standing(&world), [("tribe/organisatie/organisatie.telefoonnummer".to_owned(), BrakeState::On)]);
    assert!(cycle.codes().contains(&"brake-on") && cycle.codes().contains(&"one-value-in-advocaatcentraal"));

    let (world, companies) = office_with_phones(60);
    for company in &companies {
        world.edit_in_tribe(&marker(company), &json!({ PROPERTY: DUMMY }));
    }
    let writes = world.writes();
    let cycle = world.poll().unwrap();
    assert_eq!(world.writes(), writes);
    assert_eq!(
        standing(&world),
        [("advocaatcentraal/organisatie/organisatie.telefoonnummer".to_owned(), BrakeState::On)]
    );
    assert!(cycle.codes().contains(&"one-value-in-tribe"));
}

#[test]
fn f116_one_value_that_drips_stops_when_a_day_has_seen_a_tenth() {
    let (world, companies) = office_with_phones(150);
    let tenth = companies.len() / 10;
    for company in &companies {
        dummy_in_ac(&world, std::slice::from_ref(company));
        world.wait(Duration::from_secs(300));
        world.poll().unwrap();
    }
    let with_dummy = companies.iter().filter(|company| relation_of(&world, company, PROPERTY) == DUMMY).count();
    assert_eq!(with_dummy, tenth);
    assert!(is_on(&world));
}

#[test]
fn f116_a_few_that_get_the_same_value_are_any_edit() {
    let (world, companies) = office_with_phones(150);
    let tenth = companies.len() / 10;
    assert!(tenth >= 3);
    dummy_in_ac(&world, &companies[..tenth]);
    world.poll().unwrap();
    assert!(companies[..tenth].iter().all(|company| relation_of(&world, company, PROPERTY) == DUMMY));
    assert!(standing(&world).is_empty());
    world.assert_same();
}

#[test]
fn f116_every_record_changed_to_a_value_of_its_own_is_any_edit() {
    let (world, companies) = office_with_phones(60);
    for company in &companies {
        edit_relatie(&world, company, json!({ FIELD: format!("010 55{company:0>5}") }));
    }
    world.poll().unwrap();
    assert!(standing(&world).is_empty());
    world.assert_same();
}

#[test]
fn f116_while_one_value_is_held_back_another_goes_on() {
    let (world, companies) = office_with_phones(60);
    dummy_in_ac(&world, &companies);
    world.poll().unwrap();
    edit_relatie(&world, &companies[0], json!({ FIELD: "020 5559999" }));
    world.poll().unwrap();
    assert_eq!(relation_of(&world, &companies[0], PROPERTY), "020 5559999");
    assert!(is_on(&world));
}

#[test]
fn f116_once_let_through_the_one_value_stands_on_both_sides() {
    let (world, companies) = office_with_phones(60);
    dummy_in_ac(&world, &companies);
    world.poll().unwrap();
    release(&world);
    assert!(companies.iter().all(|company| relation_of(&world, company, PROPERTY) == DUMMY));
    assert!(standing(&world).is_empty());
    world.settle().unwrap();
    world.assert_same();
}

#[test]
fn f116_one_function_for_all_is_no_brake() {
    let (world, _) = office_with_phones(60);
    let people: Vec<String> = world.ac.borrow().contactpersonen().map(|(id, _)| id.to_owned()).collect();
    for person in &people {
        edit_contact(&world, person, json!({"geslacht": "V"}));
    }
    world.poll().unwrap();
    assert!(standing(&world).is_empty());
}

#[test]
fn f116_a_crash_anywhere_lets_no_dummy_through_and_forgets_nothing() {
    for point in (1..400).step_by(7) {
        let (world, companies) = office_with_phones(30);
        world.budget.set(TINY);
        dummy_in_ac(&world, &companies);
        let writes = world.writes();
        world.faults.crash_after(point);
        let crashed = world.poll().is_err();
        world.faults.restart();
        world.settle().unwrap();
        assert_eq!(world.writes(), writes, "crash at {point}");
        assert!(is_on(&world), "crash at {point}");
        take_back(&world, Some(point));
        assert!(standing(&world).is_empty(), "crash at {point}");
        world.settle().unwrap();
        for company in &companies {
            assert_eq!(relation_in_ac(&world, company)[FIELD], phone(company).as_str(), "crash at {point}");
        }
        assert_eq!(with_phone(&world, &companies), companies.len(), "crash at {point}");
        world.assert_same();
        if !crashed {
            return;
        }
    }
    panic!("every poll crashes");
}
