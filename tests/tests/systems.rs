//! How the two systems are odd, and what the connector does about it: tags, clocks, late rows, markers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::time::Duration;

use advocaatcentraal_tribe::link::{OfficeState, Stream};
use advocaatcentraal_tribe::relation::RelatieId;
use advocaatcentraal_tribe::settings::name;
use advocaatcentraal_tribe::sync::Budget;
use advocaatcentraal_tribe::sync::records::{self, RecordId, RecordState};
use sandbox::Dates;
use sandbox::advocaatcentraal::{Etag, Variants};
use sandbox::tribe::{Character, ExpandedRows, Unordered};
use serde_json::json;
use tests::faults::Kind;
use tests::support::{edit_relatie, relation_in_ac, relation_of, synced_company, synced_person};
use tests::{Cycle, World};

const AMPLE: Budget = Budget { time: Duration::from_secs(600), requests: 10_000 };
const MINUTE: Duration = Duration::from_secs(60);

fn with(variants: Variants, character: Character) -> World {
    let world = World::with(7, 40, variants, character);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    world
}

fn settled() -> World {
    with(Variants::default(), Character::default())
}

fn marker(id: &str) -> String {
    format!("ac:12345:relatie:{id}")
}

fn letters(world: &World) -> Vec<String> {
    let letters = records::dead_letters(world.ports(), &world.read_settings()).unwrap();
    letters.into_iter().map(|(_, letter)| letter.code).collect()
}

/// A poll, and how many calls it made.
fn poll(world: &World) -> (Cycle, u64) {
    let before = world.watch.requests();
    let cycle = world.poll().unwrap();
    (cycle, world.watch.requests() - before)
}

#[test]
fn an_etag_that_never_fits_keeps_no_edit_from_ac_and_costs_calls_only_once() {
    let world = with(Variants { etag: Etag::NeverFits, ..Variants::default() }, Character::default());
    let company = synced_company(&world);
    let mut writes = Vec::new();
    for phone in ["020 555 16 01", "020 555 16 02"] {
        world.edit_in_tribe(&marker(&company), &json!({"PhoneNumber": phone}));
        let put = |world: &World| {
            let ac = world.ac.borrow();
            ac.counters().calls().get(&("PUT".to_owned(), "relaties/{id}".to_owned())).copied().unwrap_or(0)
        };
        let before = put(&world);
        assert_eq!(world.poll().unwrap().counts.updated, 1);
        writes.push(put(&world) - before);
        assert_eq!(relation_in_ac(&world, &company)["telefoonnummer"], phone);
    }
    assert_eq!(writes, [2, 1], "with the tag and without; then without at once");
    assert_eq!(letters(&world), Vec::<String>::new());
}

#[test]
fn an_edit_of_an_ac_user_in_between_is_kept_where_tags_never_fit() {
    let world = with(Variants { etag: Etag::NeverFits, ..Variants::default() }, Character::default());
    let company = synced_company(&world);
    world.edit_in_tribe(&marker(&company), &json!({"PhoneNumber": "020 555 16 03"}));
    let (id, mut done) = (company.clone(), false);
    world.before_request.borrow_mut().replace(Box::new(move |world, request| {
        if request.method == "PUT" && !done {
            done = true;
            edit_relatie(world, &id, json!({"telefoonnummer": "020 555 16 04"}));
        }
    }));
    world.settle().unwrap();
    assert_eq!(relation_in_ac(&world, &company)["telefoonnummer"], "020 555 16 04");
    assert_eq!(relation_of(&world, &company, "PhoneNumber"), "020 555 16 04");
}

#[test]
fn a_write_that_is_refused_for_a_change_that_nobody_made_is_told_as_such() {
    let world = settled();
    let company = synced_company(&world);
    world.edit_in_tribe(&marker(&company), &json!({"PhoneNumber": "020 555 16 05"}));
    world.faults.plan(Kind::Status409, "PUT", "/relaties/", 2);
    world.poll().unwrap();
    assert_eq!((letters(&world), world.faults.count(Kind::Status409)), (vec!["not-taken-now".to_owned()], 2));
    world.wait(2 * MINUTE);
    world.poll().unwrap();
    assert_eq!(relation_in_ac(&world, &company)["telefoonnummer"], "020 555 16 05");
    assert_eq!(letters(&world), Vec::<String>::new());
}

#[test]
fn rows_that_repeat_in_a_reading_by_id_make_no_record_invisible() {
    for (unordered, expanded_rows) in
        [(Unordered::Repeating, ExpandedRows::Once), (Unordered::Shuffled, ExpandedRows::ForEachExpanded)]
    {
        let world =
            World::with(3, 250, Variants::default(), Character { unordered, expanded_rows, ..Character::default() });
        world.initial_sync().unwrap();
        world.settle().unwrap();
        world.sweep().unwrap();
        assert_eq!(letters(&world), Vec::<String>::new());
        world.assert_same();
    }
}

#[test]
fn after_a_load_a_quiet_office_settles() {
    let world = World::new(1, 300);
    let ids: Vec<String> = world.ac.borrow().relaties().map(|(id, _)| id.to_owned()).collect();
    // The last minute before the load: what is newest in AC stays so for long.
    for id in ids {
        edit_relatie(&world, &id, json!({"email": "allen@voorbeeld.example"}));
    }
    world.initial_sync().unwrap();
    // As long as rows may still come late they are listed, and cost nothing more.
    world.wait(25 * MINUTE);
    world.settle().unwrap();
    let (cycle, calls) = poll(&world);
    assert_eq!((cycle.counts.read, calls), (0, 6));
}

#[test]
fn a_list_that_shows_its_rows_25_minutes_late_is_followed_by_the_polls() {
    let variants = Variants { late_visible: 25 * MINUTE, ..Variants::default() };
    let world = with(variants, Character::default());
    // Quiet for so long that the cursor follows the clock.
    world.wait(24 * 60 * MINUTE);
    world.settle().unwrap();
    let company = synced_company(&world);
    edit_relatie(&world, &company, json!({"telefoonnummer": "020 555 18 01"}));
    for _ in 0..7 {
        world.poll().unwrap();
    }
    assert_eq!(relation_of(&world, &company, "PhoneNumber"), "020 555 18 01");
}

#[test]
fn a_list_that_shows_what_was_before_agrees_on_nothing_though_tribe_says_the_same() {
    let world = with(Variants { late_visible: 8 * MINUTE, ..Variants::default() }, Character::default());
    let company = synced_company(&world);
    let edit = |phone: &str| world.edit_in_tribe(&marker(&company), &json!({"PhoneNumber": phone}));
    for phone in ["020 555 18 01", "020 555 18 02"] {
        world.wait(4 * MINUTE);
        let id = edit(phone);
        world.push(&[&id]).unwrap();
        assert_eq!(relation_in_ac(&world, &company)["telefoonnummer"], phone);
    }
    edit("020 555 18 01");
    // AC's list still shows what stood there first.
    for _ in 0..4 {
        world.poll().unwrap();
    }
    assert_eq!(relation_in_ac(&world, &company)["telefoonnummer"], "020 555 18 01");
    assert_eq!(relation_of(&world, &company, "PhoneNumber"), "020 555 18 01");
}

#[test]
fn a_row_that_only_the_sweep_found_widens_the_overlap_for_the_next() {
    let world = settled();
    let companies: Vec<String> = ["1001", "1002", "1003"].map(str::to_owned).into();
    let phone = |id: &str| relation_of(&world, id, "PhoneNumber");
    // Each is committed twenty minutes after its stamp, while others go on.
    let late = |id: &str, number: &str| {
        let stamp = world.now();
        world.wait(15 * MINUTE);
        edit_relatie(&world, &companies[2], json!({"telefoonnummer": format!("{number}9")}));
        world.poll().unwrap();
        let edit = |record: &mut serde_json::Map<String, serde_json::Value>| {
            record.insert("telefoonnummer".to_owned(), number.into());
        };
        world.ac.borrow_mut().edit_relatie(stamp, id, edit).unwrap();
        world.poll().unwrap();
    };
    late(&companies[0], "020 555 18 1");
    assert_ne!(phone(&companies[0]), "020 555 18 1", "it came later than lists are read again");
    world.sweep().unwrap();
    assert_eq!(phone(&companies[0]), "020 555 18 1");
    late(&companies[1], "020 555 18 2");
    assert_eq!(phone(&companies[1]), "020 555 18 2");
}

#[test]
fn a_server_without_a_clock_is_watched_and_one_years_ahead_hides_nothing() {
    for dates in [Dates::Untold, Dates::YearsAhead] {
        let world = with(Variants { dates, ..Variants::default() }, Character { dates, ..Character::default() });
        let company = synced_company(&world);
        for round in 0..3 {
            let (in_ac, in_tribe) = (format!("020 555 28 {round}1"), format!("www.voorbeeld{round}.example"));
            edit_relatie(&world, &company, json!({"telefoonnummer": in_ac}));
            world.edit_in_tribe(&marker(&company), &json!({"Website": in_tribe}));
            world.poll().unwrap();
            assert_eq!(relation_of(&world, &company, "PhoneNumber"), in_ac, "{dates:?}");
            assert_eq!(relation_in_ac(&world, &company)["website"], in_tribe, "{dates:?}");
        }
        let state = OfficeState::new(&world.store, "12345");
        for stream in [Stream::Relaties, Stream::Contactpersonen, Stream::Organisations, Stream::Persons] {
            let stamp = state.cursor(stream).unwrap().stamp.unwrap();
            assert!(stamp.as_millis() <= world.now().as_millis(), "{dates:?}");
        }
    }
}

#[test]
fn a_letter_written_by_a_clock_that_was_hours_ahead_is_tried_when_the_clock_is_right() {
    let world = settled();
    let company = synced_company(&world);
    edit_relatie(&world, &company, json!({"telefoonnummer": "020 555 18 03"}));
    world.skew_clock(6 * 60 * 60 * 1000);
    world.faults.plan(Kind::Timeout, "PUT", "Relation_Organization", 1);
    world.poll().unwrap();
    assert_eq!(letters(&world), ["no-answer"]);
    world.skew_clock(0);
    world.settle().unwrap();
    assert_eq!(letters(&world), Vec::<String>::new());
    assert_eq!(relation_of(&world, &company, "PhoneNumber"), "020 555 18 03");
}

#[test]
fn a_create_whose_answer_was_lost_while_the_clock_was_ahead_is_looked_up_and_not_parked() {
    let world = settled();
    let company = json!({"soort": "bedrijf", "relatietypen": ["client"], "bedrijfsnaam": "Nieuw Voorbeeld B.V.",
        "adressen": []});
    let id = world.ac.borrow_mut().add_relatie(world.now(), company.as_object().unwrap().clone());
    world.skew_clock(6 * 60 * 60 * 1000);
    world.faults.plan(Kind::ResetAfter, "POST", "/v1/odata/", 1);
    world.poll().unwrap();
    assert_eq!(letters(&world), ["outcome-unknown"]);
    world.skew_clock(0);
    world.settle().unwrap();
    assert_eq!(letters(&world), Vec::<String>::new());
    assert_eq!(world.tribe.borrow().find_by_import_id(&marker(&id)).len(), 1);
    world.assert_same();
}

#[test]
fn a_marker_that_an_import_overwrote_is_written_anew_by_the_sweep_and_the_record_is_never_made_twice() {
    let world = settled();
    let (company, person) = (synced_company(&world), synced_person(&world));
    let person_marker = format!("ac:12345:contactpersoon:{person}");
    let standing = |world: &World| world.tribe.borrow().set("Relation").count();
    let before = standing(&world);
    world.edit_in_tribe(&marker(&company), &json!({"ImportId": "IMP-0001"}));
    world.edit_in_tribe(&person_marker, &json!({"ImportId": null}));
    world.settle().unwrap();
    assert!(world.tribe.borrow().find_by_import_id(&marker(&company)).is_empty(), "not in every poll");
    let cycle = world.sweep().unwrap();
    assert!(cycle.codes().contains(&"marker-repaired"));
    for marker in [marker(&company), person_marker] {
        assert_eq!(world.tribe.borrow().find_by_import_id(&marker).len(), 1, "{marker}");
    }
    let writes = world.writes();
    world.sweep().unwrap();
    assert_eq!(world.writes(), writes, "what is right is not written again");
    world.store.lose_everything();
    world.initial_sync().unwrap();
    assert_eq!(standing(&world), before);
}

#[test]
fn a_marker_of_another_of_our_records_is_left_alone() {
    let world = settled();
    world.edit_in_tribe(&marker("1001"), &json!({"ImportId": marker("1002")}));
    let writes = world.writes();
    world.sweep().unwrap();
    assert_eq!(world.writes(), writes);
}

#[test]
fn the_number_of_an_office_in_another_spelling_makes_nothing_twice() {
    let world = settled();
    let standing = |world: &World| world.tribe.borrow().set("Relation").count();
    let (before, writes) = (standing(&world), world.writes());
    for spelling in [" 12345 ", "12 345"] {
        world.set(name::ADVOCAATCENTRAAL_OFFICE, spelling);
        world.initial_sync().unwrap();
        world.sweep().unwrap();
        // A store of its own, as a host has it that knows offices by their number.
        world.store.lose_everything();
        world.initial_sync().unwrap();
        assert_eq!((standing(&world), world.writes()), (before, writes), "{spelling}");
    }
    // What AC does not take as its own is told, and nothing is made.
    world.set(name::ADVOCAATCENTRAAL_OFFICE, "0012345");
    assert!(world.initial_sync().is_err());
    assert_eq!((standing(&world), world.writes()), (before, writes));
}

#[test]
fn what_a_person_had_forgotten_stays_without_a_link_until_that_is_taken_back() {
    let world = settled();
    let company = synced_company(&world);
    let record = RecordId::Relatie(RelatieId::new(&*company));
    let state = |world: &World| records::explain(world.ports(), &world.read_settings(), AMPLE, &record).unwrap().state;
    records::forget(world.ports(), &world.read_settings(), AMPLE, &record).unwrap();
    let writes = world.writes();
    edit_relatie(&world, &company, json!({"telefoonnummer": "020 555 20 01"}));
    let in_tribe = world.edit_in_tribe(&marker(&company), &json!({"Website": "www.vergeten.example"}));
    world.push(&[&in_tribe]).unwrap();
    world.settle().unwrap();
    world.initial_sync().unwrap();
    world.sweep().unwrap();
    assert_eq!((state(&world), world.writes()), (RecordState::Forgotten, writes));

    records::resync(world.ports(), &world.read_settings(), AMPLE, &record).unwrap();
    assert_eq!(state(&world), RecordState::Linked);
    assert_eq!(world.tribe.borrow().find_by_import_id(&marker(&company)).len(), 1);
    assert_eq!(relation_of(&world, &company, "PhoneNumber"), "020 555 20 01");
}
