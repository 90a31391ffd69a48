//! Values that Tribe chooses from rows: genders and countries, as each tenant has them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use sandbox::ByteOrderMark;
use sandbox::advocaatcentraal::Variants;
use sandbox::tribe::Character;
use serde_json::json;
use tests::World;
use tests::support::{edit_contact, edit_relatie, person_in_ac, relation_in_ac, synced_person};

fn settled(genders: &[(&str, &str)], own_countries: &[(&str, &str)]) -> World {
    let rows = |rows: &[(&str, &str)]| rows.iter().map(|(code, name)| (code.to_string(), name.to_string())).collect();
    let character = Character { genders: rows(genders), own_countries: rows(own_countries), ..Character::default() };
    let world = World::with(7, 18, Variants::default(), character);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    world
}

fn gender(world: &World, person: &str) -> String {
    let tribe = world.tribe.borrow();
    let id = *tribe.find_by_import_id(&format!("ac:12345:contactpersoon:{person}")).first().unwrap();
    let row = tribe.entity(id).unwrap().link("Gender");
    row.map(|row| tribe.entity(row).unwrap().text("Name")).unwrap_or_default()
}

fn choose(world: &World, person: &str, code: &str) {
    let row = world.tribe.borrow().lookup("Datastore_Gender", code).unwrap().to_string();
    world.edit_in_tribe(&format!("ac:12345:contactpersoon:{person}"), &json!({"Gender": {"ID": row}}));
    world.settle().unwrap();
}

#[test]
fn unknown_and_x_are_values_like_any_other_where_the_tenant_has_a_row_for_them() {
    let world = settled(&[("M", "Man"), ("F", "Vrouw"), ("N", "Non-binair"), ("U", "Onbekend")], &[]);
    let person = synced_person(&world);
    for (letter, name) in [("O", "Onbekend"), ("X", "Non-binair"), ("V", "Vrouw"), ("O", "Onbekend")] {
        edit_contact(&world, &person, json!({"geslacht": letter}));
        world.settle().unwrap();
        assert_eq!(gender(&world, &person), name);
    }
    edit_contact(&world, &person, json!({"geslacht": null}));
    world.settle().unwrap();
    assert_eq!(gender(&world, &person), "", "empty is not unknown");
    for (code, letter) in [("U", "O"), ("N", "X"), ("M", "M")] {
        choose(&world, &person, code);
        assert_eq!(person_in_ac(&world, &person)["geslacht"], letter);
    }
}

#[test]
fn where_the_tenant_has_no_row_for_them_they_are_empty_and_that_is_said_once() {
    let world = settled(&[("Male", "Man"), ("Female", "Vrouw")], &[]);
    let person = synced_person(&world);
    let told = |world: &World| {
        let notes = world.poll().unwrap().notes;
        notes.into_iter().filter(|note| note.code.as_str() == "gender-without-row").count()
    };
    edit_contact(&world, &person, json!({"geslacht": "V"}));
    world.settle().unwrap();
    for (round, letter) in ["X", "O", "X", "O"].into_iter().enumerate() {
        edit_contact(&world, &person, json!({"geslacht": letter}));
        assert!(told(&world) <= usize::from(round < 2), "{letter}");
        assert_eq!(gender(&world, &person), "");
        assert_eq!(person_in_ac(&world, &person)["geslacht"], letter, "it does not come back");
        let writes = world.writes();
        world.settle().unwrap();
        assert_eq!(world.writes(), writes);
    }
    choose(&world, &person, "Male");
    assert_eq!(person_in_ac(&world, &person)["geslacht"], "M");
}

#[test]
fn the_initial_sync_says_once_that_there_is_no_row() {
    let character = Character { genders: vec![("Male".to_owned(), "Man".to_owned())], ..Character::default() };
    let world = World::with(7, 60, Variants::default(), character);
    let notes = world.initial_sync().unwrap().notes;
    let told: Vec<_> = notes.iter().filter(|note| note.code.as_str() == "gender-without-row").collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].subject.is_none());
}

fn country(world: &World, id: &str) -> String {
    let tribe = world.tribe.borrow();
    let owner = *tribe.find_by_import_id(&format!("ac:12345:relatie:{id}")).first().unwrap();
    let address = tribe.entity(owner).unwrap().link("VisitingAddress").unwrap();
    let row = tribe.entity(address).unwrap().link("Country");
    row.map(|row| tribe.entity(row).unwrap().text("Name")).unwrap_or_default()
}

#[test]
fn a_row_fits_that_bears_the_very_name_or_the_code() {
    let own = [("900", "Kosovo"), ("BO", "Bolivia"), ("EN", "Engeland"), ("", "Sint Nergens")];
    let world = settled(&[("Male", "Man"), ("Female", "Vrouw")], &own);
    for (land, name) in [
        ("Kosovo", "Kosovo"),
        ("900", "Kosovo"),
        ("bolivia", "Bolivia"),
        ("BO", "Bolivia"),
        ("United Kingdom", "Verenigd Koninkrijk"),
        ("Sint  Nergens", "Sint Nergens"),
        ("nl", "Nederland"),
        ("Engeland", "Engeland"),
    ] {
        let mut addresses = relation_in_ac(&world, "1002")["adressen"].clone();
        addresses[0]["land"] = land.into();
        edit_relatie(&world, "1002", json!({"adressen": addresses}));
        world.settle().unwrap();
        assert_eq!(country(&world, "1002"), name, "{land}");
        let writes = world.writes();
        world.sweep().unwrap();
        assert_eq!(world.writes(), writes, "{land}");
    }
}

#[test]
fn a_row_that_the_tenant_made_goes_to_ac_by_its_name_and_a_standard_one_by_its_code() {
    let world = settled(&[("Male", "Man"), ("Female", "Vrouw")], &[("900", "Kosovo")]);
    let address = world.address_in_tribe("ac:12345:relatie:1002", "VisitingAddress");
    for (code, land) in [("900", "Kosovo"), ("BE", "BE")] {
        let row = world.tribe.borrow().lookup("Datastore_Country", code).unwrap().to_string();
        world.edit_by_id(&address, &json!({"Country": {"ID": row}}));
        world.settle().unwrap();
        assert_eq!(relation_in_ac(&world, "1002")["adressen"][0]["land"], land);
    }
}

#[test]
fn a_byte_order_mark_before_an_answer_says_nothing() {
    let variants = Variants { byte_order_mark: ByteOrderMark::Written, ..Variants::default() };
    let character = Character { byte_order_mark: ByteOrderMark::Written, ..Character::default() };
    let world = World::with(7, 18, variants, character);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    world.edit_in_tribe("ac:12345:relatie:1002", &json!({"PhoneNumber": "020 555 77 01"}));
    world.settle().unwrap();
    assert_eq!(relation_in_ac(&world, "1002")["telefoonnummer"], "020 555 77 01");
    world.assert_same();
}
