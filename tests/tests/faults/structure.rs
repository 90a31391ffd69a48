//! Relations and how they belong together.

use std::time::Duration;

use advocaatcentraal_tribe::relation::RelatieId;
use advocaatcentraal_tribe::sync::Budget;
use advocaatcentraal_tribe::sync::records::{self, RecordId};
use sandbox::advocaatcentraal::List;
use serde_json::json;
use tests::World;
use tests::faults::Kind;
use tests::support::{edit_contact, edit_relatie, person_of, relation_of};

use super::{COMPANY, OTHER, PERSON, add_company, add_contact, letters, marker, office, person_marker, standing};

fn at(person: &str, company: &str) -> String {
    format!("{}@{company}", person_marker(person))
}

#[test]
fn f85_a_contact_person_that_comes_before_its_organisation_waits_without_an_error() {
    let world = office();
    let company = add_company(&world, json!({"relatietypen": ["advocaat"]}));
    let person = add_contact(&world, &[&company], json!({}));
    world.settle().unwrap();
    assert_eq!((standing(&world, &person_marker(&person)), letters(&world)), (0, 0));
    edit_relatie(&world, &company, json!({"relatietypen": ["client"]}));
    world.poll().unwrap();
    assert_eq!(standing(&world, &person_marker(&person)), 1);
    world.assert_same();
}

#[test]
fn f86_a_contact_person_that_moves_gets_a_place_at_the_new_organisation_and_keeps_the_old() {
    let world = office();
    let person = add_contact(&world, &[COMPANY], json!({}));
    world.settle().unwrap();
    world.edit_in_ac(List::Contactpersonen, &person, |record| record["koppelingen"][0]["relatie_id"] = OTHER.into());
    world.settle().unwrap();
    assert_eq!(standing(&world, &at(&person, OTHER)), 1);
    assert_eq!(standing(&world, &at(&person, COMPANY)), 1, "nothing is deleted");
    assert_eq!(standing(&world, &person_marker(&person)), 1, "nobody is made twice");
    let writes = world.writes();
    world.edit_in_tribe(&at(&person, COMPANY), &json!({"Function": "Oud"}));
    world.settle().unwrap();
    assert_eq!(world.writes(), writes, "the old place is not synced any more");
}

#[test]
fn f87_a_function_at_one_organisation_is_not_that_at_another() {
    let world = office();
    let person = add_contact(&world, &[COMPANY, OTHER], json!({}));
    world.settle().unwrap();
    world.edit_in_tribe(&at(&person, OTHER), &json!({"Function": "Commissaris", "PhoneNumber": "020 555 87 01"}));
    world.settle().unwrap();
    let record = tests::support::person_in_ac(&world, &person);
    let of = |company: &str| {
        let rows = record["koppelingen"].as_array().unwrap();
        rows.iter().find(|row| row["relatie_id"] == company).unwrap()["functie"].clone()
    };
    assert_eq!((of(OTHER), of(COMPANY)), (json!("Commissaris"), json!(null)));
    assert_eq!(world.text_in_tribe(&at(&person, COMPANY), "Function"), "");
}

#[test]
fn f88_a_contact_person_of_an_organisation_that_is_removed_in_tribe_goes_nowhere_else() {
    let world = office();
    let person = add_contact(&world, &[COMPANY], json!({}));
    world.settle().unwrap();
    world.delete_in_tribe(&marker(COMPANY));
    edit_contact(&world, &person, json!({"voornamen": "Willemijn"}));
    world.settle().unwrap();
    world.settle().unwrap();
    assert_eq!(standing(&world, &marker(COMPANY)), 0);
    assert_eq!(standing(&world, &at(&person, COMPANY)), 0);
    assert_eq!(standing(&world, &person_marker(&person)), 1);
    assert_eq!(world.violations(), 0);
}

#[test]
fn f89_what_is_merged_away_in_tribe_is_not_made_again() {
    let world = office();
    world.edit_in_tribe(&marker(OTHER), &json!({"Website": "www.samen.example"}));
    world.delete_in_tribe(&marker(COMPANY));
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 89 01"}));
    world.poll().unwrap();
    let cycle = world.poll().unwrap();
    assert!(cycle.codes().contains(&"gone-in-tribe"));
    world.settle().unwrap();
    assert_eq!(standing(&world, &marker(COMPANY)), 0);
    assert_eq!(relation_of(&world, OTHER, "Website"), "www.samen.example");
}

#[test]
fn f90_another_id_is_another_relation_whatever_it_has_in_common() {
    let world = office();
    world.ac.borrow_mut().delete(world.now(), List::Relaties, COMPANY).unwrap();
    let again = add_company(&world, json!({"bedrijfsnaam": "Voorbeeld Logistiek B.V.", "kvk": "01234567"}));
    world.settle().unwrap();
    assert_eq!((standing(&world, &marker(COMPANY)), standing(&world, &marker(&again))), (1, 1));
    assert_ne!(super::tribe_id(&world, &marker(COMPANY)), super::tribe_id(&world, &marker(&again)));
}

#[test]
fn f91_a_type_that_is_no_longer_mapped_deletes_nothing() {
    let world = office();
    let before = world.tribe.borrow().set("Relation").count();
    world.set("relation-types", r#"{"leverancier":"supplier"}"#);
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 91 01"}));
    world.settle().unwrap();
    world.sweep().unwrap();
    assert_eq!(world.tribe.borrow().set("Relation").count(), before);
    assert_eq!(world.violations(), 0);
}

#[test]
fn f92_what_leaves_and_comes_back_is_the_same_record_and_catches_up() {
    let world = office();
    let id = super::tribe_id(&world, &marker(COMPANY));
    edit_relatie(&world, COMPANY, json!({"relatietypen": ["advocaat"]}));
    world.settle().unwrap();
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 92 01"}));
    world.edit_in_tribe(&marker(COMPANY), &json!({"Website": "www.tussentijds.example"}));
    world.settle().unwrap();
    edit_relatie(&world, COMPANY, json!({"relatietypen": ["client"]}));
    world.settle().unwrap();
    assert_eq!(super::tribe_id(&world, &marker(COMPANY)), id);
    world.assert_same();
}

#[test]
fn f93_an_archived_relation_comes_with_its_first_day_out_of_the_archive_and_only_once() {
    let world = office();
    // Relation 1007 was archived before the first load.
    assert_eq!(standing(&world, &marker("1007")), 0);
    for _ in 0..2 {
        world.ac.borrow_mut().unarchive(world.now(), List::Relaties, "1007").unwrap();
        world.settle().unwrap();
        assert_eq!(standing(&world, &marker("1007")), 1);
        world.ac.borrow_mut().archive(world.now(), List::Relaties, "1007").unwrap();
        let writes = world.writes();
        world.settle().unwrap();
        assert_eq!(world.writes(), writes, "archiving changes nothing in Tribe");
    }
}

#[test]
fn f94_a_deleted_relation_that_is_still_listed_stops_nobody() {
    let world = office();
    world.ac.borrow_mut().delete(world.now(), List::Relaties, COMPANY).unwrap();
    edit_relatie(&world, OTHER, json!({"telefoonnummer": "020 555 94 01"}));
    world.poll().unwrap();
    world.edit_in_tribe(&marker(COMPANY), &json!({"PhoneNumber": "020 555 94 02"}));
    world.settle().unwrap();
    assert_eq!(relation_of(&world, OTHER, "PhoneNumber"), "020 555 94 01");
    world.ac.borrow_mut().purge(List::Relaties, COMPANY).unwrap();
    world.settle().unwrap();
    world.sweep().unwrap();
    assert_eq!((standing(&world, &marker(COMPANY)), letters(&world)), (1, 0));
}

#[test]
fn f95_a_contact_person_of_private_persons_alone_is_not_synced() {
    let world = office();
    let person = add_contact(&world, &[PERSON], json!({}));
    world.settle().unwrap();
    assert_eq!(standing(&world, &person_marker(&person)), 0);
    let rows = |ids: &[&str]| {
        let rows = ids.iter().map(|id| json!({"relatie_id": id, "functie": null, "doorkiesnummer": null}));
        json!({"koppelingen": rows.collect::<Vec<_>>()})
    };
    edit_contact(&world, &person, rows(&[PERSON, COMPANY]));
    world.settle().unwrap();
    assert_eq!(standing(&world, &person_marker(&person)), 1);
    edit_contact(&world, &person, rows(&[PERSON]));
    edit_contact(&world, &person, json!({"voornamen": "Willemijn"}));
    world.settle().unwrap();
    assert_eq!(standing(&world, &person_marker(&person)), 1, "nothing is deleted");
    assert_eq!(person_of(&world, &person, "FirstName"), "Eva", "and nothing travels");
}

#[test]
fn f96_a_private_person_that_becomes_a_company_is_another_record_once_a_person_asks() {
    let world = office();
    edit_relatie(
        &world,
        PERSON,
        json!({"soort": "bedrijf", "bedrijfsnaam": "Voorbeeld Praktijk", "telefoonnummer": null}),
    );
    world.settle().unwrap();
    let sets = || -> Vec<String> {
        let tribe = world.tribe.borrow();
        tribe.find_by_import_id(&marker(PERSON)).iter().map(|id| tribe.entity(*id).unwrap().set().to_owned()).collect()
    };
    assert_eq!(sets(), ["Relation_Person"]);
    let budget = Budget { time: Duration::from_secs(60), requests: 1_000 };
    let record = RecordId::Relatie(RelatieId::new(PERSON));
    records::make_anew(world.ports(), &world.read_settings(), budget, &record).unwrap();
    assert_eq!(sets().len(), 2, "{:?}", sets());
    assert!(sets().contains(&"Relation_Organization".to_owned()));
}

#[test]
fn f97_the_contact_persons_of_an_archived_organisation_go_on() {
    let world = office();
    let person = add_contact(&world, &[COMPANY], json!({}));
    world.settle().unwrap();
    world.ac.borrow_mut().archive(world.now(), List::Relaties, COMPANY).unwrap();
    world.settle().unwrap();
    edit_contact(&world, &person, json!({"mobiel": "06 5550 9701"}));
    world.settle().unwrap();
    assert_eq!(person_of(&world, &person, "MobilePhoneNumber"), "06 5550 9701");
}

fn second_write_fails(kind: Kind) -> World {
    let world = office();
    let person = add_contact(&world, &[COMPANY, OTHER], json!({}));
    let mut contacts = 0;
    world.before_request.borrow_mut().replace(Box::new(move |world, request| {
        let contact = request.method == "POST" && request.target.contains("Contact_Standard");
        contacts += u32::from(contact);
        if contact && contacts == 2 {
            world.faults.plan(kind, "POST", "Contact_Standard", 1);
        }
    }));
    world.poll().unwrap();
    drop(world.before_request.borrow_mut().take());
    assert_eq!(world.faults.count(kind), 1);
    world.settle().unwrap();
    world.settle().unwrap();
    assert_eq!(standing(&world, &person_marker(&person)), 1, "no second person");
    world
}

#[test]
fn f98_when_the_second_of_two_writes_fails_only_that_one_is_repeated() {
    let world = second_write_fails(Kind::ResetBefore);
    world.assert_same();
    let world = second_write_fails(Kind::ResetAfter);
    world.assert_same();
}
