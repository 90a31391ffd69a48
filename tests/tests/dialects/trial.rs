//! Before an office's dialect was tried nothing of Tribe's goes to AC; and what becomes of one that changes.

use std::cell::Cell;

use advocaatcentraal_tribe::settings::name;
use advocaatcentraal_tribe::sync::records;
use advocaatcentraal_tribe::sync::{Trial, Why};
use sandbox::advocaatcentraal::{List, Variants};
use sandbox::tribe::Character;
use serde_json::json;
use tests::World;
use tests::invariants::all_differences;
use tests::support::relation_in_ac;

use super::{SYSTEMS, begin, company, office, try_dialect};

/// A user changes the company's telephone number and website in Tribe.
fn edit(world: &World) {
    let marker = format!("ac:12345:relatie:{}", company(world));
    world.edit_in_tribe(&marker, &json!({"PhoneNumber": "020 555 09 09", "Website": "www.kanarie.example"}));
}

fn has_the_edit(world: &World) -> bool {
    relation_in_ac(world, "1001")["telefoonnummer"] == "020 555 09 09"
}

/// The places that both sides differ in because the dialect was not tried.
fn not_tried(world: &World) -> Vec<String> {
    let not_tried = all_differences(world).unwrap().into_iter().filter(|of| of.why == Why::NotTried);
    not_tried.filter_map(|of| of.field.map(|field| field.to_string())).collect()
}

#[test]
fn before_a_trial_edits_of_tribe_stay_there_are_told_and_lose_nothing() {
    for system in SYSTEMS {
        let (wire, world) = (system.0, office(1, system));
        let outcome = world.initial_sync().unwrap();
        assert!(outcome.codes().contains(&"dialect-not-tried"));
        edit(&world);
        world.settle().unwrap();
        world.sweep().unwrap();
        assert!(!has_the_edit(&world), "{wire:?}");
        assert_eq!(not_tried(&world), ["organisatie.telefoonnummer", "organisatie.website"], "{wire:?}");
        assert_eq!(try_dialect(&world, false), Trial::AsBefore);
        assert_eq!(not_tried(&world), [] as [&str; 0]);
        world.settle().unwrap();
        assert!(has_the_edit(&world), "what waited goes to AC: {wire:?}");
        assert!(!world.poll().unwrap().codes().contains(&"dialect-not-tried"));
    }
}

#[test]
fn before_a_trial_what_changes_in_ac_still_goes_to_tribe_and_over_an_edit_there() {
    let world = office(1, SYSTEMS[0]);
    world.initial_sync().unwrap();
    edit(&world);
    world.settle().unwrap();
    world.edit_in_ac(List::Relaties, "1001", |fields| {
        drop(fields.insert("telefoonnummer".into(), "020 555 01 01".into()))
    });
    world.settle().unwrap();
    assert_eq!(not_tried(&world), ["organisatie.website"]);
    let kept = records::kept(world.ports(), &world.read_settings()).unwrap();
    assert_eq!(kept.len(), 1, "what gave way in Tribe is kept");
}

#[test]
fn another_dialect_is_tried_anew_and_the_built_in_one_never() {
    let (_, dialect) = SYSTEMS[0];
    let world = office(1, SYSTEMS[0]);
    begin(&world);
    world.set(name::DIALECT, &dialect.replacen("example-practice-1", "example-practice-2", 1));
    edit(&world);
    world.settle().unwrap();
    assert!(!has_the_edit(&world));
    world.set(name::DIALECT, dialect);
    world.sweep().unwrap();
    assert!(has_the_edit(&world), "that one was tried");

    let world = World::with(1, 40, Variants::default(), Character::default());
    world.set(name::DIALECT, dialect::BUILT_IN);
    assert!(!world.initial_sync().unwrap().codes().contains(&"dialect-not-tried"));
}

/// From the first write on, AC gives every record another KvK number than it has.
fn change_after_a_write(world: &World) {
    let is_written = Cell::new(false);
    *world.on_answer.borrow_mut() = Some(Box::new(move |request, answer| {
        is_written.set(is_written.get() || request.method == "PUT");
        if is_written.get() {
            let text = String::from_utf8(std::mem::take(&mut answer.body)).unwrap();
            answer.body = text.replace("registration_number\":\"", "registration_number\":\"9").into_bytes();
        }
    }));
}

#[test]
fn a_record_that_ac_changes_by_itself_counts_only_when_a_person_says_so() {
    let world = office(1, SYSTEMS[0]);
    world.initial_sync().unwrap();
    change_after_a_write(&world);
    assert_eq!(try_dialect(&world, false), Trial::Changed(vec!["/registration_number".to_owned()]));
    *world.on_answer.borrow_mut() = None;
    assert!(world.poll().unwrap().codes().contains(&"dialect-not-tried"));
    change_after_a_write(&world);
    assert!(matches!(try_dialect(&world, true), Trial::Changed(_)));
    *world.on_answer.borrow_mut() = None;
    assert!(!world.poll().unwrap().codes().contains(&"dialect-not-tried"));
}

#[test]
fn a_field_that_moves_in_the_dialect_is_agreed_on_as_it_stands_and_its_neighbours_go_on() {
    let (_, dialect) = SYSTEMS[0];
    let world = office(1, SYSTEMS[0]);
    world.edit_in_ac(List::Relaties, "1001", |fields| drop(fields.insert("website".into(), "www.oud.example".into())));
    begin(&world);
    edit(&world);
    let at_work = r#""website": { "list": "/web_sites", "where": { "/name": ["Work"] }"#;
    assert!(dialect.contains(at_work));
    world.set(name::DIALECT, &dialect.replacen(at_work, &at_work.replace("Work", "Elsewhere"), 1));
    assert_eq!(try_dialect(&world, false), Trial::AsBefore);
    let before = relation_in_ac(&world, "1001")["website"].clone();
    world.settle().unwrap();
    world.sweep().unwrap();
    assert!(has_the_edit(&world), "the telephone number did not move");
    assert_eq!(relation_in_ac(&world, "1001")["website"], before, "the website did, and is left alone");
    let marker = format!("ac:12345:relatie:{}", company(&world));
    let tribe = world.tribe.borrow();
    let of_tribe = tribe.entity(tribe.find_by_import_id(&marker)[0]).unwrap();
    assert_eq!(of_tribe.text("Website"), "www.kanarie.example");
    drop(tribe);
    let others = all_differences(&world).unwrap().into_iter().filter(|of| of.why != Why::AgreedBySetting);
    assert_eq!(others.map(|of| of.why).collect::<Vec<_>>(), []);
}
