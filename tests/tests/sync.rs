//! The main job against both stand-ins: initial sync, poll and push, field by field.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::time::Duration;

use advocaatcentraal_tribe::settings::name;
use advocaatcentraal_tribe::sync::{Budget, Next};
use sandbox::advocaatcentraal::List;
use serde_json::json;
use tests::World;
use tests::support::{
    contact_of, edit_contact, edit_relatie, person_in_ac, person_of, relation_in_ac, relation_of, synced_company,
    synced_person,
};

#[test]
fn after_the_initial_sync_both_systems_say_the_same() {
    let world = World::new(1, 250);
    let cycle = world.initial_sync().unwrap();
    world.assert_same();
    let counts = cycle.counts;
    assert_eq!(counts.read, counts.unchanged + counts.created + counts.updated + counts.dead_lettered + counts.skipped);
    assert!(counts.created > 150 && counts.skipped > 50, "{counts:?}");
    assert_eq!(world.writes().0, 0, "the initial sync writes nothing in AC");
}

#[test]
fn a_second_initial_sync_writes_nothing_and_asks_tribe_nothing() {
    let world = World::new(2, 120);
    world.initial_sync().unwrap();
    let before = (world.writes(), world.tribe.borrow().counters().total());
    let cycle = world.initial_sync().unwrap();
    assert_eq!((world.writes(), world.tribe.borrow().counters().total()), before);
    assert_eq!((cycle.counts.created, cycle.counts.updated), (0, 0));
}

#[test]
fn an_idle_poll_writes_nothing_and_makes_six_calls() {
    let world = World::new(3, 120);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let before = world.writes();
    let calls = || world.ac.borrow().counters().total() + world.tribe.borrow().counters().total();
    let calls_before = calls();
    let cycle = world.poll().unwrap();
    assert_eq!(world.writes(), before);
    assert_eq!(calls() - calls_before, 6);
    assert_eq!((cycle.counts.created, cycle.counts.updated), (0, 0));
}

#[test]
fn slices_of_any_size_come_to_the_same() {
    let whole = World::new(4, 150);
    whole.initial_sync().unwrap();
    let sliced = World::new(4, 150);
    sliced.budget.set(Budget { time: Duration::from_millis(1), requests: 1 });
    let cycle = sliced.initial_sync().unwrap();
    assert!(cycle.slices > 3);
    sliced.assert_same();
    assert_eq!(sliced.tribe.borrow().counters().writes(), whole.tribe.borrow().counters().writes());
}

#[test]
fn an_edit_in_ac_is_carried_by_the_poll_in_one_write() {
    let world = World::new(5, 60);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let id = synced_company(&world);
    edit_relatie(&world, &id, json!({"telefoonnummer": "020 555 09 99"}));
    let before = world.writes();
    let cycle = world.poll().unwrap();
    assert_eq!(cycle.counts.updated, 1);
    assert_eq!(world.writes(), (before.0, before.1 + 1));
    assert_eq!(relation_of(&world, &id, "PhoneNumber"), "020 555 09 99");
    world.settle().unwrap();
    assert_eq!(world.writes(), (before.0, before.1 + 1), "the echo causes no write");
    world.assert_same();
}

#[test]
fn an_edit_in_tribe_is_carried_at_once_in_one_write() {
    let world = World::new(6, 60);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let id = synced_company(&world);
    let tribe_id = world.edit_in_tribe(&format!("ac:12345:relatie:{id}"), &json!({"Website": "https://nieuw.example"}));
    let before = world.writes();
    let cycle = world.push(&[&tribe_id]).unwrap();
    assert_eq!(cycle.counts.updated, 1);
    assert_eq!(world.writes(), (before.0 + 1, before.1));
    assert_eq!(relation_in_ac(&world, &id)["website"], "https://nieuw.example");
    world.push(&[&tribe_id, &tribe_id]).unwrap();
    world.settle().unwrap();
    assert_eq!(world.writes(), (before.0 + 1, before.1), "the echo causes no write");
    world.assert_same();
}

#[test]
fn an_edit_in_tribe_whose_webhook_was_lost_is_found_by_the_poll() {
    let world = World::new(7, 60);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let id = synced_person(&world);
    world.edit_in_tribe(&format!("ac:12345:contactpersoon:{id}"), &json!({"FirstName": "Johanna"}));
    world.poll().unwrap();
    assert_eq!(person_in_ac(&world, &id)["voornamen"], "Johanna");
    world.assert_same();
}

#[test]
fn an_edit_of_an_address_in_tribe_is_carried_from_the_addresss_own_webhook() {
    let world = World::new(8, 60);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    // Relation 1001 has "12-14" with the addition "hs".
    let address = world.address_in_tribe("ac:12345:relatie:1001", "VisitingAddress");
    world.edit_by_id(&address, &json!({"HouseNumberSuffix": "-16 hs", "City": "Haarlem"}));
    world.push(&[&address]).unwrap();
    let stored = &relation_in_ac(&world, "1001")["adressen"][0];
    assert_eq!(stored["plaats"], "Haarlem");
    assert_eq!(stored["huisnummer"].as_str().unwrap().to_owned() + stored["toevoeging"].as_str().unwrap(), "12-16 hs");
}

#[test]
fn an_untouched_house_number_goes_back_as_ac_wrote_it() {
    let world = World::new(8, 60);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let before = relation_in_ac(&world, "1001")["adressen"][0].clone();
    let address = world.address_in_tribe("ac:12345:relatie:1001", "VisitingAddress");
    world.edit_by_id(&address, &json!({"Street": "Herengracht"}));
    world.push(&[&address]).unwrap();
    let mut expected = before;
    expected["straat"] = "Herengracht".into();
    assert_eq!(relation_in_ac(&world, "1001")["adressen"][0], expected);
}

#[test]
fn of_the_two_mobile_numbers_only_the_edited_one_travels_and_the_other_stays() {
    let world = World::new(9, 60);
    world.initial_sync().unwrap();
    let id = synced_person(&world);
    edit_contact(&world, &id, json!({"mobiel": "06 5550 0001"}));
    world.settle().unwrap();
    world.edit_in_tribe(&format!("ac:12345:contactpersoon:{id}"), &json!({"MobilePhoneNumber": "06 5550 0002"}));
    world.settle().unwrap();
    assert_eq!(person_in_ac(&world, &id)["mobiel"], "06 5550 0002");
    assert_eq!(person_of(&world, &id, "MobilePhoneNumber"), "06 5550 0002");
    assert_eq!(contact_of(&world, &id, "MobilePhoneNumber"), "06 5550 0001", "the sibling stays");
    edit_contact(&world, &id, json!({"mobiel": "06 5550 0003"}));
    world.settle().unwrap();
    assert_eq!(person_of(&world, &id, "MobilePhoneNumber"), "06 5550 0003");
    assert_eq!(contact_of(&world, &id, "MobilePhoneNumber"), "06 5550 0003", "until AC itself changes");
}

#[test]
fn the_same_field_changed_on_both_sides_ends_as_ac_has_it_and_the_other_value_is_kept() {
    let world = World::new(10, 60);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let id = synced_company(&world);
    let marker = format!("ac:12345:relatie:{id}");
    edit_relatie(&world, &id, json!({"telefoonnummer": "020 555 01 01", "email": "nieuw@voorbeeld.example"}));
    world.edit_in_tribe(&marker, &json!({"PhoneNumber": "020 555 02 02", "Website": "www.anders.example"}));
    let cycle = world.poll().unwrap();
    assert!(cycle.codes().contains(&"conflict"));
    assert_eq!(relation_of(&world, &id, "PhoneNumber"), "020 555 01 01");
    assert_eq!(relation_of(&world, &id, "EmailAddress"), "nieuw@voorbeeld.example");
    assert_eq!(relation_in_ac(&world, &id)["website"], "www.anders.example", "the other edits survive");
    let conflicts: Vec<String> = tests::support::conflicts(&world).into_iter().map(|(_, kept)| kept.lost).collect();
    assert_eq!(conflicts, ["020 555 02 02"]);
    world.settle().unwrap();
    world.assert_same();
}

#[test]
fn emptying_a_field_travels_both_ways() {
    let world = World::new(11, 60);
    world.initial_sync().unwrap();
    let id = synced_company(&world);
    edit_relatie(&world, &id, json!({"website": "www.voorbeeld.example", "email": "a@voorbeeld.example"}));
    world.settle().unwrap();
    edit_relatie(&world, &id, json!({"website": null}));
    world.edit_in_tribe(&format!("ac:12345:relatie:{id}"), &json!({"EmailAddress": null}));
    world.settle().unwrap();
    assert_eq!(relation_of(&world, &id, "Website"), "");
    let email = relation_in_ac(&world, &id)["email"].clone();
    assert!(email.is_null() || email == "", "{email}");
    world.assert_same();
}

#[test]
fn archiving_changes_nothing_in_tribe_and_unarchiving_goes_on_with_the_same_record() {
    let world = World::new(12, 60);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let id = synced_company(&world);
    let records = world.tribe.borrow().set("Relation_Organization").count();
    world.ac.borrow_mut().archive(world.now(), List::Relaties, &id).unwrap();
    let before = world.writes();
    world.settle().unwrap();
    world.edit_in_tribe(&format!("ac:12345:relatie:{id}"), &json!({"PhoneNumber": "020 555 03 03"}));
    world.settle().unwrap();
    assert_eq!(world.writes(), before, "nothing travels while it is archived");
    world.ac.borrow_mut().unarchive(world.now(), List::Relaties, &id).unwrap();
    world.settle().unwrap();
    assert_eq!(world.tribe.borrow().set("Relation_Organization").count(), records);
    assert_eq!(relation_in_ac(&world, &id)["telefoonnummer"], "020 555 03 03");
    world.assert_same();
}

#[test]
fn a_type_that_is_no_longer_mapped_pauses_the_relation_and_its_contact_persons() {
    let world = World::new(13, 60);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let person = synced_person(&world);
    let company = tests::support::company_of(&world, &person);
    edit_relatie(&world, &company, json!({"relatietypen": ["advocaat"]}));
    world.settle().unwrap();
    let before = world.writes();
    edit_relatie(&world, &company, json!({"telefoonnummer": "020 555 04 04"}));
    edit_contact(&world, &person, json!({"voornamen": "Willemijn"}));
    world.settle().unwrap();
    assert_eq!(world.writes(), before);
    edit_relatie(&world, &company, json!({"relatietypen": ["client"]}));
    world.settle().unwrap();
    assert_eq!(relation_of(&world, &company, "PhoneNumber"), "020 555 04 04");
    assert_eq!(person_of(&world, &person, "FirstName"), "Willemijn", "who waited is caught up with");
}

#[test]
fn a_new_relation_with_a_new_contact_person_arrives_with_the_next_poll_whoever_is_listed_first() {
    let world = World::new(14, 40);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let fields = json!({"soort": "bedrijf", "relatietypen": ["advocaat"], "bedrijfsnaam": "Nieuw Voorbeeld B.V.",
        "telefoonnummer": null, "email": null, "website": null, "kvk": null, "adressen": []});
    let company = world.ac.borrow_mut().add_relatie(world.now(), fields.as_object().unwrap().clone());
    let fields = json!({"voornamen": "Eva", "achternaam": "Voorbeeld", "tussenvoegsels": null, "voorletters": "E.",
        "geboortedatum": "1980-02-29", "geslacht": "V", "mobiel": null, "prive_telefoon": null, "emailadres": null,
        "adressen": [], "koppelingen": [{"relatie_id": company, "functie": "Directeur", "doorkiesnummer": null}]});
    let person = world.ac.borrow_mut().add_contactpersoon(world.now(), fields.as_object().unwrap().clone());
    world.settle().unwrap();
    assert!(world.tribe.borrow().find_by_import_id(&format!("ac:12345:contactpersoon:{person}")).is_empty());
    edit_relatie(&world, &company, json!({"relatietypen": ["client"]}));
    world.poll().unwrap();
    assert_eq!(person_of(&world, &person, "BirthDate"), "1980-02-29");
    assert_eq!(contact_of(&world, &person, "Function"), "Directeur");
    world.assert_same();
}

#[test]
fn when_the_connectors_own_state_is_lost_the_links_are_rebuilt_and_nothing_is_made_twice() {
    let world = World::new(15, 120);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let before = world.writes();
    world.store.lose_everything();
    let cycle = world.initial_sync().unwrap();
    assert_eq!(cycle.counts.created, 0);
    world.settle().unwrap();
    assert_eq!(world.writes(), before, "both sides said the same, so nothing is written");
    let id = synced_company(&world);
    edit_relatie(&world, &id, json!({"telefoonnummer": "020 555 05 05"}));
    world.settle().unwrap();
    assert_eq!(relation_of(&world, &id, "PhoneNumber"), "020 555 05 05");
    world.assert_same();
}

#[test]
fn what_a_user_deletes_in_tribe_stays_deleted_and_stays_in_ac() {
    let world = World::new(16, 60);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let id = synced_company(&world);
    world.delete_in_tribe(&format!("ac:12345:relatie:{id}"));
    edit_relatie(&world, &id, json!({"telefoonnummer": "020 555 06 06"}));
    let cycle = world.poll().unwrap();
    assert!(cycle.codes().contains(&"not-shown"), "{:?}", cycle.codes());
    let cycle = world.poll().unwrap();
    assert!(cycle.codes().contains(&"gone-in-tribe"), "{:?}", cycle.codes());
    world.settle().unwrap();
    assert!(world.tribe.borrow().find_by_import_id(&format!("ac:12345:relatie:{id}")).is_empty());
    assert!(world.ac.borrow().relatie(&id).is_some());
    assert_eq!(world.violations(), 0);
}

#[test]
fn a_record_that_only_tribe_has_is_left_alone() {
    let world = World::new(17, 40);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let before = world.writes();
    let stranger = world.tribe.borrow_mut().add_organisation(world.now(), "Alleen in Tribe B.V.", &json!({})).unwrap();
    world.push(&[&stranger.to_string()]).unwrap();
    world.settle().unwrap();
    assert_eq!(world.writes(), before);
    assert_eq!(world.violations(), 0);
}

#[test]
fn a_field_that_is_one_way_or_off_does_not_travel_back() {
    let world = World::new(18, 60);
    let rules = json!({"contactpersoon.voornamen": "from-advocaatcentraal", "organisatie.website": "off"});
    world.set("fields", &rules.to_string());
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let (company, person) = (synced_company(&world), synced_person(&world));
    let website = relation_in_ac(&world, &company).get("website").cloned();
    world.edit_in_tribe(&format!("ac:12345:contactpersoon:{person}"), &json!({"FirstName": "Hanna"}));
    world.edit_in_tribe(&format!("ac:12345:relatie:{company}"), &json!({"Website": "www.alleen-tribe.example"}));
    let before = world.writes();
    world.settle().unwrap();
    assert_eq!(world.writes(), before);
    assert_eq!(relation_in_ac(&world, &company).get("website").cloned(), website);
    edit_contact(&world, &person, json!({"voornamen": "Johanna Maria"}));
    world.settle().unwrap();
    assert_eq!(person_of(&world, &person, "FirstName"), "Johanna Maria");
}

#[test]
fn nothing_that_is_not_in_the_tables_is_read_through_or_lost() {
    let world = World::new(19, 60);
    let id = synced_company(&world);
    edit_relatie(&world, &id, json!({"notitie": "canary in AC", "bsn": "123456782"}));
    world.initial_sync().unwrap();
    let marker = format!("ac:12345:relatie:{id}");
    world
        .edit_in_tribe(&marker, &json!({"IBAN": "NL00BANK0123456789", "FinancialEmailAddress": "f@voorbeeld.example"}));
    world.edit_in_tribe(&marker, &json!({"PhoneNumber": "020 555 07 07"}));
    world.settle().unwrap();
    let stored = relation_in_ac(&world, &id).clone();
    assert_eq!((stored["notitie"].as_str(), stored["bsn"].as_str()), (Some("canary in AC"), Some("123456782")));
    assert_eq!(stored["telefoonnummer"], "020 555 07 07");
    assert_eq!(relation_of(&world, &id, "IBAN"), "NL00BANK0123456789");
    assert_eq!(relation_of(&world, &id, "FinancialEmailAddress"), "f@voorbeeld.example");
}

#[test]
fn the_state_holds_no_name_no_number_and_no_secret() {
    let world = World::new(20, 60);
    // What gives way is the one exception, and this office wants none.
    world.settings.borrow_mut().insert(name::KEPT_DAYS.to_owned(), "0".to_owned());
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let id = synced_company(&world);
    edit_relatie(&world, &id, json!({"bedrijfsnaam": "Canary & Zonen", "telefoonnummer": "020 555 08 08"}));
    world.poll().unwrap();
    let canaries = ["Canary", "555 08 08", "5550808", "voorbeeld.example", "Keizersgracht", "Logistiek"];
    let secrets = [world.read_settings().advocaatcentraal.key.expose().to_owned()];
    for (key, value) in world.store.dump() {
        let value = String::from_utf8_lossy(&value).into_owned();
        for canary in canaries.iter().copied().chain(secrets.iter().map(String::as_str)) {
            assert!(!key.contains(canary) && !value.contains(canary), "{canary} stands in {key}");
        }
    }
}

#[test]
fn before_the_initial_sync_a_poll_says_so_and_creates_nothing() {
    let world = World::new(21, 40);
    let cycle = world.poll().unwrap();
    assert_eq!(cycle.codes(), ["initial-sync-first"]);
    assert_eq!(world.writes(), (0, 0));
    assert_eq!(cycle.next, Next::InitialSync, "it is no whole cycle");
    assert_eq!(world.sweep().unwrap().next, Next::InitialSync);
    world.initial_sync().unwrap();
    assert_eq!((world.poll().unwrap().next, world.sweep().unwrap().next), (Next::Done, Next::Done));
}
