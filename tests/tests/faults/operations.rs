//! Concurrency, webhooks, operations.

use std::collections::BTreeMap;
use std::time::Duration;

use advocaatcentraal_tribe::ports::Store;
use advocaatcentraal_tribe::relation::RelatieId;
use advocaatcentraal_tribe::secret::Secret;
use advocaatcentraal_tribe::settings::{Settings, name};
use advocaatcentraal_tribe::sync::records::{self, RecordId, RecordState};
use advocaatcentraal_tribe::sync::{Budget, Stop};
use advocaatcentraal_tribe::tribe::{Refusal, read_delivery};
use advocaatcentraal_tribe::wording::Why;
use sandbox::tribe::signature;
use serde_json::json;
use tests::World;
use tests::faults::Kind;
use tests::invariants::{all_differences, counters_add_up, nothing_is_kept, nothing_is_told};
use tests::support::{
    edit_contact, edit_relatie, person_in_ac, relation_in_ac, relation_of, synced_company, synced_person,
};

use super::phones::phone;
use super::{COMPANY, OTHER, conflicts, marker, office, person_marker, poll_until_done, tribe_id};

#[test]
fn f99_an_edit_between_our_reading_and_our_writing_is_not_lost() {
    // A user of AC edits between the read and the PUT.
    let world = office();
    world.edit_in_tribe(&marker(COMPANY), &json!({"PhoneNumber": "020 555 99 01"}));
    let mut done = false;
    world.before_request.borrow_mut().replace(Box::new(move |world, request| {
        if request.method == "PUT" && request.target.starts_with("/offices/") && !done {
            done = true;
            edit_relatie(world, COMPANY, json!({"website": "www.tussendoor.example"}));
        }
    }));
    world.settle().unwrap();
    drop(world.before_request.borrow_mut().take());
    let stored = relation_in_ac(&world, COMPANY);
    assert_eq!(
        (&stored["telefoonnummer"], &stored["website"]),
        (&json!("020 555 99 01"), &json!("www.tussendoor.example"))
    );
    world.assert_same();
    // A user of Tribe edits after the first read and before the second one, right before the PUT.
    let world = office();
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 99 02"}));
    let id = tribe_id(&world, &marker(COMPANY)).parse().unwrap();
    let mut reads = 0;
    world.before_request.borrow_mut().replace(Box::new(move |world, request| {
        let read = request.target.contains(&format!("ID%20eq%20{id}"));
        reads += u32::from(read);
        if read && reads == 2 {
            world.save_in_tribe(id, &json!({"PhoneNumber": "020 555 99 03"}));
        }
    }));
    world.poll().unwrap();
    drop(world.before_request.borrow_mut().take());
    assert_eq!(conflicts(&world), ["020 555 99 03"], "AC wins, and the other value is kept");
    world.settle().unwrap();
    world.assert_same();
}

#[test]
fn f100_the_order_of_webhooks_does_not_matter() {
    let world = office();
    let first = world.edit_in_tribe(&marker(COMPANY), &json!({"PhoneNumber": "020 555 10 01"}));
    let second = world.edit_in_tribe(&marker(OTHER), &json!({"PhoneNumber": "020 555 10 02"}));
    world.edit_in_tribe(&marker(COMPANY), &json!({"PhoneNumber": "020 555 10 03"}));
    world.push(&[&second, &first, &first]).unwrap();
    assert_eq!(relation_in_ac(&world, COMPANY)["telefoonnummer"], "020 555 10 03");
    world.assert_same();
}

#[test]
fn f101_what_a_webhook_says_of_values_is_not_believed() {
    let world = office();
    let id = world.edit_in_tribe(&marker(COMPANY), &json!({"PhoneNumber": "020 555 11 01"}));
    let payload = json!({"entityId": id, "type": "EntityUpdateMutation", "fields": {"PhoneNumber": "020 555 99 99"}});
    let body = json!({"webhookId": "1", "payload": payload}).to_string();
    let secret = Secret::new("s");
    let changes = read_delivery(Some(&signature("s", body.as_bytes())), body.as_bytes(), &secret).unwrap();
    let ids: Vec<&str> = changes.iter().map(|change| change.id.as_str()).collect();
    world.push(&ids).unwrap();
    assert_eq!(relation_in_ac(&world, COMPANY)["telefoonnummer"], "020 555 11 01");
}

#[test]
fn f102_forty_six_copies_of_a_webhook_are_one_write() {
    let world = office();
    let id = world.edit_in_tribe(&marker(COMPANY), &json!({"PhoneNumber": "020 555 12 01"}));
    let (before, _) = world.writes();
    world.push(&[id.as_str(); 46]).unwrap();
    assert_eq!(world.writes().0, before + 1);
}

#[test]
fn f103_a_webhook_whose_handling_failed_can_be_handed_in_again() {
    let world = office();
    let id = world.edit_in_tribe(&marker(COMPANY), &json!({"PhoneNumber": "020 555 13 01"}));
    world.faults.plan(Kind::Status401, "GET", "/relaties/", 1);
    assert!(world.push(&[&id]).is_err());
    world.push(&[&id]).unwrap();
    assert_eq!(relation_in_ac(&world, COMPANY)["telefoonnummer"], "020 555 13 01");
}

#[test]
fn f104_edits_whose_webhooks_were_lost_come_with_the_next_poll() {
    let world = office();
    let person = synced_person(&world);
    world.edit_in_tribe(&marker(COMPANY), &json!({"PhoneNumber": "020 555 14 01"}));
    world.edit_in_tribe(&person_marker(&person), &json!({"FirstName": "Hanna"}));
    let address = world.address_in_tribe(&marker(OTHER), "PostalAddress");
    world.edit_by_id(&address, &json!({"City": "Haarlem"}));
    world.poll().unwrap();
    assert_eq!(relation_in_ac(&world, COMPANY)["telefoonnummer"], "020 555 14 01");
    assert_eq!(person_in_ac(&world, &person)["voornamen"], "Hanna");
    world.assert_same();
}

#[test]
fn f105_a_signature_holds_for_the_bytes_as_they_came() {
    let secret = Secret::new("geheim");
    let id = "b724d383-bb70-480a-b03d-512b9aaec15a";
    let body = format!("{{\"payload\": {{ \"entityId\":\"{id}\",\"n\":\"Caf\\u00e9 🦊\"}} ,\"webhookId\":\"1\"}}");
    let signed = signature("geheim", body.as_bytes());
    assert_eq!(read_delivery(Some(&signed), body.as_bytes(), &secret).unwrap()[0].id.as_str(), id);
    let again = serde_json::from_str::<serde_json::Value>(&body).unwrap().to_string();
    for (signature, body) in
        [(Some(signed.as_str()), again.as_str()), (None, body.as_str()), (Some("AAAA"), body.as_str())]
    {
        assert_eq!(read_delivery(signature, body.as_bytes(), &secret).unwrap_err(), Refusal::Forged);
    }
}

#[test]
fn f110_offices_with_the_same_ids_in_one_store_keep_apart() {
    let one = office();
    let before = one.store.dump();
    let other = office();
    other.settings.borrow_mut().insert(name::ADVOCAATCENTRAAL_OFFICE.to_owned(), "67890".to_owned());
    // The other office's connector on the first one's store, by mistake: it finds nothing of its own there.
    let settings = other.read_settings();
    let ports = advocaatcentraal_tribe::ports::Ports { store: &one.store, ..other.ports() };
    let result = advocaatcentraal_tribe::sync::initial_sync(ports, &settings, other.budget.get());
    assert!(result.is_err(), "AC knows no such office");
    let after = one.store.dump();
    assert!(before.iter().all(|(key, value)| after.get(key) == Some(value)), "nothing of the first is touched");
    assert!(after.keys().filter(|key| !before.contains_key(*key)).all(|key| key.starts_with("67890/")));
}

#[test]
fn f111_an_office_that_is_not_set_up_calls_nobody() {
    let world = office();
    let whole = world.settings.borrow().clone();
    for missing in [name::ADVOCAATCENTRAAL_KEY, name::TRIBE_CLIENT_SECRET, name::RELATION_TYPES] {
        let settings: BTreeMap<String, String> =
            whole.iter().filter(|(name, _)| *name != missing).map(|(n, v)| (n.clone(), v.clone())).collect();
        let problems = Settings::read(|name| settings.get(name).cloned()).unwrap_err();
        assert_eq!(problems[0].setting, missing);
    }
}

#[test]
fn f112_no_secret_and_no_name_shows_anywhere() {
    let world = office();
    edit_relatie(&world, COMPANY, json!({"bedrijfsnaam": "Kanarie B.V.", "email": "kanarie@voorbeeld.example"}));
    for kind in [Kind::Status401, Kind::Error200, Kind::Status422, Kind::Html200] {
        world.faults.plan(kind, "GET", "/relaties?", 1);
        let result = advocaatcentraal_tribe::sync::poll(world.ports(), &world.read_settings(), world.budget.get());
        assert_eq!(nothing_is_told(&world, &result), None);
    }
    let result = advocaatcentraal_tribe::sync::poll(world.ports(), &world.read_settings(), world.budget.get());
    assert_eq!(nothing_is_told(&world, &result), None);
    assert_eq!(relation_of(&world, COMPANY, "Name"), "Kanarie B.V.");
    assert_eq!(nothing_is_kept(&world), None);
}

#[test]
fn f113_the_counters_add_up_whatever_happens() {
    let world = office();
    let id = tribe_id(&world, &marker(OTHER));
    for company in [COMPANY, OTHER, "1003"] {
        edit_relatie(&world, company, json!({"telefoonnummer": phone(company)}));
    }
    world.faults.plan(Kind::Status422, "PUT", &id, 1);
    let outcome =
        advocaatcentraal_tribe::sync::poll(world.ports(), &world.read_settings(), world.budget.get()).unwrap();
    assert_eq!(counters_add_up(&outcome), None);
    assert_eq!((outcome.counts.updated, outcome.counts.dead_lettered), (2, 1), "{:?}", outcome.counts);
}

#[test]
fn f114_settings_that_change_during_a_run_hold_from_the_next_call_on() {
    let world = World::new(7, 60);
    let mut calls = 0;
    world.before_request.borrow_mut().replace(Box::new(move |world, request| {
        calls += u32::from(request.method == "POST");
        if calls == 3 {
            world.set(name::RELATION_TYPES, r#"{"client":"customer"}"#);
        }
    }));
    world.initial_sync().unwrap();
    drop(world.before_request.borrow_mut().take());
    assert_eq!(super::standing(&world, &marker("1011")), 1, "a supplier, as the settings were at the start");
    let writes = world.writes();
    edit_relatie(&world, "1011", json!({"telefoonnummer": "020 555 14 01"}));
    world.settle().unwrap();
    assert_eq!(world.writes(), writes, "no longer mapped");
}

#[test]
fn f115_a_burst_of_saves_is_one_write() {
    let world = office();
    let person = synced_person(&world);
    let (before, _) = world.writes();
    let mut ids = Vec::new();
    for patch in [json!({"FirstName": "Hanna"}), json!({"MiddleName": "de"}), json!({"LastName": "Wit"})] {
        ids.push(world.edit_in_tribe(&person_marker(&person), &patch));
    }
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    world.push(&ids).unwrap();
    assert_eq!(world.writes().0, before + 1);
    assert_eq!(person_in_ac(&world, &person)["achternaam"], "Wit");
    edit_contact(&world, &person, json!({"achternaam": "de Wit"}));
    poll_until_done(&world);
}

#[test]
fn f117_state_of_a_newer_version_is_refused_and_never_reset() {
    let world = office();
    let mut header = world.store.dump()["12345/header"].clone();
    header[0] = 99;
    Store::set(&world.store, "12345/header", &header).unwrap();
    let before = world.store.dump();
    let stopped = world.poll().unwrap_err();
    assert_eq!(stopped.error, Stop::StateNewer(99));
    assert_eq!(world.store.dump(), before);
}

#[test]
fn f99_what_a_lost_answer_brought_is_no_edit_of_acs_when_tribe_is_edited_again() {
    for kind in [Kind::ResetAfter, Kind::Status500, Kind::Html200] {
        let world = office();
        world.edit_in_tribe(&marker(COMPANY), &json!({"PhoneNumber": "020 555 00 03"}));
        world.faults.plan(kind, "PUT", "/relaties/", 1);
        world.poll().unwrap();
        world.edit_in_tribe(&marker(COMPANY), &json!({"PhoneNumber": "020 555 00 04"}));
        world.wait(Duration::from_secs(3600));
        world.settle().unwrap();
        assert_eq!(relation_in_ac(&world, COMPANY)["telefoonnummer"], "020 555 00 04", "{kind}");
        assert!(conflicts(&world).is_empty(), "{kind}");
    }
}

/// The notes of whose Tribe record each is stand in the links as well.
#[test]
fn f122_an_edit_in_tribe_is_found_though_the_note_whose_record_that_is_is_damaged() {
    let world = office();
    for (key, _) in world.store.dump().iter().filter(|(key, _)| key.starts_with("12345/owner/")) {
        Store::set(&world.store, key, b"\x01damaged").unwrap();
    }
    world.edit_in_tribe(&marker(COMPANY), &json!({"PhoneNumber": "020 555 12 21"}));
    world.poll().unwrap();
    assert_eq!(relation_in_ac(&world, COMPANY)["telefoonnummer"], "020 555 12 21");
    let notes = world.store.dump();
    let of_company = |bytes: &Vec<u8>| !bytes.starts_with(b"\x01damaged");
    assert!(notes.iter().any(|(key, bytes)| key.starts_with("12345/owner/") && of_company(bytes)), "it is mended");
}

#[test]
fn f122_a_login_that_is_damaged_is_as_good_as_none() {
    let world = office();
    Store::set(&world.store, "12345/token", b"\x01damaged").unwrap();
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 12 22"}));
    world.poll().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 12 22");
}

/// As a host gives it that could not open what it had sealed, or as bytes that nobody wrote.
#[test]
fn f122_what_is_stored_of_a_record_and_damaged_stops_that_record_alone_until_a_person_has_it_forgotten() {
    let world = office();
    let (damaged, sound) = (synced_company(&world), synced_person(&world));
    let id = RecordId::Relatie(RelatieId::new(&*damaged));
    let budget = Budget { time: Duration::from_secs(600), requests: 10_000 };
    let explained = || records::explain(world.ports(), &world.read_settings(), budget, &id).unwrap();
    let key = format!("12345/link/organisatie/{damaged}");
    assert!(world.store.dump().contains_key(&key));
    Store::set(&world.store, &key, b"\x01damaged").unwrap();
    assert_eq!(explained().state, RecordState::Damaged, "also before anything looked at it");
    let differs = all_differences(&world).unwrap().into_iter().filter(|of| of.why == Why::Damaged);
    assert_eq!(differs.map(|of| of.subject.id().to_owned()).collect::<Vec<_>>(), [&*damaged]);
    edit_relatie(&world, &damaged, json!({"telefoonnummer": "020 555 77 01"}));
    edit_contact(&world, &sound, json!({"mobiel": "06 555 77 02"}));
    let told = world.poll().unwrap();
    assert!(told.codes().contains(&"state-damaged"), "{:?}", told.codes());
    assert_eq!((told.counts.updated, told.counts.dead_lettered), (1, 1), "the other record went on");
    assert_ne!(relation_of(&world, &damaged, "PhoneNumber"), "020 555 77 01");
    // An edit on the other side, and a sweep, change nothing of that.
    world.edit_in_tribe(&format!("ac:12345:relatie:{damaged}"), &json!({"EmailAddress": "balie@voorbeeld.example"}));
    world.poll().unwrap();
    world.sweep().unwrap();
    assert_eq!(explained().dead_letter.unwrap().code, "state-damaged");
    assert_eq!(Store::get(&world.store, &key).unwrap().unwrap(), b"\x01damaged");

    let in_tribe = || world.tribe.borrow().find_by_import_id(&format!("ac:12345:relatie:{damaged}")).len();
    let before = in_tribe();
    records::forget(world.ports(), &world.read_settings(), budget, &id).unwrap();
    records::resync(world.ports(), &world.read_settings(), budget, &id).unwrap();
    assert_eq!(explained().state, RecordState::Linked);
    world.settle().unwrap();
    assert_eq!(in_tribe(), before, "it is found by its marker, and nothing is made");
    assert_eq!(relation_of(&world, &damaged, "PhoneNumber"), "020 555 77 01");
}
