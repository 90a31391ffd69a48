//! Failures that the simulation found, each in its smallest scenario: an edit at a bad moment of the connector.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::time::Duration;

use advocaatcentraal_tribe::sync::records;
use sandbox::advocaatcentraal::{List, Rows, Stamps, Variants};
use sandbox::tribe::{Character, NestedCreate, PutAnswer};
use serde_json::{Value, json};
use tests::faults::Kind;
use tests::support::{edit_contact, edit_relatie, person_in_ac, relation_in_ac, relation_of, synced_person};
use tests::{World, manual};

const COMPANY: &str = "1001";
const MARKER: &str = "ac:12345:relatie:1001";

fn office(variants: Variants, character: Character) -> World {
    let world = World::with(7, 18, variants, character);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    world
}

fn letters(world: &World) -> usize {
    records::dead_letters(world.ports(), &world.read_settings()).unwrap().len()
}

#[test]
fn a_field_emptied_in_ac_while_a_create_is_in_doubt_stays_empty() {
    let world = World::new(7, 18);
    world.faults.plan(Kind::ResetAfter, "POST", "Customer", 1);
    world.initial_sync().unwrap();
    assert!(world.faults.count(Kind::ResetAfter) > 0);
    world.faults.stop();
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": null}));
    world.settle().unwrap();
    world.settle().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "");
    assert!(relation_in_ac(&world, COMPANY)["telefoonnummer"].is_null());
}

#[test]
fn an_edit_in_tribe_of_a_record_that_is_not_linked_yet_is_carried() {
    let world = World::new(7, 18);
    world.faults.plan(Kind::ResetAfter, "POST", "Customer", 1);
    world.initial_sync().unwrap();
    world.faults.stop();
    let id = world.edit_in_tribe(MARKER, &json!({"PhoneNumber": "020 555 30 01"}));
    // The connector does not know yet whose record it is.
    world.push(&[&id]).unwrap();
    world.settle().unwrap();
    world.settle().unwrap();
    assert_eq!(relation_in_ac(&world, COMPANY)["telefoonnummer"], "020 555 30 01");
}

#[test]
fn what_tribe_did_not_take_of_a_create_in_doubt_is_not_taken_from_ac() {
    let world = World::new(7, 18);
    world.faults.plan(Kind::ResetAfter, "POST", "Customer", 1);
    world.initial_sync().unwrap();
    world.faults.stop();
    world.edit_in_tribe(MARKER, &json!({"PhoneNumber": null}));
    world.settle().unwrap();
    world.settle().unwrap();
    assert_eq!(relation_in_ac(&world, COMPANY)["telefoonnummer"], "020 555 01 23");
    world.assert_same();
}

#[test]
fn an_old_state_that_a_lagging_read_shows_is_nobodys_edit() {
    for put_answer in [PutAnswer::Entity, PutAnswer::NoContent] {
        let character = Character { read_lag: Duration::from_secs(20), put_answer, ..Character::default() };
        let world = office(Variants::default(), character);
        edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 30 02"}));
        world.poll().unwrap();
        let id = world.tribe.borrow().find_by_import_id(MARKER)[0].to_string();
        world.push(&[&id]).unwrap();
        assert_eq!(relation_in_ac(&world, COMPANY)["telefoonnummer"], "020 555 30 02");
        world.settle().unwrap();
        world.assert_same();
    }
}

#[test]
fn a_field_emptied_in_tribe_while_a_create_is_in_doubt_is_filled_again_and_told() {
    let world = World::new(7, 18);
    world.faults.plan(Kind::ResetAfter, "POST", "Customer", 1);
    world.initial_sync().unwrap();
    world.faults.stop();
    world.edit_in_tribe(MARKER, &json!({"PhoneNumber": null}));
    world.settle().unwrap();
    let in_ac = relation_in_ac(&world, COMPANY)["telefoonnummer"].clone();
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), in_ac);
    let conflicts = tests::support::conflicts(&world);
    assert_eq!(conflicts.len(), 1);
    assert_eq!((conflicts[0].1.slot.as_str(), conflicts[0].1.lost.as_str()), ("organisatie.telefoonnummer", ""));
}

/// AC lists a record twice on a page, and leaves out what must be read by itself.
#[test]
fn a_row_that_stands_twice_is_read_by_itself_once() {
    let world = office(Variants { rows: Rows::Lean, ..Variants::default() }, Character::default());
    // It is then the only one on the page.
    world.wait(Duration::from_secs(2 * 60 * 60));
    edit_relatie(&world, COMPANY, json!({"email": "enkel@voorbeeld.example"}));
    world.settle().unwrap();
    edit_relatie(&world, COMPANY, json!({"email": "dubbel@voorbeeld.example"}));
    world.faults.plan(Kind::DuplicatedRow, "GET", "/relaties?", 1);
    world.faults.plan(Kind::Status500, "GET", "/relaties/1001", 1);
    world.poll().unwrap();
    assert_eq!(world.faults.count(Kind::DuplicatedRow), 1);
    assert_eq!(letters(&world), 1);
    world.wait(Duration::from_secs(10 * 60));
    world.settle().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "EmailAddress"), "dubbel@voorbeeld.example");
    assert_eq!(letters(&world), 0);
}

#[test]
fn an_old_state_that_a_list_shows_late_is_nobodys_edit() {
    let variants = Variants { late_visible: Duration::from_secs(8 * 60), ..Variants::default() };
    let world = office(variants, Character::default());
    world.wait(Duration::from_secs(60 * 60));
    world.poll().unwrap();
    edit_relatie(&world, COMPANY, json!({"email": "laat@voorbeeld.example"}));
    world.wait(Duration::from_secs(3 * 60));
    let id = world.edit_in_tribe(MARKER, &json!({"PhoneNumber": "020 555 30 03"}));
    world.push(&[&id]).unwrap();
    world.wait(Duration::from_secs(60));
    // The list shows the relation as it was before AC got the telephone number.
    world.poll().unwrap();
    world.settle().unwrap();
    assert_eq!(relation_in_ac(&world, COMPANY)["telefoonnummer"], "020 555 30 03");
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 30 03");
    assert_eq!(relation_of(&world, COMPANY, "EmailAddress"), "laat@voorbeeld.example");
}

#[test]
fn a_letter_outlives_that_ac_lists_its_record_again_as_it_was() {
    let world = office(Variants { stamps: Stamps::DateOnlyFilter, ..Variants::default() }, Character::default());
    // AC then lists it in every poll of the day.
    edit_relatie(&world, COMPANY, json!({"email": "vandaag@voorbeeld.example"}));
    world.settle().unwrap();
    world.edit_in_tribe(MARKER, &json!({"PhoneNumber": "020 555 30 04"}));
    world.faults.plan(Kind::ResetBefore, "PUT", "/relaties/", 3);
    for _ in 0..3 {
        world.poll().unwrap();
        let carried = relation_in_ac(&world, COMPANY)["telefoonnummer"] == "020 555 30 04";
        assert!(carried || letters(&world) == 1);
    }
    world.wait(Duration::from_secs(2 * 60 * 60));
    world.settle().unwrap();
    assert_eq!(relation_in_ac(&world, COMPANY)["telefoonnummer"], "020 555 30 04");
    assert_eq!(letters(&world), 0);
}

#[test]
fn an_edit_of_a_field_that_ac_leaves_out_is_carried_when_the_first_try_fails() {
    let world = office(Variants::default(), Character::default());
    let person = synced_person(&world);
    let marker = format!("ac:12345:contactpersoon:{person}");
    edit_contact(&world, &person, json!({"mobiel": null}));
    world.settle().unwrap();
    world.edit_in_ac(List::Contactpersonen, &person, |record| {
        record.remove("mobiel");
    });
    world.settle().unwrap();
    world.edit_in_tribe(&marker, &json!({"MobilePhoneNumber": "06 5550 3005"}));
    world.faults.plan(Kind::Status503, "PUT", "/contactpersonen/", 1);
    world.settle().unwrap();
    assert_eq!(world.faults.count(Kind::Status503), 1);
    assert_eq!(person_in_ac(&world, &person)["mobiel"], "06 5550 3005");
}

/// A user of Tribe fills a field that AC's rows leave out, and AC refuses it until an operator has mended that. The
/// sweep then finds both in lists.
fn the_sweep_carries(
    remove: fn(&mut serde_json::Map<String, Value>),
    fill: fn(&World, &str),
    read: fn(&Value) -> &Value,
) {
    let world = office(Variants::default(), Character::default());
    let person = synced_person(&world);
    let edit = |edit: fn(&mut serde_json::Map<String, Value>)| {
        world.edit_in_ac(List::Contactpersonen, &person, edit);
        world.settle().unwrap();
    };
    edit(|record| {
        for (rows, part) in [("koppelingen", "functie"), ("koppelingen", "doorkiesnummer"), ("adressen", "plaats")] {
            record[rows][0][part] = Value::Null;
        }
    });
    edit(remove);
    fill(&world, &person);
    world.faults.plan(Kind::Status413, "PUT", "/contactpersonen/", 9);
    world.settle().unwrap();
    assert_eq!(letters(&world), 1);
    world.faults.stop();
    world.sweep().unwrap();
    assert!(read(&person_in_ac(&world, &person)).is_string());
    assert_eq!(letters(&world), 0);
}

fn fill_contact(world: &World, person: &str, patch: &Value) {
    let at = manual::text(&person_in_ac(world, person)["koppelingen"][0]["relatie_id"]);
    world.edit_in_tribe(&format!("ac:12345:contactpersoon:{person}@{at}"), patch);
}

#[test]
fn the_sweep_carries_a_function_that_ac_leaves_out() {
    the_sweep_carries(
        |record| drop(record["koppelingen"][0].as_object_mut().unwrap().remove("functie")),
        |world, person| fill_contact(world, person, &json!({"Function": "Bestuurder"})),
        |record| &record["koppelingen"][0]["functie"],
    );
}

#[test]
fn the_sweep_carries_a_direct_number_that_ac_leaves_out() {
    the_sweep_carries(
        |record| drop(record["koppelingen"][0].as_object_mut().unwrap().remove("doorkiesnummer")),
        |world, person| fill_contact(world, person, &json!({"PhoneNumber": "020 555 30 06"})),
        |record| &record["koppelingen"][0]["doorkiesnummer"],
    );
}

#[test]
fn the_sweep_carries_a_city_that_ac_leaves_out() {
    the_sweep_carries(
        |record| drop(record["adressen"][0].as_object_mut().unwrap().remove("plaats")),
        |world, person| {
            let address = world.address_in_tribe(&format!("ac:12345:contactpersoon:{person}"), "Address");
            assert!(world.save_in_tribe(address.parse().unwrap(), &json!({"City": "Utrecht"})));
        },
        |record| &record["adressen"][0]["plaats"],
    );
}

#[test]
fn whatever_becomes_of_the_first_nested_create_the_others_are_made() {
    use NestedCreate::{Honoured, Ignored, Refused, RelationsOnly};
    for nested_create in [Honoured, RelationsOnly, Ignored, Refused] {
        for kind in [Kind::Html200, Kind::ResetAfter, Kind::ResetBefore, Kind::Timeout, Kind::Truncated] {
            let world = World::with(7, 18, Variants::default(), Character { nested_create, ..Character::default() });
            world.faults.plan(kind, "POST", "Customer", 1);
            world.initial_sync().unwrap();
            assert_eq!(world.faults.count(kind), 1);
            world.wait(Duration::from_secs(10 * 60));
            world.settle().unwrap();
            assert_eq!(letters(&world), 0, "{nested_create:?} {kind}");
            world.assert_same();
        }
    }
}

/// As long as the connector does not know whether Tribe nests, it makes addresses before their relation.
#[test]
fn an_address_edited_between_its_create_and_that_of_its_relation_is_carried() {
    let world = World::new(7, 18);
    world.faults.plan(Kind::Html200, "POST", "Customer", 1);
    world.faults.plan(Kind::Status409, "POST", "Relation_Organization", 99);
    world.initial_sync().unwrap();
    world.faults.stop();
    let marker = "ac:12345:relatie:1004";
    assert!(world.tribe.borrow().find_by_import_id(marker).is_empty());
    // The first is tried again, and shows that Tribe takes nested addresses.
    world.wait(Duration::from_secs(10 * 60));
    world.settle().unwrap();
    world.edit_in_ac(List::Relaties, "1004", |record| record["adressen"][0]["huisnummer"] = json!("134"));
    world.settle().unwrap();
    world.settle().unwrap();
    let address = world.address_in_tribe(marker, "VisitingAddress").parse().unwrap();
    assert_eq!(world.tribe.borrow().entity(address).unwrap().text("HouseNumber"), "134");
}

#[test]
fn after_a_429_nothing_more_is_asked() {
    let world = World::new(7, 60);
    world.faults.plan(Kind::Status429Seconds, "POST", "Customer", 1);
    assert!(world.initial_sync().is_err());
    assert!(world.watch.take_broken().is_empty());
}

#[test]
fn a_person_who_was_looked_at_beside_the_organisation_that_is_waited_for_stays_due() {
    let world = office(Variants::default(), Character::default());
    let company = json!({"soort": "bedrijf", "relatietypen": ["client"], "bedrijfsnaam": "Nieuw Voorbeeld B.V.",
        "telefoonnummer": null, "email": null, "website": null, "kvk": null, "adressen": []});
    let company = world.ac.borrow_mut().add_relatie(world.now(), company.as_object().unwrap().clone());
    let at = |id: &str| json!({"relatie_id": id, "functie": "Directeur", "doorkiesnummer": null});
    let person = json!({"voornamen": "Eva", "achternaam": "Voorbeeld", "adressen": [],
        "koppelingen": [at(COMPANY), at(&company)]});
    let person = world.ac.borrow_mut().add_contactpersoon(world.now(), person.as_object().unwrap().clone());
    world.faults.plan(Kind::ResetAfter, "POST", "Customer", 1);
    world.faults.plan(Kind::ResetAfter, "POST", "Contact_Standard", 1);
    world.poll().unwrap();
    world.faults.stop();
    assert_eq!(letters(&world), 2, "both creates are in doubt");
    // Both are due together, and the call ends at the second look at the person.
    let marker = format!("{person}%40{company}");
    world.faults.plan(Kind::ResetBefore, "GET", &marker, 1);
    world.poll().unwrap_err();
    assert_eq!(world.faults.count(Kind::ResetBefore), 1);
    world.faults.stop();
    world.settle().unwrap();
    world.assert_same();
}

#[test]
fn whoever_waits_for_the_second_of_two_organisations_stays_due_after_a_stop_at_the_first() {
    let world = office(Variants::default(), Character::default());
    let company = |name: &str| {
        let fields = json!({"soort": "bedrijf", "relatietypen": ["client"], "bedrijfsnaam": name,
            "telefoonnummer": null, "email": null, "website": null, "kvk": null, "adressen": []});
        world.ac.borrow_mut().add_relatie(world.now(), fields.as_object().unwrap().clone())
    };
    let companies = [company("Voorbeeld Een B.V."), company("Voorbeeld Twee B.V.")];
    let at = |id: &str| json!({"relatie_id": id, "functie": "Directeur", "doorkiesnummer": null});
    let persons = companies.each_ref().map(|company| {
        let fields = json!({"voornamen": "Eva", "achternaam": "Voorbeeld", "adressen": [],
            "koppelingen": [at(COMPANY), at(company)]});
        world.ac.borrow_mut().add_contactpersoon(world.now(), fields.as_object().unwrap().clone())
    });
    world.faults.plan(Kind::ResetAfter, "POST", "Customer", 2);
    world.faults.plan(Kind::ResetAfter, "POST", "Contact_Standard", 2);
    world.poll().unwrap();
    world.faults.stop();
    assert_eq!(letters(&world), 4, "four creates are in doubt");
    // All are due together, and the call ends at the second look at the first person.
    let marker = format!("{}%40{}", persons[0], companies[0]);
    world.faults.plan(Kind::ResetBefore, "GET", &marker, 1);
    world.poll().unwrap_err();
    world.faults.stop();
    world.settle().unwrap();
    world.assert_same();
}
