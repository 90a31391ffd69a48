//! Echoes and loops.

use advocaatcentraal_tribe::sync::Stop;
use sandbox::Tribe;
use sandbox::advocaatcentraal::{List, Variants};
use sandbox::tribe::{Character, PutAnswer, StoredText, Tenant};
use serde_json::json;
use tests::faults::Kind;
use tests::support::{
    company_of, edit_contact, edit_relatie, person_in_ac, relation_in_ac, relation_of, synced_person,
};

use super::{COMPANY, OTHER, add_company, add_contact, marker, office, office_with, person_marker, standing, tribe_id};

#[test]
fn f01_an_own_write_that_comes_back_causes_no_write() {
    let world = office();
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 11 01"}));
    let (in_ac, in_tribe) = world.writes();
    world.poll().unwrap();
    world.push(&[&tribe_id(&world, &marker(COMPANY))]).unwrap();
    world.settle().unwrap();
    assert_eq!(world.writes(), (in_ac, in_tribe + 1));
}

#[test]
fn f02_a_webhook_of_a_create_that_is_not_linked_yet_pushes_nothing() {
    let world = office();
    let id = add_company(&world, json!({}));
    world.faults.plan(Kind::ResetAfter, "POST", "Customer", 1);
    world.poll().unwrap();
    let (in_ac, _) = world.writes();
    world.push(&[&tribe_id(&world, &marker(&id))]).unwrap();
    assert_eq!(world.writes().0, in_ac);
    world.settle().unwrap();
    assert_eq!(standing(&world, &marker(&id)), 1);
    assert_eq!(world.writes().0, in_ac);
}

#[test]
fn f03_no_placeholder_stands_in_for_a_name_that_tribe_demands() {
    let world = office();
    let id = add_contact(&world, &[COMPANY], json!({"achternaam": null}));
    world.settle().unwrap();
    assert_eq!(standing(&world, &person_marker(&id)), 0);
    edit_contact(&world, &id, json!({"achternaam": "Voorbeeld"}));
    world.settle().unwrap();
    assert_eq!(world.text_in_tribe(&person_marker(&id), "LastName"), "Voorbeeld");
    world.assert_same();
}

#[test]
fn f04_another_spelling_of_the_same_value_is_no_change() {
    let world = office();
    let before = relation_in_ac(&world, COMPANY)["telefoonnummer"].clone();
    world.edit_in_tribe(&marker(COMPANY), &json!({"PhoneNumber": "+31 (0)20 5550123 "}));
    let writes = world.writes();
    world.settle().unwrap();
    assert_eq!(world.writes(), writes);
    assert_eq!(relation_in_ac(&world, COMPANY)["telefoonnummer"], before);
}

#[test]
fn f04_a_tribe_that_makes_text_neat_comes_to_rest_and_nothing_is_made_neat_in_ac() {
    for put_answer in [PutAnswer::Entity, PutAnswer::NoContent] {
        let character = Character { stored_text: StoredText::MadeNeat, put_answer, ..Character::default() };
        let world = office_with(Variants::default(), character);
        let sent = json!({"bedrijfsnaam": "  Voorbeeld & Zonen B.V. ", "telefoonnummer": " 020 555 04 01"});
        edit_relatie(&world, COMPANY, sent.clone());
        super::edit_addresses(&world, COMPANY, |addresses| addresses[0]["postcode"] = "1015cs".into());
        world.edit_in_tribe(&marker(OTHER), &json!({"PhoneNumber": " 020 555 04 02 "}));
        world.poll().unwrap();
        assert_eq!(relation_of(&world, COMPANY, "Name"), "Voorbeeld & Zonen BV");
        assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "+31 20 555 04 01");
        world.poll().unwrap();
        let writes = world.writes();
        world.poll().unwrap();
        assert_eq!(world.writes(), writes, "the third cycle writes nothing");
        let in_ac = relation_in_ac(&world, COMPANY);
        assert_eq!(
            (&in_ac["bedrijfsnaam"], &in_ac["telefoonnummer"]),
            (&sent["bedrijfsnaam"], &sent["telefoonnummer"])
        );
        assert_eq!(in_ac["adressen"][0]["postcode"], "1015cs");
        // And the connector still syncs the field.
        edit_relatie(&world, COMPANY, json!({"bedrijfsnaam": "Anders B.V."}));
        world.poll().unwrap();
        assert_eq!(relation_of(&world, COMPANY, "Name"), "Anders BV");
        world.edit_in_tribe(&marker(COMPANY), &json!({"Name": "Weer Anders"}));
        world.settle().unwrap();
        assert_eq!(relation_in_ac(&world, COMPANY)["bedrijfsnaam"], "Weer Anders");
    }
}

#[test]
fn f05_a_restored_backup_is_found_by_the_sweep() {
    let world = office();
    let old = world.ac.borrow().relatie(COMPANY).unwrap().current().fields().clone();
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 11 05"}));
    world.settle().unwrap();
    let mut restored = old.clone();
    restored.insert("gewijzigd".to_owned(), "2026-03-02T10:00:00+01:00".into());
    world.ac.borrow_mut().load(List::Relaties, [restored]);
    let writes = world.writes();
    world.settle().unwrap();
    assert_eq!(world.writes(), writes, "no stamp tells of it");
    let cycle = world.sweep().unwrap();
    assert!(cycle.codes().contains(&"found-by-sweep"));
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), old["telefoonnummer"].as_str().unwrap());
}

#[test]
fn f06_an_edit_right_after_an_own_write_is_carried() {
    let world = office();
    let person = synced_person(&world);
    edit_contact(&world, &person, json!({"voornamen": "Willemijn"}));
    world.poll().unwrap();
    let at = format!("{}@{}", person_marker(&person), company_of(&world, &person));
    let id = world.edit_in_tribe(&at, &json!({"Function": "Bestuurder"}));
    world.push(&[&id]).unwrap();
    assert_eq!(person_in_ac(&world, &person)["koppelingen"][0]["functie"], "Bestuurder");
}

#[test]
fn f07_an_old_value_that_a_user_puts_back_is_carried() {
    let world = office();
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 11 07"}));
    world.poll().unwrap();
    let id = world.edit_in_tribe(&marker(COMPANY), &json!({"PhoneNumber": "020 555 01 23"}));
    world.push(&[&id]).unwrap();
    assert_eq!(relation_in_ac(&world, COMPANY)["telefoonnummer"], "020 555 01 23");
}

#[test]
fn f08_a_copy_of_the_tribe_environment_is_not_written() {
    let world = office();
    let other = Tenant { seed: 2, ..Tenant::default() };
    *world.tribe.borrow_mut() = Tribe::new(other, Character::default());
    world.wait(std::time::Duration::from_secs(2 * 24 * 60 * 60));
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 11 08"}));
    let stopped = world.poll().unwrap_err();
    assert!(matches!(stopped.error, Stop::Settings(_)), "{stopped:?}");
    assert_eq!(world.tribe.borrow().counters().writes(), 0);
}
