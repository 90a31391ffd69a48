//! Cursors and time.

use std::time::Duration;

use advocaatcentraal_tribe::link::{OfficeState, Stream};
use advocaatcentraal_tribe::sync::Budget;
use sandbox::advocaatcentraal::{ChildEditsMoveParent, Filter, PageCap, Stamps, Variants};
use sandbox::tribe::Character;
use serde_json::{Value, json};
use tests::faults::Kind;
use tests::simulation::{Scenario, Speaks, Voice, run};
use tests::support::{edit_relatie, relation_of};
use tests::{CYCLE, World};

use super::phones::phone;
use super::{COMPANY, OTHER, cursors, edit_addresses, letters, marker, office, office_with, poll_until_done, tribe_id};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[test]
fn f20_a_row_of_the_same_second_that_shows_later_is_not_missed() {
    let world = office();
    let second = world.now();
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 20 01"}));
    world.poll().unwrap();
    let phone = |record: &mut serde_json::Map<String, serde_json::Value>| {
        record.insert("telefoonnummer".to_owned(), "020 555 20 02".into());
    };
    world.ac.borrow_mut().edit_relatie(second, OTHER, phone).unwrap();
    world.poll().unwrap();
    assert_eq!(relation_of(&world, OTHER, "PhoneNumber"), "020 555 20 02");
}

#[test]
fn f21_two_hundred_and_fifty_equal_stamps_are_all_carried_once() {
    let world = World::new(7, 250);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let ids: Vec<String> = world.ac.borrow().relaties().map(|(id, _)| id.to_owned()).collect();
    for id in ids {
        edit_relatie(&world, &id, json!({"email": format!("{id}@voorbeeld.example")}));
    }
    let (_, before) = world.writes();
    let cycle = world.poll().unwrap();
    assert_eq!(u64::from(cycle.counts.updated), world.writes().1 - before);
    world.assert_same();
    let writes = world.writes();
    world.settle().unwrap();
    assert_eq!(world.writes(), writes);
}

/// AC shows an edit so long after its stamp.
fn shows_late(late: Duration) {
    let world = office();
    let stamped = world.now();
    world.wait(late - Duration::from_secs(5 * 60));
    edit_relatie(&world, OTHER, json!({"telefoonnummer": "020 555 22 01"}));
    world.poll().unwrap();
    let phone = |record: &mut serde_json::Map<String, serde_json::Value>| {
        record.insert("telefoonnummer".to_owned(), "020 555 22 02".into());
    };
    world.ac.borrow_mut().edit_relatie(stamped, COMPANY, phone).unwrap();
    world.poll().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 22 02");
}

#[test]
fn f22_a_row_that_is_committed_late_with_an_earlier_stamp_is_found() {
    shows_late(Duration::from_secs(6 * 60));
}

#[test]
fn f23_a_row_that_the_api_shows_minutes_later_is_found_by_the_poll_or_by_the_sweep() {
    shows_late(Duration::from_secs(9 * 60));
    let late_visible = Duration::from_secs(25 * 60);
    let world = office_with(Variants { late_visible, ..Variants::default() }, Character::default());
    world.wait(DAY);
    world.poll().unwrap();
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 23 01"}));
    for _ in 0..7 {
        world.poll().unwrap();
    }
    world.sweep().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 23 01");
}

#[test]
fn f24_a_record_without_a_stamp_is_carried_and_moves_no_cursor() {
    let world = World::new(7, 18);
    world.faults.plan(Kind::NullStamp, "GET", "/relaties?", 1);
    world.initial_sync().unwrap();
    assert_eq!(world.faults.count(Kind::NullStamp), 1);
    world.assert_same();
}

#[test]
fn f25_a_host_clock_that_is_off_loses_nothing() {
    for skew in [-600_000, -240_000, 240_000, 600_000] {
        let world = World::new(7, 18);
        world.skew_clock(skew);
        world.initial_sync().unwrap();
        edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 25 01"}));
        world.edit_in_tribe(&marker(OTHER), &json!({"PhoneNumber": "020 555 25 02"}));
        world.poll().unwrap();
        assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 25 01", "{skew}");
        world.settle().unwrap();
        world.assert_same();
        let stamp = OfficeState::new(&world.store, "12345").cursor(Stream::Relaties).unwrap().stamp.unwrap();
        assert!(stamp.as_millis() <= world.now().as_millis());
    }
}

#[test]
fn f26_a_stamp_in_the_future_does_not_drag_the_cursor_along() {
    let world = office();
    edit_relatie(&world, OTHER, json!({"telefoonnummer": "020 555 26 01"}));
    world.faults.plan(Kind::FutureStamp, "GET", "/relaties?", 1);
    world.poll().unwrap();
    assert_eq!(world.faults.count(Kind::FutureStamp), 1);
    assert_eq!(relation_of(&world, OTHER, "PhoneNumber"), "020 555 26 01");
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 26 02"}));
    world.poll().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 26 02");
}

#[test]
fn f27_a_stamp_without_a_zone_is_dutch_time() {
    let world = office_with(Variants { stamps: Stamps::Naive, ..Variants::default() }, Character::default());
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 27 01"}));
    let stamped = world.now().as_millis();
    world.poll().unwrap();
    let cursor = OfficeState::new(&world.store, "12345").cursor(Stream::Relaties).unwrap().stamp.unwrap();
    assert_eq!(cursor.as_millis() / 1000, stamped / 1000);
}

#[test]
fn f28_a_filter_that_takes_only_dates_repeats_rows_and_writes_nothing() {
    let variants = Variants { stamps: Stamps::DateOnlyFilter, ..Variants::default() };
    let world = office_with(variants, Character::default());
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 28 01"}));
    world.poll().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 28 01");
    let writes = world.writes();
    world.settle().unwrap();
    assert_eq!(world.writes(), writes);
}

#[test]
fn f29_an_hour_that_comes_twice_or_not_at_all_loses_nothing() {
    for night in [Kind::AutumnNight, Kind::SpringNight] {
        for seed in 1..6 {
            let faults = [(night, 10_000)].into();
            let scenario = Scenario {
                speaks: Speaks::Assumed,
                seed,
                relations: 20,
                cycles: 16,
                edits: 4,
                quirks: [].into(),
                faults,
            };
            let run = run(&scenario, Voice::Silent);
            assert!(run.broken.is_empty(), "{night}: {}", run.broken[0]);
        }
    }
}

#[test]
fn f29_an_edit_in_the_hour_that_comes_twice_is_found_though_its_stamp_goes_back() {
    let world = World::with(7, 18, Variants { stamps: Stamps::Naive, ..Variants::default() }, Character::default());
    // Ten to three in Amsterdam, summer time, on 25 October 2026: in ten minutes it is two o'clock again.
    world.start_at(1_792_889_400_000);
    world.initial_sync().unwrap();
    let set_phone = |company: &str, phone: &str| {
        edit_relatie(&world, company, json!({ "telefoonnummer": phone }));
        world.poll().unwrap();
        assert_eq!(relation_of(&world, company, "PhoneNumber"), phone);
    };
    set_phone(COMPANY, "020 555 29 01");
    // Each is stamped up to an hour before the one that was read first.
    for minutes in [8, 15, 15, 15] {
        world.wait(Duration::from_secs(60 * minutes));
        set_phone(OTHER, &format!("020 555 29 1{minutes}"));
        set_phone("1003", &format!("020 555 29 2{minutes}"));
    }
    // The hour is over, and stamps go on from three o'clock.
    world.wait(Duration::from_secs(15 * 60));
    set_phone(COMPANY, "020 555 29 03");
    set_phone(OTHER, "020 555 29 04");
    world.assert_same();
}

/// A user edits the company in Tribe in the second in which a poll reads, and again in what is left of it.
fn two_edits_in_one_second(first: &Value, second: &Value) {
    let world = office();
    // The poll takes less than a second, and begins with one.
    world.wait(Duration::from_millis(1000 - world.now().as_millis() % 1000));
    let id = tribe_id(&world, &marker(COMPANY)).parse().unwrap();
    let stamp = || world.tribe.borrow().entity(id).unwrap().changed().unwrap().as_millis() / 1000;
    world.tribe.borrow_mut().edit(world.now().plus(CYCLE), id, first).unwrap();
    let read = stamp();
    world.poll().unwrap();
    world.tribe.borrow_mut().edit(world.now(), id, second).unwrap();
    assert_eq!(stamp(), read, "Tribe cuts its stamps to the second");
    world.poll().unwrap();
    world.poll().unwrap();
    world.assert_same();
}

#[test]
fn f30_an_edit_within_the_second_of_the_cursor_is_found() {
    two_edits_in_one_second(&json!({"PhoneNumber": "020 555 30 01"}), &json!({"PhoneNumber": "020 555 30 02"}));
}

#[test]
fn f30_an_edit_within_the_second_of_one_that_wrote_nothing_is_found() {
    // Nothing of the first is synced, so only Tribe's own list can bring the record back.
    two_edits_in_one_second(&json!({"NumberOfEmployees": 30}), &json!({"PhoneNumber": "020 555 30 03"}));
}

#[test]
fn f31_a_filter_that_does_nothing_costs_reading_and_no_write() {
    let world = office_with(Variants { filter: Filter::Ignored, ..Variants::default() }, Character::default());
    let writes = world.writes();
    let cycle = world.poll().unwrap();
    assert!(cycle.counts.unchanged >= 18, "every row comes: {:?}", cycle.counts);
    assert_eq!(world.writes(), writes);
}

#[test]
fn f32_a_cursor_passes_a_row_only_when_it_is_carried_or_a_dead_letter() {
    let world = office();
    let id = tribe_id(&world, &marker(OTHER));
    for company in [COMPANY, OTHER, "1003"] {
        edit_relatie(&world, company, json!({"telefoonnummer": phone(company)}));
    }
    world.faults.plan(Kind::Timeout, "PUT", &id, 3);
    poll_until_done(&world);
    assert_eq!(relation_of(&world, "1003", "PhoneNumber"), phone("1003"));
    assert_eq!(letters(&world), 1);
    world.wait(DAY);
    world.settle().unwrap();
    assert_eq!(relation_of(&world, OTHER, "PhoneNumber"), phone(OTHER));
    assert_eq!(letters(&world), 0);
}

#[test]
fn f33_a_row_that_is_refused_each_time_holds_nobody_up() {
    let world = office();
    let id = tribe_id(&world, &marker(OTHER));
    world.faults.plan(Kind::Status422, "PUT", &id, 1);
    edit_relatie(&world, OTHER, json!({"telefoonnummer": "020 555 33 01"}));
    world.poll().unwrap();
    assert_eq!((letters(&world), world.faults.count(Kind::Status422)), (1, 1));
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 33 02"}));
    world.settle().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 33 02");
    assert_eq!(letters(&world), 1, "it is not tried again by itself");
    edit_relatie(&world, OTHER, json!({"telefoonnummer": "020 555 33 03"}));
    world.settle().unwrap();
    assert_eq!(relation_of(&world, OTHER, "PhoneNumber"), "020 555 33 03");
    assert_eq!(letters(&world), 0);
}

#[test]
fn f34_a_dead_letter_is_durable_before_the_cursor_passes_it() {
    let world = office();
    let id = tribe_id(&world, &marker(COMPANY));
    world.faults.plan(Kind::Status422, "PUT", &id, 100);
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 34 01"}));
    let before = cursors(&world);
    for point in 1..200 {
        world.faults.crash_after(point);
        let _ = world.poll();
        let passed = cursors(&world).iter().zip(&before).any(|(now, then)| now.0.ends_with("relaties") && now != then);
        world.faults.restart();
        if passed {
            assert_eq!(letters(&world), 1);
            return;
        }
    }
    panic!("the cursor never passes");
}

#[test]
fn f35_an_initial_sync_goes_on_at_the_page_where_it_was_cut_off() {
    let world = World::new(7, 250);
    world.budget.set(Budget { time: Duration::from_secs(3600), requests: 1 });
    let mut done = false;
    world.before_request.borrow_mut().replace(Box::new(move |world, request| {
        if request.target.contains("na=") && !done {
            done = true;
            world.faults.crash_after(40);
        }
    }));
    assert!(world.initial_sync().is_err());
    assert!(world.faults.is_dead());
    world.faults.restart();
    let first_page = world.ac.borrow().counters().calls().clone();
    world.initial_sync().unwrap();
    let calls = world.ac.borrow().counters().calls()[&("GET".to_owned(), "relaties".to_owned())];
    assert_eq!(
        calls - first_page[&("GET".to_owned(), "relaties".to_owned())],
        2,
        "the second page again, and the third"
    );
    world.settle().unwrap();
    world.assert_same();
}

#[test]
fn f36_no_cursor_moves_before_what_it_passes_is_done() {
    let world = office();
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 36 01"}));
    let before = cursors(&world);
    world.faults.plan(Kind::Status401, "PUT", "Relation_Organization", 2);
    assert!(world.poll().is_err());
    assert_eq!(cursors(&world), before);
    world.poll().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 36 01");
}

#[test]
fn f37_an_edit_that_moves_no_stamp_is_found_by_the_sweep() {
    let variants = Variants { child_edits_move_parent: ChildEditsMoveParent::No, ..Variants::default() };
    let world = office_with(variants, Character::default());
    edit_addresses(&world, COMPANY, |addresses| addresses[0]["straat"] = "Herengracht".into());
    world.settle().unwrap();
    let address = world.address_in_tribe(&marker(COMPANY), "VisitingAddress").parse().unwrap();
    let street = || world.tribe.borrow().entity(address).unwrap().text("Street");
    assert_eq!(street(), "Keizersgracht");
    world.sweep().unwrap();
    assert_eq!(street(), "Herengracht");
}

#[test]
fn f38_after_a_month_of_quiet_an_edit_is_found() {
    let world = office();
    world.wait(31 * DAY);
    world.poll().unwrap();
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 38 01"}));
    world.poll().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 38 01");
}

#[test]
fn f39_after_three_days_off_everything_since_is_carried() {
    let world = office();
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 39 01"}));
    world.edit_in_tribe(&marker(OTHER), &json!({"PhoneNumber": "020 555 39 02"}));
    world.wait(3 * DAY);
    world.poll().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 39 01");
    world.assert_same();
}

#[test]
fn f40_other_settings_reset_no_cursor() {
    let world = office();
    let before = cursors(&world);
    world.set(
        "relation-types",
        r#"{"client":"customer","betalende-partij":"prospect","leverancier":"supplier","rvr":"lead"}"#,
    );
    let writes = world.writes();
    world.poll().unwrap();
    assert_eq!(world.writes(), writes);
    assert!(cursors(&world) >= before);
}

#[test]
fn f41_a_type_that_is_mapped_later_gets_its_old_records() {
    let world = World::new(7, 18);
    world.set("relation-types", r#"{"client":"customer"}"#);
    world.initial_sync().unwrap();
    assert_eq!(super::standing(&world, &marker("1011")), 0, "a supplier");
    let (_, before) = world.writes();
    world.set("relation-types", r#"{"client":"customer","betalende-partij":"prospect","leverancier":"supplier"}"#);
    let cycle = world.initial_sync().unwrap();
    assert_eq!(super::standing(&world, &marker("1011")), 1);
    assert_eq!(cycle.counts.updated, 0);
    assert!(world.writes().1 - before < 6, "the others are not written");
    world.assert_same();
}

#[test]
fn f42_a_page_that_fails_moves_nothing() {
    let world = office();
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 42 01"}));
    let before = cursors(&world);
    world.faults.plan(Kind::Status503, "GET", "/relaties?", 1);
    assert!(world.poll().is_err());
    assert_eq!(cursors(&world), before);
    world.poll().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 42 01");
}

/// Pages are read until there are enough rows to bring together.
#[test]
fn f42_a_page_after_the_first_that_fails_stops_the_slice_once_what_came_before_it_is_done() {
    let small = Variants { page_cap: PageCap::TwentyFive, ..Variants::default() };
    let world = World::with(1, 120, small, Character::default());
    world.faults.plan(Kind::Status503, "GET", "na=", 2);
    for _ in 0..2 {
        assert!(world.initial_sync().is_err());
        assert!(world.writes().1 > 0, "the page before it");
    }
    world.initial_sync().unwrap();
    world.assert_same();
}
