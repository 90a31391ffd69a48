//! Before an office's dialect was tried nothing of Tribe's goes to AC; and what becomes of one that changes.

use std::cell::Cell;
use std::rc::Rc;

use advocaatcentraal_tribe::advocaatcentraal::Changed;
use advocaatcentraal_tribe::relation::RelatieId;
use advocaatcentraal_tribe::settings::name;
use advocaatcentraal_tribe::setup;
use advocaatcentraal_tribe::sync::Trial;
use advocaatcentraal_tribe::sync::records::{self, RecordId};
use advocaatcentraal_tribe::wording::Why;
use advocaatcentraal_tribe::wording::{Code, Tried};
use sandbox::Alteration;
use sandbox::advocaatcentraal::{List, Put, Variants};
use sandbox::tribe::Character;
use serde_json::{Value, json};
use tests::World;
use tests::invariants::all_differences;
use tests::support::relation_in_ac;

use super::{SYSTEMS, begin, company, office, try_dialect, try_with};

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
    let changed =
        Changed { put_back: Vec::new(), not_put_back: vec!["/registration_number".to_owned()], may_be_accepted: true };
    assert_eq!(try_dialect(&world, false), Trial::Changed(changed));
    *world.on_answer.borrow_mut() = None;
    assert!(world.poll().unwrap().codes().contains(&"dialect-not-tried"));
    assert_eq!(try_dialect(&world, false), Trial::Untold(Tried::ChangedBefore));
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

#[test]
fn an_edit_that_waits_goes_on_where_ac_says_the_same_at_the_other_place() {
    let (_, dialect) = SYSTEMS[0];
    let at_work = r#""website": { "list": "/web_sites", "where": { "/name": ["Work"] }"#;
    let also_elsewhere = at_work.replace(r#"["Work"]"#, r#"["Work", "Elsewhere"]"#);
    let world = office(1, SYSTEMS[0]);
    world.initial_sync().unwrap();
    edit(&world);
    world.settle().unwrap();
    world.set(name::DIALECT, &dialect.replacen(at_work, &also_elsewhere, 1));
    assert_eq!(not_tried(&world), ["organisatie.telefoonnummer", "organisatie.website"]);
    assert_eq!(try_dialect(&world, false), Trial::AsBefore);
    edit(&world);
    world.settle().unwrap();
    assert_eq!(relation_in_ac(&world, "1001")["website"], "www.kanarie.example");
    assert_eq!(not_tried(&world), [] as [&str; 0]);
}

#[test]
fn where_ac_says_something_else_at_the_other_place_nobody_is_told_that_the_edit_waits() {
    let (_, dialect) = SYSTEMS[0];
    let world = office(1, SYSTEMS[0]);
    world.edit_in_ac(List::Relaties, "1001", |fields| drop(fields.insert("website".into(), "www.oud.example".into())));
    world.initial_sync().unwrap();
    edit(&world);
    world.settle().unwrap();
    let at_work = r#""website": { "list": "/web_sites", "where": { "/name": ["Work"] }"#;
    world.set(name::DIALECT, &dialect.replacen(at_work, &at_work.replace("Work", "Elsewhere"), 1));
    assert_eq!(not_tried(&world), ["organisatie.telefoonnummer"], "before any poll by that dialect");
    world.settle().unwrap();
    assert_eq!(not_tried(&world), ["organisatie.telefoonnummer"]);
}

/// AC refuses each write with that status, or takes them.
fn refuse_writes(world: &World, with: Option<u16>) {
    world.ac.borrow_mut().variants_mut().writes_refused_with = with;
}

#[test]
fn what_ac_refused_is_sent_again_once_another_dialect_was_tried() {
    let (_, dialect) = SYSTEMS[0];
    let world = office(1, SYSTEMS[0]);
    begin(&world);
    refuse_writes(&world, Some(422));
    edit(&world);
    world.settle().unwrap();
    let letters = || records::dead_letters(world.ports(), &world.read_settings()).unwrap().len();
    assert_eq!(letters(), 1);
    refuse_writes(&world, None);
    world.settle().unwrap();
    assert!(!has_the_edit(&world), "nothing changed that could help");
    world.set(name::DIALECT, &dialect.replacen("example-practice-1", "example-practice-2", 1));
    assert_eq!(try_dialect(&world, false), Trial::AsBefore);
    world.settle().unwrap();
    assert!(has_the_edit(&world));
    assert_eq!(letters(), 0);
}

/// An office whose dialect writes what is assumed otherwise, at an AC that does that with a `PUT`.
fn assumed_but(put: Put, writing: &Value) -> World {
    let world = World::with(1, 40, Variants { put, ..Variants::default() }, Character::default());
    let mut dialect: Value = serde_json::from_str(dialect::BUILT_IN).unwrap();
    for (name, value) in writing.as_object().unwrap() {
        dialect["writing"][name] = value.clone();
    }
    world.set(name::DIALECT, &dialect.to_string());
    world.initial_sync().unwrap();
    world
}

fn lost(trial: Trial) -> Changed {
    match trial {
        Trial::Changed(changed) => changed,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_a_trial_loses_is_put_back_and_that_dialect_is_not_tried_again() {
    let world = assumed_but(Put::Replace, &json!({ "method": "put-changed" }));
    world.edit_in_ac(List::Relaties, "1001", |fields| drop(fields.insert("dossier".into(), "x".into())));
    edit(&world);
    let before = relation_in_ac(&world, "1001");
    let changed = lost(try_dialect(&world, false));
    assert!(changed.put_back.contains(&"/dossier".to_owned()), "{changed:?}");
    assert_eq!((changed.not_put_back.len(), changed.may_be_accepted), (0, false));
    assert_eq!(relation_in_ac(&world, "1001"), before);
    let writes = world.writes();
    for accepts in [false, true] {
        assert_eq!(try_dialect(&world, accepts), Trial::Untold(Tried::LostBefore));
    }
    world.settle().unwrap();
    assert_eq!(world.writes(), writes);
    assert!(!has_the_edit(&world), "nothing goes to AC");
}

#[test]
fn a_dialect_that_lost_nothing_before_and_does_now_is_tried_no_more() {
    let world = assumed_but(Put::Merge, &json!({ "method": "put-changed" }));
    assert_eq!(try_dialect(&world, false), Trial::AsBefore);
    world.ac.borrow_mut().variants_mut().put = Put::Replace;
    lost(try_dialect(&world, false));
    edit(&world);
    world.settle().unwrap();
    assert!(!has_the_edit(&world));
}

#[test]
fn what_becomes_of_rows_that_are_not_sent_is_told_by_a_relation_with_two_of_them() {
    let world = assumed_but(Put::Merge, &json!({ "method": "put-changed", "lists": "by-id", "adds-addresses": false }));
    let rows = |count: usize| {
        let all = [("a", "hoofdkantoor", "Gracht"), ("b", "postadres", "Postbus")];
        let row = |(id, kind, street): &(&str, &str, &str)| json!({ "id": id, "type": kind, "straat": street });
        Value::from(all.iter().take(count).map(row).collect::<Vec<_>>())
    };
    world.edit_in_ac(List::Relaties, "1001", |fields| drop(fields.insert("adressen".into(), rows(1))));
    assert_eq!(try_dialect(&world, false), Trial::Untold(Tried::NeedsRows));
    world.edit_in_ac(List::Relaties, "1001", |fields| drop(fields.insert("adressen".into(), rows(2))));
    let changed = lost(try_dialect(&world, false));
    assert!(changed.put_back.iter().any(|at| at.starts_with("/adressen")), "{changed:?}");
    assert_eq!(relation_in_ac(&world, "1001")["adressen"], rows(2));
}

#[test]
fn another_address_or_spelling_of_the_office_is_tried_anew_but_not_for_the_built_in_dialect() {
    let world = office(1, SYSTEMS[0]);
    begin(&world);
    let url = world.settings.borrow()[name::ADVOCAATCENTRAAL_URL].clone();
    let is_tried = |world: &World| {
        let findings = setup::check(world.ports(), &world.read_settings(), None).unwrap();
        findings.iter().any(|finding| finding.code == Code::DialectTried.into())
    };
    for (setting, value, tried) in [
        (name::ADVOCAATCENTRAAL_URL, format!("{url}/"), true),
        (name::ADVOCAATCENTRAAL_URL, format!("{url}/test"), false),
        (name::ADVOCAATCENTRAAL_URL, url, true),
        (name::ADVOCAATCENTRAAL_OFFICE, "012345".to_owned(), false),
        (name::ADVOCAATCENTRAAL_OFFICE, "12345".to_owned(), true),
    ] {
        world.set(setting, &value);
        assert_eq!(is_tried(&world), tried, "{setting} = {value}");
    }
}

/// AC answers each write of a relation with that, and counts them.
fn answer_writes_with(world: &World, status: u16, body: &'static str) -> Rc<Cell<u32>> {
    let writes = Rc::new(Cell::new(0));
    let counted = Rc::clone(&writes);
    *world.on_answer.borrow_mut() = Some(Box::new(move |request, answer| {
        if request.method == "PUT" && request.target.contains("relaties") {
            counted.set(counted.get() + 1);
            (answer.status, answer.body) = (status, body.as_bytes().to_vec());
        }
    }));
    writes
}

const ODD_ANSWERS: [(u16, &str, &str, Tried); 4] = [
    (200, r#"{"error":{"code":"E1"}}"#, "answered-otherwise", Tried::AnsweredOtherwise),
    (200, "[]", "answered-otherwise", Tried::AnsweredOtherwise),
    (200, "<html></html>", "answered-otherwise", Tried::AnsweredOtherwise),
    (302, "", "redirected", Tried::Redirected),
];

#[test]
fn a_write_that_is_answered_with_something_else_says_so_and_is_sent_again_at_the_pace_of_letters() {
    for (status, body, code, _) in ODD_ANSWERS {
        let altered: &[_] = &[("telefoonnummer", Alteration::PassedOver)];
        let world = World::with(1, 40, Variants { altered, ..Variants::default() }, Character::default());
        world.initial_sync().unwrap();
        edit(&world);
        let writes = answer_writes_with(&world, status, body);
        assert!(world.poll().unwrap().codes().contains(&code));
        assert_eq!(writes.get(), 1, "{body}");
        world.sweep().unwrap();
        assert_eq!(writes.get(), 1, "nothing is due yet: {body}");
        let id = RecordId::Relatie(RelatieId::new(company(&world)));
        records::resync(world.ports(), &world.read_settings(), world.budget.get(), &id).unwrap();
        assert_eq!(writes.get(), 2, "a person asks for it: {body}");
        let after_each = [(); 4].map(|()| {
            world.poll().unwrap();
            writes.get()
        });
        assert_eq!(after_each, [3, 3, 3, 4], "after five minutes, and then after fifteen: {body}");
    }
}

#[test]
fn a_write_that_is_answered_as_if_the_record_were_gone_says_so_where_it_still_reads_and_goes_at_the_pace_of_letters() {
    for status in [404, 410] {
        let world = World::with(1, 40, Variants::default(), Character::default());
        world.initial_sync().unwrap();
        edit(&world);
        refuse_writes(&world, Some(status));
        let name = ("PUT".to_owned(), "refused".to_owned());
        let refused = || world.ac.borrow().counters().calls().get(&name).copied().unwrap_or_default();
        assert!(world.poll().unwrap().codes().contains(&"answered-otherwise"), "{status}");
        assert_eq!(refused(), 1);
        world.sweep().unwrap();
        assert_eq!(refused(), 1, "nothing is due yet");
        let after_each = [(); 4].map(|()| {
            world.poll().unwrap();
            refused()
        });
        assert_eq!(after_each, [2, 3, 3, 3], "after five minutes, twice, and then after fifteen");
        refuse_writes(&world, None);
        world.settle().unwrap();
        assert!(has_the_edit(&world));
        assert!(records::dead_letters(world.ports(), &world.read_settings()).unwrap().is_empty());
    }
}

#[test]
fn a_trial_whose_write_is_answered_as_if_the_record_were_gone_is_refused() {
    let world = assumed_but(Put::Replace, &json!({}));
    world.set(name::DIALECT, &dialect::BUILT_IN.replacen("\"name\": \"", "\"name\": \"other-", 1));
    for status in [404, 410] {
        refuse_writes(&world, Some(status));
        assert_eq!(try_dialect(&world, false), Trial::Refused { status: 404, field: None });
    }
}

#[test]
fn what_was_stored_after_all_is_seen_by_the_next_reading_and_not_sent_again() {
    for (status, body, code, _) in ODD_ANSWERS {
        let world = World::with(1, 40, Variants::default(), Character::default());
        world.initial_sync().unwrap();
        edit(&world);
        let writes = answer_writes_with(&world, status, body);
        assert!(world.poll().unwrap().codes().contains(&code));
        world.settle().unwrap();
        assert_eq!(writes.get(), 1, "{body}");
        assert!(has_the_edit(&world));
        assert!(records::dead_letters(world.ports(), &world.read_settings()).unwrap().is_empty());
    }
}

#[test]
fn a_trial_that_is_answered_with_something_else_says_so_and_counts_for_nothing() {
    for (status, body, _, why) in ODD_ANSWERS {
        let world = assumed_but(Put::Replace, &json!({}));
        let writes = answer_writes_with(&world, status, body);
        assert_eq!(try_dialect(&world, false), Trial::Untold(why));
        assert_eq!(writes.get(), 1);
        *world.on_answer.borrow_mut() = None;
        assert_eq!(try_dialect(&world, false), Trial::AsBefore, "it may be tried again: {body}");
    }
}

#[test]
fn a_record_that_a_cut_off_trial_changed_is_not_the_one_to_try_again() {
    let world = assumed_but(Put::Replace, &json!({ "method": "put-changed" }));
    let is_written = Cell::new(false);
    *world.on_answer.borrow_mut() = Some(Box::new(move |request, answer| {
        if is_written.get() && request.method == "GET" {
            (answer.status, answer.body) = (500, Vec::new());
        }
        is_written.set(is_written.get() || request.method == "PUT");
    }));
    assert_eq!(try_dialect(&world, false), Trial::Untold(Tried::CutOff));
    *world.on_answer.borrow_mut() = None;
    assert_eq!(try_dialect(&world, false), Trial::Untold(Tried::CutOff), "it has lost what a trial would lose");
    let other = RecordId::Relatie(RelatieId::new(other_company(&world)));
    lost(try_with(&world, &other, false));
}

fn other_company(world: &World) -> String {
    let ac = world.ac.borrow();
    let mut companies = ac.relaties().filter(|(_, record)| record.current().text("soort") == "bedrijf");
    companies.find(|(id, _)| *id != "1001").map(|(id, _)| id.to_owned()).unwrap()
}
