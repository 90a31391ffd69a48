//! The brake before a mass clearing.

use std::time::Duration;

use advocaatcentraal_tribe::link::{BrakeState, OfficeState};
use advocaatcentraal_tribe::relation::RelatieId;
use advocaatcentraal_tribe::setup;
use advocaatcentraal_tribe::sync::records::{self, RecordId};
use advocaatcentraal_tribe::sync::{self, Budget};
use sandbox::advocaatcentraal::List;
use serde_json::{Value, json};
use tests::World;
use tests::support::{edit_relatie, relation_in_ac, relation_of};

use super::{conflicts, marker};

const FIELD: &str = "telefoonnummer";
const PROPERTY: &str = "PhoneNumber";
const PHONE: &str = "020 555 16 01";
const AMPLE: Budget = Budget { time: Duration::from_secs(600), requests: 100_000 };
const TINY: Budget = Budget { time: Duration::from_secs(3600), requests: 1 };

/// A world with so many relations in AC, where each company has a telephone number on both sides; and those companies.
fn office_with_phones(relations: usize) -> (World, Vec<String>) {
    let world = World::new(16, relations);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let companies: Vec<String> = {
        let (ac, tribe) = (world.ac.borrow(), world.tribe.borrow());
        let synced = |id: &str, record: &serde_json::Map<String, Value>| {
            record["soort"] == "bedrijf"
                && record["status"] == "actief"
                && tribe.find_by_import_id(&marker(id)).len() == 1
        };
        let all = ac.relaties().filter(|(id, record)| synced(id, record.current().fields()));
        all.map(|(id, _)| id.to_owned()).collect()
    };
    for company in &companies {
        edit_relatie(&world, company, json!({ FIELD: PHONE }));
    }
    world.settle().unwrap();
    assert!(companies.iter().all(|company| relation_of(&world, company, PROPERTY) == PHONE));
    (world, companies)
}

fn linked(world: &World) -> usize {
    OfficeState::new(&world.store, "12345").count_links().unwrap()
}

fn brake_state(world: &World) -> BrakeState {
    OfficeState::new(&world.store, "12345").brake().unwrap().state
}

fn is_on(world: &World) -> bool {
    matches!(brake_state(world), BrakeState::On { .. })
}

fn empty_in_ac(world: &World, companies: &[String]) {
    for company in companies {
        edit_relatie(world, company, json!({ FIELD: null }));
    }
}

/// The ids in Tribe.
fn empty_in_tribe(world: &World, companies: &[String]) -> Vec<String> {
    companies.iter().map(|company| world.edit_in_tribe(&marker(company), &json!({ PROPERTY: null }))).collect()
}

/// Empties a field under the old stamp, as a restore of half a backup does.
fn empty_in_ac_without_a_stamp(world: &World, companies: &[String]) {
    let records = companies.iter().map(|company| {
        let mut record = relation_in_ac(world, company).as_object().unwrap().clone();
        record.insert("gewijzigd".to_owned(), "2026-03-02T10:00:00+01:00".into());
        record.insert(FIELD.to_owned(), Value::Null);
        record
    });
    let records: Vec<_> = records.collect();
    world.ac.borrow_mut().load(List::Relaties, records);
}

fn in_tribe(world: &World, companies: &[String], phone: &str) -> usize {
    companies.iter().filter(|company| relation_of(world, company, PROPERTY) == phone).count()
}

fn empty_in_ac_now(world: &World, companies: &[String]) -> usize {
    companies.iter().filter(|company| relation_in_ac(world, company)[FIELD].as_str().unwrap_or("").is_empty()).count()
}

fn release(world: &World) {
    loop {
        let outcome = sync::release_brake(world.ports(), &world.read_settings(), AMPLE).unwrap();
        if outcome.next == advocaatcentraal_tribe::sync::Next::Done {
            return;
        }
    }
}

#[test]
fn f116_a_field_that_ac_shows_empty_everywhere_is_cleared_nowhere_and_a_person_is_asked() {
    let (world, companies) = office_with_phones(60);
    empty_in_ac(&world, &companies);
    let writes = world.writes();
    let cycle = world.poll().unwrap();
    assert_eq!(world.writes(), writes);
    assert!(is_on(&world));
    assert!(cycle.codes().contains(&"brake-on") && cycle.codes().contains(&"emptied-in-advocaatcentraal"));
    assert!(cycle.notes.iter().any(|note| note.field.as_deref() == Some("organisatie.telefoonnummer")));
    for _ in 0..3 {
        assert!(world.poll().unwrap().codes().contains(&"brake-on"), "it is told in every cycle");
    }
    world.sweep().unwrap();
    assert_eq!(world.writes(), writes);
    let findings = setup::check(world.ports(), &world.read_settings(), None).unwrap();
    let found = findings.iter().find(|finding| finding.code.as_str() == "brake-on").unwrap();
    assert_eq!(found.verdict, setup::Verdict::Fails);
}

#[test]
fn f116_a_field_that_tribe_shows_empty_everywhere_is_cleared_nowhere() {
    let (world, companies) = office_with_phones(60);
    empty_in_tribe(&world, &companies);
    let writes = world.writes();
    let cycle = world.poll().unwrap();
    assert_eq!(world.writes(), writes);
    assert!(is_on(&world));
    assert!(cycle.codes().contains(&"emptied-in-tribe"));
    assert_eq!(empty_in_ac_now(&world, &companies), 0);
}

#[test]
fn f116_webhooks_of_a_mass_clearing_clear_nothing() {
    let (world, companies) = office_with_phones(60);
    let ids = empty_in_tribe(&world, &companies);
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let writes = world.writes();
    world.push(&ids).unwrap();
    world.poll().unwrap();
    assert_eq!(world.writes(), writes);
    assert!(is_on(&world));
}

#[test]
fn f116_webhooks_one_by_one_clear_a_handful_and_the_rest_waits() {
    let (world, companies) = office_with_phones(60);
    let ids = empty_in_tribe(&world, &companies);
    for id in &ids {
        world.push(&[id]).unwrap();
    }
    assert_eq!(empty_in_ac_now(&world, &companies), 5);
    world.poll().unwrap();
    assert_eq!(empty_in_ac_now(&world, &companies), 5);
    assert!(is_on(&world));
}

#[test]
fn f116_the_sweep_brakes_too() {
    let (world, companies) = office_with_phones(60);
    empty_in_ac_without_a_stamp(&world, &companies);
    let writes = world.writes();
    world.sweep().unwrap();
    assert_eq!(world.writes(), writes);
    assert!(is_on(&world));
}

#[test]
fn f116_a_fifth_goes_through_in_the_same_cycle_and_one_more_does_not() {
    let (world, companies) = office_with_phones(150);
    let fifth = linked(&world) / 5;
    assert!(fifth > 5 && fifth < companies.len(), "{fifth} of {}", companies.len());
    empty_in_ac(&world, &companies[..fifth]);
    let cycle = world.poll().unwrap();
    assert_eq!(cycle.counts.updated, u32::try_from(fifth).unwrap());
    assert_eq!(in_tribe(&world, &companies[..fifth], ""), fifth);
    assert_eq!(brake_state(&world), BrakeState::Off);
    world.assert_same();

    let (world, companies) = office_with_phones(150);
    empty_in_tribe(&world, &companies[..=fifth]);
    world.poll().unwrap();
    assert_eq!(empty_in_ac_now(&world, &companies), 0);
    assert!(is_on(&world));
}

#[test]
fn f116_a_handful_is_never_too_many_in_however_small_an_office() {
    let (world, companies) = office_with_phones(14);
    assert!(companies.len() > 5 && linked(&world) < 30, "{} {}", companies.len(), linked(&world));
    empty_in_ac(&world, &companies[..5]);
    world.poll().unwrap();
    assert_eq!(in_tribe(&world, &companies[..5], ""), 5);
    assert_eq!(brake_state(&world), BrakeState::Off);
}

#[test]
fn f116_slices_count_together() {
    for way in ["ac", "tribe", "sweep"] {
        let (world, companies) = office_with_phones(250);
        world.budget.set(TINY);
        let writes = world.writes();
        let cycle = match way {
            "ac" => {
                empty_in_ac(&world, &companies);
                world.poll()
            }
            "tribe" => {
                empty_in_tribe(&world, &companies);
                world.poll()
            }
            _ => {
                empty_in_ac_without_a_stamp(&world, &companies);
                world.sweep()
            }
        };
        assert!(cycle.unwrap().slices > 4, "{way}");
        assert_eq!(world.writes(), writes, "{way}");
        assert!(is_on(&world), "{way}");
    }
}

#[test]
fn f116_a_crash_anywhere_lets_nothing_through_and_loses_nothing() {
    for point in (1..400).step_by(7) {
        let (world, companies) = office_with_phones(30);
        world.budget.set(TINY);
        empty_in_ac(&world, &companies);
        let writes = world.writes();
        world.faults.crash_after(point);
        let crashed = world.poll().is_err();
        world.faults.restart();
        world.settle().unwrap();
        assert_eq!(world.writes(), writes, "crash at {point}");
        assert!(is_on(&world), "crash at {point}");
        world.faults.crash_after(point);
        let _ = sync::release_brake(world.ports(), &world.read_settings(), AMPLE);
        world.faults.restart();
        if brake_state(&world) != BrakeState::Off {
            let _ = sync::release_brake(world.ports(), &world.read_settings(), TINY);
        }
        world.wait(Duration::from_secs(3600));
        world.settle().unwrap();
        assert_eq!(in_tribe(&world, &companies, ""), companies.len(), "crash at {point}");
        assert_eq!(brake_state(&world), BrakeState::Off);
        world.assert_same();
        if !crashed {
            return;
        }
    }
    panic!("every poll crashes");
}

#[test]
fn f116_a_crash_while_a_few_clearings_wait_loses_none() {
    for point in 1..300 {
        let (world, companies) = office_with_phones(30);
        empty_in_ac(&world, &companies[..2]);
        empty_in_tribe(&world, &companies[2..4]);
        world.faults.crash_after(point);
        let crashed = world.poll().is_err();
        world.faults.restart();
        world.wait(Duration::from_secs(3600));
        world.settle().unwrap();
        assert_eq!(in_tribe(&world, &companies[..4], ""), 4, "crash at {point}");
        assert_eq!(empty_in_ac_now(&world, &companies[..4]), 4, "crash at {point}");
        world.assert_same();
        if !crashed {
            return;
        }
    }
    panic!("every poll crashes");
}

#[test]
fn f116_what_loses_nothing_goes_on_also_in_a_record_that_does() {
    let (world, companies) = office_with_phones(60);
    empty_in_ac(&world, &companies[1..]);
    edit_relatie(&world, &companies[0], json!({ FIELD: "020 555 16 02" }));
    edit_relatie(&world, &companies[1], json!({"email": "nieuw@voorbeeld.example"}));
    world.poll().unwrap();
    assert!(is_on(&world));
    assert_eq!(relation_of(&world, &companies[0], PROPERTY), "020 555 16 02");
    assert_eq!(relation_of(&world, &companies[1], "EmailAddress"), "nieuw@voorbeeld.example");
    assert_eq!(relation_of(&world, &companies[1], PROPERTY), PHONE);
    // And while the brake is on.
    edit_relatie(&world, &companies[2], json!({"email": "ook@voorbeeld.example"}));
    world.edit_in_tribe(&marker(&companies[3]), &json!({"EmailAddress": "terug@voorbeeld.example"}));
    world.poll().unwrap();
    assert_eq!(relation_of(&world, &companies[2], "EmailAddress"), "ook@voorbeeld.example");
    assert_eq!(relation_in_ac(&world, &companies[3])["email"], "terug@voorbeeld.example");
    assert_eq!(in_tribe(&world, &companies[1..], PHONE), companies.len() - 1);
}

#[test]
fn f116_once_released_everything_is_cleared_and_the_brake_guards_again() {
    let (world, companies) = office_with_phones(60);
    let most = companies.len() - 3;
    empty_in_ac(&world, &companies[..most]);
    world.poll().unwrap();
    // What users empty while the brake is on waits as well.
    empty_in_tribe(&world, &companies[most..]);
    world.settle().unwrap();
    assert_eq!(in_tribe(&world, &companies[..most], PHONE), most);
    release(&world);
    assert_eq!(in_tribe(&world, &companies, ""), companies.len());
    assert_eq!(empty_in_ac_now(&world, &companies), companies.len());
    assert_eq!(brake_state(&world), BrakeState::Off);
    world.settle().unwrap();
    world.assert_same();
    assert!(!world.poll().unwrap().codes().contains(&"brake-on"));

    for company in &companies {
        edit_relatie(&world, company, json!({ FIELD: PHONE }));
    }
    world.settle().unwrap();
    empty_in_ac(&world, &companies);
    world.poll().unwrap();
    assert_eq!(in_tribe(&world, &companies, PHONE), companies.len());
    assert!(is_on(&world));
}

#[test]
fn f116_a_release_that_is_cut_off_goes_on_with_the_poll() {
    let (world, companies) = office_with_phones(250);
    empty_in_ac(&world, &companies);
    world.poll().unwrap();
    let first = sync::release_brake(world.ports(), &world.read_settings(), TINY).unwrap();
    assert_eq!(first.next, advocaatcentraal_tribe::sync::Next::Again);
    assert!(in_tribe(&world, &companies, PHONE) > 0);
    world.poll().unwrap();
    assert_eq!(in_tribe(&world, &companies, ""), companies.len());
    assert_eq!(brake_state(&world), BrakeState::Off);
}

#[test]
fn f116_what_came_back_before_the_release_is_not_cleared() {
    let (world, companies) = office_with_phones(60);
    let before: Vec<_> = companies.iter().map(|id| relation_in_ac(&world, id).as_object().unwrap().clone()).collect();
    empty_in_ac_without_a_stamp(&world, &companies);
    world.sweep().unwrap();
    assert!(is_on(&world));
    world.ac.borrow_mut().load(List::Relaties, before);
    let writes = world.writes();
    release(&world);
    world.settle().unwrap();
    assert_eq!(world.writes(), writes);
    assert_eq!(brake_state(&world), BrakeState::Off);
    world.assert_same();
}

#[test]
fn f116_a_release_without_a_brake_changes_nothing() {
    let (world, companies) = office_with_phones(14);
    empty_in_ac(&world, &companies[..1]);
    let writes = world.writes();
    let outcome = sync::release_brake(world.ports(), &world.read_settings(), AMPLE).unwrap();
    assert_eq!(outcome.notes[0].code.as_str(), "brake-not-on");
    assert_eq!((world.writes(), brake_state(&world)), (writes, BrakeState::Off));
}

#[test]
fn f116_one_record_can_be_let_through_by_itself() {
    let (world, companies) = office_with_phones(60);
    empty_in_ac(&world, &companies);
    world.poll().unwrap();
    let one = RecordId::Relatie(RelatieId::new(companies[0].as_str()));
    records::resync(world.ports(), &world.read_settings(), AMPLE, &one).unwrap();
    assert_eq!(in_tribe(&world, &companies, ""), 1);
    assert!(is_on(&world));
}

#[test]
fn f116_a_field_that_is_left_out_everywhere_brakes_nothing() {
    let (world, companies) = office_with_phones(60);
    for company in &companies {
        world.edit_in_ac(List::Relaties, company, |record| {
            record.remove(FIELD);
            record.insert("website".to_owned(), "www.anders.example".into());
        });
    }
    world.poll().unwrap();
    assert_eq!(brake_state(&world), BrakeState::Off);
    assert_eq!(in_tribe(&world, &companies, PHONE), companies.len());
    assert_eq!(relation_of(&world, &companies[0], "Website"), "www.anders.example");
}

#[test]
fn f116_blank_names_everywhere_clear_no_name() {
    let (world, companies) = office_with_phones(60);
    for company in &companies {
        edit_relatie(&world, company, json!({"bedrijfsnaam": ""}));
    }
    let writes = world.writes();
    let cycle = world.poll().unwrap();
    assert_eq!(world.writes(), writes);
    assert!(cycle.codes().contains(&"required-field-empty"));
}

#[test]
fn f116_a_value_that_gives_way_to_an_emptied_field_is_kept_once_it_does() {
    let (world, companies) = office_with_phones(60);
    empty_in_ac(&world, &companies);
    world.edit_in_tribe(&marker(&companies[0]), &json!({ PROPERTY: "020 555 16 09" }));
    world.poll().unwrap();
    assert!(is_on(&world));
    assert_eq!(relation_of(&world, &companies[0], PROPERTY), "020 555 16 09");
    assert_eq!(conflicts(&world), Vec::<String>::new());
    release(&world);
    assert_eq!(conflicts(&world), ["020 555 16 09"]);
    assert_eq!(relation_of(&world, &companies[0], PROPERTY), "");
}
