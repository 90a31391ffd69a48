//! The brake before a mass clearing.

use std::time::Duration;

use advocaatcentraal_tribe::link::{BrakeState, OfficeState};
use advocaatcentraal_tribe::relation::RelatieId;
use advocaatcentraal_tribe::setup;
use advocaatcentraal_tribe::sync;
use advocaatcentraal_tribe::sync::records::{self, RecordId};
use sandbox::advocaatcentraal::List;
use serde_json::json;
use tests::support::{edit_relatie, relation_in_ac, relation_of};

use super::phones::*;
use super::{conflicts, marker};

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
fn f116_webhooks_one_by_one_clear_a_couple_and_the_rest_waits() {
    let (world, companies) = office_with_phones(60);
    let ids = empty_in_tribe(&world, &companies);
    for id in &ids {
        world.push(&[id]).unwrap();
    }
    assert_eq!(empty_in_ac_now(&world, &companies), 2);
    world.poll().unwrap();
    assert_eq!(empty_in_ac_now(&world, &companies), 2);
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
fn f116_a_tenth_of_those_that_hold_the_value_goes_through_in_the_same_cycle_and_one_more_does_not() {
    let (world, companies) = office_with_phones(150);
    let tenth = companies.len() / 10;
    assert!(tenth >= 3, "{} companies", companies.len());
    empty_in_ac(&world, &companies[..tenth]);
    let cycle = world.poll().unwrap();
    assert_eq!(cycle.counts.updated, u32::try_from(tenth).unwrap());
    assert_eq!(empty_in_tribe_now(&world, &companies[..tenth]), tenth);
    assert!(is_off(&world));
    world.assert_same();

    let (world, companies) = office_with_phones(150);
    empty_in_tribe(&world, &companies[..=tenth]);
    world.poll().unwrap();
    assert_eq!(empty_in_ac_now(&world, &companies), 0);
    assert!(is_on(&world));
}

#[test]
fn f116_two_are_never_too_many_in_however_small_an_office_and_three_may_be() {
    let (world, companies) = office_with_phones(14);
    assert!((3..20).contains(&companies.len()), "{}", companies.len());
    empty_in_ac(&world, &companies[..2]);
    world.poll().unwrap();
    assert_eq!(empty_in_tribe_now(&world, &companies[..2]), 2);
    assert!(is_off(&world));

    let (world, companies) = office_with_phones(14);
    empty_in_ac(&world, &companies[..3]);
    world.poll().unwrap();
    assert_eq!(empty_in_tribe_now(&world, &companies), 0);
    assert!(is_on(&world));
}

#[test]
fn f116_another_kind_does_not_dilute_the_share() {
    let (world, companies) = office_with_phones(150);
    let linked = OfficeState::new(&world.store, "12345").count_links().unwrap();
    let most = companies.len() / 10 + 1;
    assert!(most * 100 < linked * 10, "{most} of {linked} is no tenth of all");
    empty_in_ac(&world, &companies[..most]);
    world.poll().unwrap();
    assert_eq!(empty_in_tribe_now(&world, &companies), 0);
    assert_eq!(standing(&world), [("tribe/organisatie/organisatie.telefoonnummer".to_owned(), BrakeState::On)]);
}

#[test]
fn f116_a_drip_below_the_bound_is_stopped_when_a_day_has_seen_a_tenth() {
    let (world, companies) = office_with_phones(150);
    let tenth = companies.len() / 10;
    for company in &companies {
        empty_in_ac(&world, std::slice::from_ref(company));
        world.wait(Duration::from_secs(300));
        world.poll().unwrap();
    }
    assert_eq!(empty_in_tribe_now(&world, &companies), tenth);
    assert!(is_on(&world));
    world.wait(Duration::from_secs(3 * 24 * 3600));
    world.settle().unwrap();
    assert_eq!(empty_in_tribe_now(&world, &companies), tenth, "no brake ends by waiting");
}

#[test]
fn f116_what_users_empty_in_a_week_is_no_brake() {
    let (world, companies) = office_with_phones(150);
    let few = companies.len() / 10 - 1;
    assert!(few >= 3);
    for day in companies[..3 * few].chunks(few) {
        empty_in_ac(&world, day);
        world.settle().unwrap();
        world.wait(Duration::from_secs(25 * 3600));
    }
    world.settle().unwrap();
    assert_eq!(empty_in_tribe_now(&world, &companies), 3 * few);
    assert!(is_off(&world));
    world.assert_same();
}

#[test]
fn f116_it_ends_by_itself_when_the_values_are_back() {
    for side in ["ac", "tribe"] {
        let (world, companies) = office_with_phones(60);
        if side == "ac" {
            empty_in_ac(&world, &companies);
        } else {
            empty_in_tribe(&world, &companies);
        }
        world.poll().unwrap();
        assert!(is_on(&world));
        let writes = world.writes();
        for company in &companies {
            if side == "ac" {
                edit_relatie(&world, company, json!({ FIELD: phone(company) }));
            } else {
                world.edit_in_tribe(&marker(company), &json!({ PROPERTY: phone(company) }));
            }
        }
        world.wait(Duration::from_secs(300));
        let cycle = world.poll().unwrap();
        assert!(cycle.codes().contains(&"brake-ended"), "{side}: {:?}", cycle.codes());
        assert!(is_off(&world), "{side}");
        assert_eq!(world.writes(), writes, "{side}");
        assert!(brake(&world).all().all(|(_, _, losing)| losing.held.is_empty()), "{side}: nothing waits");
        world.assert_same();
    }
}

#[test]
fn f116_the_last_couple_goes_through_when_the_rest_is_back_whichever_cycle_held_it() {
    for cycle in ["initial", "sweep", "poll"] {
        let (world, companies) = office_with_phones(60);
        match cycle {
            "initial" => {
                empty_in_ac(&world, &companies);
                world.initial_sync().unwrap();
            }
            "sweep" => {
                empty_in_ac_without_a_stamp(&world, &companies);
                world.sweep().unwrap();
            }
            _ => {
                empty_in_ac(&world, &companies);
                world.poll().unwrap();
            }
        }
        assert!(is_on(&world), "{cycle}");
        for company in &companies[2..] {
            edit_relatie(&world, company, json!({ FIELD: phone(company) }));
        }
        world.wait(Duration::from_secs(300));
        assert!(world.poll().unwrap().codes().contains(&"brake-ended"), "{cycle}");
        assert!(is_off(&world), "{cycle}");
        assert_eq!(empty_in_tribe_now(&world, &companies), 2, "{cycle}");
        assert!(brake(&world).all().all(|(_, _, losing)| losing.held.is_empty()), "{cycle}: nothing waits");
        world.assert_same();
    }
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
        let _ = sync::release_brake(world.ports(), &world.read_settings(), AMPLE, None);
        world.faults.restart();
        if !is_off(&world) {
            let _ = sync::release_brake(world.ports(), &world.read_settings(), TINY, None);
        }
        world.wait(Duration::from_secs(3600));
        world.settle().unwrap();
        assert_eq!(empty_in_tribe_now(&world, &companies), companies.len(), "crash at {point}");
        assert!(is_off(&world));
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
        assert_eq!(empty_in_tribe_now(&world, &companies[..4]), 4, "crash at {point}");
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
    assert_eq!(relation_of(&world, &companies[1], PROPERTY), phone(&companies[1]));
    // And while the brake is on.
    edit_relatie(&world, &companies[2], json!({"email": "ook@voorbeeld.example"}));
    world.edit_in_tribe(&marker(&companies[3]), &json!({"EmailAddress": "terug@voorbeeld.example"}));
    world.poll().unwrap();
    assert_eq!(relation_of(&world, &companies[2], "EmailAddress"), "ook@voorbeeld.example");
    assert_eq!(relation_in_ac(&world, &companies[3])["email"], "terug@voorbeeld.example");
    assert_eq!(with_phone(&world, &companies[1..]), companies.len() - 1);
}

#[test]
fn f116_once_released_everything_is_cleared_and_the_brake_guards_again() {
    let (world, companies) = office_with_phones(60);
    let most = companies.len() - 3;
    empty_in_ac(&world, &companies[..most]);
    world.poll().unwrap();
    // What users empty on the other side is a column of its own.
    empty_in_tribe(&world, &companies[most..]);
    world.settle().unwrap();
    assert_eq!(with_phone(&world, &companies[..most]), most);
    release(&world);
    world.settle().unwrap();
    release(&world);
    assert_eq!(empty_in_tribe_now(&world, &companies), companies.len());
    assert_eq!(empty_in_ac_now(&world, &companies), companies.len());
    assert!(is_off(&world));
    world.settle().unwrap();
    world.assert_same();
    assert!(!world.poll().unwrap().codes().contains(&"brake-on"));

    give_phones(&world, &companies);
    world.settle().unwrap();
    empty_in_ac(&world, &companies);
    world.poll().unwrap();
    assert_eq!(with_phone(&world, &companies), companies.len());
    assert!(is_on(&world));
}

#[test]
fn f116_a_release_that_is_cut_off_goes_on_with_the_poll() {
    let (world, companies) = office_with_phones(250);
    empty_in_ac(&world, &companies);
    world.poll().unwrap();
    let first = sync::release_brake(world.ports(), &world.read_settings(), TINY, None).unwrap();
    assert_eq!(first.next, advocaatcentraal_tribe::sync::Next::Again);
    assert!(with_phone(&world, &companies) > 0);
    world.poll().unwrap();
    assert_eq!(empty_in_tribe_now(&world, &companies), companies.len());
    assert!(is_off(&world));
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
    assert!(is_off(&world));
    world.assert_same();
}

#[test]
fn f116_a_release_without_a_brake_changes_nothing() {
    let (world, companies) = office_with_phones(14);
    empty_in_ac(&world, &companies[..1]);
    let writes = world.writes();
    let outcome = sync::release_brake(world.ports(), &world.read_settings(), AMPLE, None).unwrap();
    assert_eq!(outcome.notes[0].code.as_str(), "brake-not-on");
    assert_eq!((world.writes(), is_off(&world)), (writes, true));
}

#[test]
fn f116_one_record_can_be_let_through_by_itself() {
    let (world, companies) = office_with_phones(60);
    empty_in_ac(&world, &companies);
    world.poll().unwrap();
    let one = RecordId::Relatie(RelatieId::new(companies[0].as_str()));
    records::resync(world.ports(), &world.read_settings(), AMPLE, &one).unwrap();
    assert_eq!(empty_in_tribe_now(&world, &companies), 1);
    assert!(is_on(&world));
}

#[test]
fn f116_a_field_that_is_left_out_everywhere_brakes_nothing() {
    let (world, companies) = office_with_phones(60);
    for company in &companies {
        world.edit_in_ac(List::Relaties, company, |record| {
            record.remove(FIELD);
            record.insert("website".to_owned(), format!("www.{company}.example").into());
        });
    }
    world.poll().unwrap();
    assert!(is_off(&world));
    assert_eq!(with_phone(&world, &companies), companies.len());
    assert_eq!(relation_of(&world, &companies[0], "Website"), format!("www.{}.example", companies[0]));
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
