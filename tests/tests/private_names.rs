//! A private person: one name in AC, several fields in Tribe (D13).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use advocaatcentraal_tribe::link::Reason;
use advocaatcentraal_tribe::sync::records;
use serde_json::{Value, json};
use tests::World;
use tests::support::{edit_relatie, relation_in_ac, relation_of};

const PERSON: &str = "1013";
const MARKER: &str = "ac:12345:relatie:1013";

/// A private person "E. van der Voorbeeld", on both sides.
fn settled() -> World {
    let world = World::new(7, 18);
    edit_relatie(&world, PERSON, json!({"naam": "E. van der Voorbeeld"}));
    world.initial_sync().unwrap();
    world.settle().unwrap();
    assert_eq!(relation_of(&world, PERSON, "LastName"), "E. van der Voorbeeld");
    world
}

fn name_in_ac(world: &World) -> Value {
    relation_in_ac(world, PERSON)["naam"].clone()
}

fn told(world: &World) -> usize {
    let cycles = [world.poll().unwrap(), world.poll().unwrap(), world.sweep().unwrap()];
    let notes = cycles.iter().flat_map(|cycle| &cycle.notes);
    notes.filter(|note| note.code.as_str() == "name-split").count()
}

#[test]
fn a_last_name_does_not_travel_while_first_name_infix_or_initials_are_filled() {
    for beside in [json!({"FirstName": "Eva"}), json!({"MiddleName": "van der"}), json!({"Initials": "E."})] {
        let world = settled();
        world.edit_in_tribe(MARKER, &beside);
        world.edit_in_tribe(MARKER, &json!({"LastName": "Voorbeeld"}));
        let writes = world.writes();
        assert_eq!(told(&world), 1, "once, as long as it lasts");
        assert_eq!(told(&world), 0);
        assert_eq!(name_in_ac(&world), "E. van der Voorbeeld", "{beside}");
        assert_eq!(world.writes(), writes);
    }
}

#[test]
fn an_edit_in_ac_does_not_go_over_a_name_in_several_fields_and_the_rest_goes_on() {
    let world = settled();
    world.edit_in_tribe(MARKER, &json!({"FirstName": "Eva", "MiddleName": "van der", "LastName": "Voorbeeld"}));
    edit_relatie(&world, PERSON, json!({"naam": "E. van der Voorbeeld-Jansen", "email": "eva@voorbeeld.example"}));
    world.settle().unwrap();
    assert_eq!(relation_of(&world, PERSON, "LastName"), "Voorbeeld");
    assert_eq!(relation_of(&world, PERSON, "EmailAddress"), "eva@voorbeeld.example");
    world.edit_in_tribe(MARKER, &json!({"PhoneNumber": "020 555 13 01"}));
    world.settle().unwrap();
    assert_eq!(relation_in_ac(&world, PERSON)["telefoon"], "020 555 13 01");
    world.assert_same();
}

#[test]
fn a_name_in_one_field_again_travels_again_and_is_told_anew_when_it_is_divided_again() {
    let world = settled();
    world.edit_in_tribe(MARKER, &json!({"FirstName": "Eva", "LastName": "Voorbeeld"}));
    assert_eq!(told(&world), 1);
    world.edit_in_tribe(MARKER, &json!({"FirstName": null, "LastName": "Eva Voorbeeld"}));
    world.settle().unwrap();
    assert_eq!(name_in_ac(&world), "Eva Voorbeeld");
    world.edit_in_tribe(MARKER, &json!({"Initials": "E."}));
    assert_eq!(told(&world), 1);
}

#[test]
fn what_both_changed_meanwhile_ends_with_ac_and_keeps_the_other() {
    let world = settled();
    world.edit_in_tribe(MARKER, &json!({"FirstName": "Eva", "LastName": "Voorbeeld"}));
    edit_relatie(&world, PERSON, json!({"naam": "E. Voorbeeld-Jansen"}));
    world.settle().unwrap();
    world.edit_in_tribe(MARKER, &json!({"FirstName": null}));
    world.settle().unwrap();
    assert_eq!(relation_of(&world, PERSON, "LastName"), "E. Voorbeeld-Jansen");
    let mut conflicts = records::kept(world.ports(), &world.read_settings()).unwrap();
    conflicts.retain(|(_, kept)| kept.reason == Reason::Conflict);
    assert_eq!(conflicts.iter().map(|(_, conflict)| conflict.lost.as_str()).collect::<Vec<_>>(), ["Voorbeeld"]);
}

#[test]
fn a_contact_person_has_fields_for_each_part_on_both_sides() {
    let world = settled();
    let person = tests::support::synced_person(&world);
    world.edit_in_tribe(&format!("ac:12345:contactpersoon:{person}"), &json!({"LastName": "Anders"}));
    world.settle().unwrap();
    assert_eq!(tests::support::person_in_ac(&world, &person)["achternaam"], "Anders");
}
