//! One record at the wish of a person, and a preview that writes nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::collections::BTreeSet;
use std::time::Duration;

use advocaatcentraal_tribe::link::Subject;
use advocaatcentraal_tribe::relation::{ContactpersoonId, RelatieId};
use advocaatcentraal_tribe::sync::preview::{Likeness, preview};
use advocaatcentraal_tribe::sync::records::{self, RecordId, RecordState, Which};
use advocaatcentraal_tribe::sync::{Budget, sweep};
use serde_json::json;
use tests::World;
use tests::support::{
    conflicts, edit_contact, edit_relatie, relation_in_ac, relation_of, synced_company, synced_person,
};

const AMPLE: Budget = Budget { time: Duration::from_secs(600), requests: 10_000 };

fn settled(seed: u64) -> World {
    settled_with(seed, 60)
}

fn settled_with(seed: u64, relations: usize) -> World {
    let world = World::new(seed, relations);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    world
}

fn explain(world: &World, id: &RecordId) -> records::Explanation {
    records::explain(world.ports(), &world.read_settings(), AMPLE, id).unwrap()
}

fn company(id: &str) -> RecordId {
    RecordId::Relatie(RelatieId::new(id))
}

#[test]
fn a_linked_record_is_explained_by_its_tribe_records_and_the_fields_that_differ() {
    let world = settled(1);
    let id = synced_person(&world);
    let record = RecordId::Contactpersoon(ContactpersoonId::new(&*id));
    let explained = explain(&world, &record);
    assert_eq!(explained.state, RecordState::Linked);
    let entities: Vec<&str> = explained.linked.iter().map(|(entity, _)| entity.as_str()).collect();
    assert_eq!(entities, ["Relation.Person", "Relationship.Person.Contact.Standard"]);
    assert_eq!(explained.differing, Vec::<&str>::new());
    edit_contact(&world, &id, json!({"voornamen": "Wilhelmina"}));
    world.edit_in_tribe(&format!("ac:12345:contactpersoon:{id}"), &json!({"Initials": "W."}));
    let before = world.writes();
    assert_eq!(explain(&world, &record).differing, ["contactpersoon.voornamen", "contactpersoon.voorletters"]);
    assert_eq!(world.writes(), before, "explaining writes nothing");
}

#[test]
fn every_link_is_listed_page_by_page_from_the_state_alone() {
    let world = settled_with(1, 700);
    let id = synced_company(&world);
    records::forget(world.ports(), &world.read_settings(), AMPLE, &company(&id)).unwrap();
    let requests = world.watch.requests();
    let (mut all, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let (links, next) = records::links(world.ports(), &world.read_settings(), after.as_deref()).unwrap();
        all.extend(links);
        pages += 1;
        match next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(world.watch.requests(), requests, "neither system is asked");
    assert!(pages > 1, "{pages}");
    let subjects: BTreeSet<Subject> = all.iter().map(|link| link.subject.clone()).collect();
    assert_eq!(subjects.len(), all.len(), "each once");
    assert!(!subjects.contains(&Subject::Organisation(RelatieId::new(&*id))), "what is forgotten has no link");
    for link in all.iter().step_by(100) {
        let record = match &link.subject {
            Subject::Organisation(id) | Subject::PrivatePerson(id) => RecordId::Relatie(id.clone()),
            Subject::ContactPerson(id) => RecordId::Contactpersoon(id.clone()),
        };
        let explained = explain(&world, &record);
        assert_eq!((link.state, &link.linked), (explained.state, &explained.linked), "{:?}", link.subject);
    }
}

#[test]
fn a_record_that_nobody_knows_is_not_linked() {
    assert_eq!(explain(&settled(2), &company("no-such-id")).state, RecordState::NotLinked);
}

#[test]
fn a_resync_carries_one_record_at_once_and_what_is_gone_in_tribe_is_made_anew_on_request() {
    let world = settled(3);
    let id = synced_company(&world);
    edit_relatie(&world, &id, json!({"telefoonnummer": "020 555 01 11"}));
    let outcome = records::resync(world.ports(), &world.read_settings(), AMPLE, &company(&id)).unwrap();
    assert_eq!((outcome.counts.read, outcome.counts.updated), (1, 1));
    assert_eq!(relation_of(&world, &id, "PhoneNumber"), "020 555 01 11");

    world.delete_in_tribe(&format!("ac:12345:relatie:{id}"));
    edit_relatie(&world, &id, json!({"telefoonnummer": "020 555 01 12"}));
    world.poll().unwrap();
    assert_eq!(explain(&world, &company(&id)).state, RecordState::NotShown);
    world.poll().unwrap();
    assert_eq!(explain(&world, &company(&id)).state, RecordState::GoneInTribe);
    world.wait(Duration::from_secs(120));
    records::make_anew(world.ports(), &world.read_settings(), AMPLE, &company(&id)).unwrap();
    assert_eq!(relation_of(&world, &id, "PhoneNumber"), "020 555 01 12");
    assert_eq!(explain(&world, &company(&id)).state, RecordState::Linked);
}

#[test]
fn what_is_forgotten_leaves_no_trace_of_its_values_and_touches_neither_system() {
    let world = settled(4);
    let id = synced_company(&world);
    let before = world.writes();
    records::forget(world.ports(), &world.read_settings(), AMPLE, &company(&id)).unwrap();
    assert_eq!(explain(&world, &company(&id)).state, RecordState::Forgotten);
    assert!(!world.store.dump().contains_key(&format!("12345/link/organisatie/{id}")));
    assert_eq!(world.writes(), before, "neither system is touched");
}

#[test]
fn a_value_that_gave_way_can_be_given_back_to_both_systems() {
    let world = settled(5);
    let id = synced_company(&world);
    edit_relatie(&world, &id, json!({"telefoonnummer": "020 555 02 01"}));
    world.edit_in_tribe(&format!("ac:12345:relatie:{id}"), &json!({"PhoneNumber": "020 555 02 02"}));
    world.poll().unwrap();
    let conflicts = conflicts(&world);
    let [(id, conflict)] = conflicts.as_slice() else { panic!("{conflicts:?}") };
    assert_eq!((conflict.slot.as_str(), conflict.lost.as_str()), ("organisatie.telefoonnummer", "020 555 02 02"));
    let which = Which::One(id.as_str().to_owned());
    records::undo(world.ports(), &world.read_settings(), AMPLE, &which, false).unwrap();
    assert_eq!(relation_of(&world, &id_of(&conflict.subject), "PhoneNumber"), "020 555 02 02");
    assert_eq!(relation_in_ac(&world, &id_of(&conflict.subject))["telefoonnummer"], "020 555 02 02");
    assert!(tests::support::conflicts(&world).is_empty());
    let again = records::undo(world.ports(), &world.read_settings(), AMPLE, &which, false).unwrap();
    assert_eq!(again.notes[0].code.as_str(), "not-kept");
}

fn id_of(subject: &Subject) -> String {
    subject.id().to_owned()
}

#[test]
fn a_refused_record_is_a_dead_letter_with_its_field_and_is_taken_back_when_it_changes() {
    let world = settled(7);
    let id = synced_person(&world);
    let marker = format!("ac:12345:contactpersoon:{id}");
    world.edit_in_tribe(&marker, &json!({"EmailAddress": "geen adres", "FirstName": "Sanne"}));
    world.settle().unwrap();
    let letters = records::dead_letters(world.ports(), &world.read_settings()).unwrap();
    let [(subject, letter)] = letters.as_slice() else { panic!("{letters:?}") };
    assert_eq!(subject.to_string(), format!("contactpersoon/{id}"));
    assert_eq!(letter.code, "refused-by-advocaatcentraal");
    assert_eq!(letter.fields.first().map(String::as_str), Some("contactpersoon.emailadres"));
    assert_eq!(tests::support::person_in_ac(&world, &id)["voornamen"], "Sanne", "the other field went on");
    world.edit_in_tribe(&marker, &json!({"EmailAddress": "sanne@voorbeeld.example"}));
    world.settle().unwrap();
    assert_eq!(tests::support::person_in_ac(&world, &id)["emailadres"], "sanne@voorbeeld.example");
    assert!(records::dead_letters(world.ports(), &world.read_settings()).unwrap().is_empty());
}

#[test]
fn the_sweep_finds_what_no_stamp_tells_and_says_so() {
    let world = settled(8);
    let id = synced_company(&world);
    // As after a restore of a backup: another value under the same old stamp.
    let mut record = relation_in_ac(&world, &id).as_object().unwrap().clone();
    record.insert("gewijzigd".to_owned(), "2026-03-02T10:00:00+01:00".into());
    record.insert("telefoonnummer".to_owned(), "020 555 03 01".into());
    world.ac.borrow_mut().load(sandbox::advocaatcentraal::List::Relaties, [record]);
    world.settle().unwrap();
    assert_ne!(relation_of(&world, &id, "PhoneNumber"), "020 555 03 01");
    let outcome = sweep(world.ports(), &world.read_settings(), AMPLE).unwrap();
    assert_eq!(relation_of(&world, &id, "PhoneNumber"), "020 555 03 01");
    let found: Vec<_> = outcome.notes.iter().filter(|note| note.code.as_str() == "found-by-sweep").collect();
    assert_eq!(found.len(), 1);
    let before = world.writes();
    sweep(world.ports(), &world.read_settings(), AMPLE).unwrap();
    assert_eq!(world.writes(), before);
}

#[test]
fn a_preview_counts_by_type_and_writes_nothing_anywhere() {
    let world = World::new(9, 120);
    let state = world.store.dump().len();
    let seen = preview(world.ports(), &world.read_settings(), AMPLE).unwrap();
    assert_eq!(world.writes(), (0, 0));
    // The header, the token and what was found out about the tenant; nothing of any record.
    assert!(world.store.dump().len() <= state + 3, "{:?}", world.store.dump().keys());
    let mapped: Vec<&str> = seen.mapped.keys().map(|id| id.as_str()).collect();
    assert_eq!(mapped, ["betalende-partij", "client", "leverancier"]);
    assert!(seen.unmapped.keys().any(|id| id.as_str() == "advocaat"));
    let by_type: u32 = seen.mapped.values().map(|count| count.relations).sum();
    let cycle = world.initial_sync().unwrap();
    let made = world.tribe.borrow().set("Relation_Organization").count() - 1;
    assert!(by_type >= u32::try_from(made).unwrap(), "one of two types counts with each: {by_type}");
    let synced = seen.synced.relations + seen.synced.contact_persons;
    assert_eq!(synced, cycle.counts.created, "each record counts once: {:?}", seen.synced);
}

#[test]
fn a_preview_names_what_seems_to_stand_in_tribe_already() {
    let world = World::new(10, 60);
    let by_number = json!({"ChamberOfCommerceNumber": "01234567"});
    world.tribe.borrow_mut().add_organisation(world.now(), "Een Heel Andere Naam", &by_number).unwrap();
    let by_address = json!({"VisitingAddress": {"Street": "Singel", "HouseNumber": 5, "Postalcode": "1015cs"}});
    world.tribe.borrow_mut().add_organisation(world.now(), "Postbus Beheer N.V.", &by_address).unwrap();
    let seen = preview(world.ports(), &world.read_settings(), AMPLE).unwrap();
    let by = |likeness| seen.possible_duplicates.iter().filter(move |found| found.by == likeness);
    assert!(by(Likeness::Kvk).count() >= 1);
    let alike: Vec<String> = by(Likeness::NameAndAddress).map(|found| found.subject.to_string()).collect();
    assert!(alike.is_empty() || alike == ["organisatie/1002"], "{alike:?}");
    assert!(seen.possible_duplicates.iter().any(|found| found.subject.to_string() == "organisatie/1002"));
}
