//! An AC that leaves empty members out of its records (A7): an edit in Tribe goes there all the same, and a clearing in
//! AC, which cannot be seen, is told and never guessed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::time::Duration;

use advocaatcentraal_tribe::setup::{Verdict, check};
use advocaatcentraal_tribe::wording::Code;
use sandbox::advocaatcentraal::{Empties, Variants};
use sandbox::tribe::Character;
use serde_json::json;
use tests::World;
use tests::faults::Kind;
use tests::support::{
    company_of, edit_contact, edit_relatie, person_in_ac, relation_in_ac, relation_of, synced_person,
};

const COMPANY: &str = "1001";
const MARKER: &str = "ac:12345:relatie:1001";

fn settled(empties: Empties) -> World {
    let world = World::with(7, 18, Variants { empties, ..Variants::default() }, Character::default());
    edit_relatie(&world, COMPANY, json!({"website": null, "telefoonnummer": "020 555 31 01"}));
    world.initial_sync().unwrap();
    world.settle().unwrap();
    world
}

fn verdict(world: &World, code: Code) -> Option<Verdict> {
    let found = check(world.ports(), &world.read_settings(), None).unwrap();
    found.into_iter().find(|finding| finding.code == code.into()).map(|finding| finding.verdict)
}

#[test]
fn an_edit_in_tribe_of_a_field_that_ac_leaves_out_goes_there_and_back() {
    let world = settled(Empties::LeftOut);
    world.edit_in_tribe(MARKER, &json!({"Website": "www.voorbeeld.example"}));
    world.settle().unwrap();
    assert_eq!(relation_in_ac(&world, COMPANY)["website"], "www.voorbeeld.example");
    world.edit_in_tribe(MARKER, &json!({"Website": null}));
    world.settle().unwrap();
    assert!(relation_in_ac(&world, COMPANY)["website"].is_null());
    world.edit_in_tribe(MARKER, &json!({"Website": "www.anders.example"}));
    world.settle().unwrap();
    assert_eq!(relation_in_ac(&world, COMPANY)["website"], "www.anders.example");
    let writes = world.writes();
    world.settle().unwrap();
    assert_eq!(world.writes(), writes);
}

#[test]
fn a_clearing_that_cannot_be_seen_is_never_guessed_and_an_edit_in_tribe_still_goes_over_it() {
    let world = settled(Empties::LeftOut);
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": null}));
    let writes = world.writes();
    world.settle().unwrap();
    world.sweep().unwrap();
    assert_eq!(world.writes(), writes);
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 31 01");
    assert_eq!(verdict(&world, Code::EmptyMembersLeftOut), Some(Verdict::Differs));
    world.edit_in_tribe(MARKER, &json!({"PhoneNumber": "020 555 31 02"}));
    world.settle().unwrap();
    assert_eq!(relation_in_ac(&world, COMPANY)["telefoonnummer"], "020 555 31 02");
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 31 03"}));
    world.settle().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 31 03");
}

#[test]
fn where_a_record_once_held_an_empty_member_what_is_left_out_says_nothing() {
    let world = settled(Empties::Given);
    world.edit_in_tribe(MARKER, &json!({"Website": "www.voorbeeld.example"}));
    world.settle().unwrap();
    assert_eq!(verdict(&world, Code::EmptyMembersHeld), Some(Verdict::Holds));
    world
        .edit_in_ac(sandbox::advocaatcentraal::List::Relaties, COMPANY, |record| drop(record.remove("telefoonnummer")));
    world.edit_in_tribe(MARKER, &json!({"PhoneNumber": "020 555 31 04"}));
    world.settle().unwrap();
    assert!(relation_in_ac(&world, COMPANY).get("telefoonnummer").is_none());
}

#[test]
fn an_edit_in_tribe_of_one_of_two_places_goes_to_ac_though_the_first_write_is_lost() {
    let world = settled(Empties::LeftOut);
    let person = synced_person(&world);
    edit_contact(&world, &person, json!({"emailadres": "eerst@voorbeeld.example"}));
    world.settle().unwrap();
    edit_contact(&world, &person, json!({"emailadres": null}));
    let at = format!("ac:12345:contactpersoon:{person}@{}", company_of(&world, &person));
    world.edit_in_tribe(&at, &json!({"EmailAddress": "daarna@voorbeeld.example"}));
    world.faults.plan(Kind::ResetBefore, "PUT", "contactpersonen", 1);
    world.settle().unwrap();
    assert_eq!(world.faults.count(Kind::ResetBefore), 1);
    for _ in 0..3 {
        world.wait(Duration::from_secs(600));
        world.settle().unwrap();
    }
    assert_eq!(person_in_ac(&world, &person)["emailadres"], "daarna@voorbeeld.example");
}

#[test]
fn an_edit_in_tribe_at_a_new_organisation_goes_to_ac_though_ac_emptied_the_field_unseen() {
    let world = settled(Empties::LeftOut);
    let person = synced_person(&world);
    edit_contact(&world, &person, json!({"mobiel": "06 5550 0101"}));
    world.settle().unwrap();
    edit_contact(&world, &person, json!({"mobiel": null}));
    world.settle().unwrap();
    let (old, new) = (company_of(&world, &person), COMPANY);
    assert_ne!(old, new);
    let at = |id: &str| json!({"relatie_id": id, "functie": "Directeur", "doorkiesnummer": "020 555 01 01"});
    edit_contact(&world, &person, json!({"koppelingen": [at(&old), at(new)]}));
    world.settle().unwrap();
    let writes = world.writes();
    world.settle().unwrap();
    assert_eq!(world.writes(), writes, "what AC may have emptied goes nowhere");
    let marker = format!("ac:12345:contactpersoon:{person}@{new}");
    world.edit_in_tribe(&marker, &json!({"MobilePhoneNumber": "06 5550 0202"}));
    world.settle().unwrap();
    assert_eq!(person_in_ac(&world, &person)["mobiel"], "06 5550 0202");
}

#[test]
fn by_another_dialect_nothing_is_known_of_empty_members_until_a_record_tells() {
    let world = settled(Empties::Given);
    assert_eq!(verdict(&world, Code::EmptyMembersHeld), Some(Verdict::Holds));
    world.ac.borrow_mut().variants_mut().empties = Empties::LeftOut;
    assert_eq!(verdict(&world, Code::EmptyMembersHeld), Some(Verdict::Holds), "it once held them");
    world.set("dialect", &dialect::BUILT_IN.replace(dialect::BUILT_IN_NAME, "elsewhere-1"));
    assert_eq!(verdict(&world, Code::EmptyMembersLeftOut), Some(Verdict::Differs));
    world.settle().unwrap();
    assert_eq!(verdict(&world, Code::EmptyMembersLeftOut), Some(Verdict::Differs));
}

#[test]
fn the_check_does_not_know_before_a_record_told() {
    let world = World::new(7, 18);
    let all =
        json!({"telefoonnummer": "020 555 31 05", "email": "a@b.example", "website": "w.example", "kvk": "01234567"});
    let first = world.ac.borrow().relaties().map(|(id, _)| id.to_owned()).collect::<Vec<_>>();
    first.iter().for_each(|id| edit_relatie(&world, id, all.clone()));
    let naam = json!({"naam": "Voorbeeld", "telefoon": "020 555 31 06", "bedrijfsnaam": "Voorbeeld B.V."});
    first.iter().for_each(|id| edit_relatie(&world, id, naam.clone()));
    assert_eq!(verdict(&world, Code::EmptyMembersUnknown), Some(Verdict::Unknown));
}
