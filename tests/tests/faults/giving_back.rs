//! What the connector cleared or overwrote can be given back: a field, a record, a run, a brake.

use std::time::Duration;

use advocaatcentraal_tribe::link::{BrakeState, Reason, Side};
use advocaatcentraal_tribe::relation::{Instant, RelatieId};
use advocaatcentraal_tribe::settings::name;
use advocaatcentraal_tribe::sync::records::{self, RecordId, Which};
use advocaatcentraal_tribe::sync::{Budget, Next};
use serde_json::json;
use tests::World;
use tests::support::{
    company_of, contact_of, edit_contact, edit_relatie, kept, person_in_ac, person_of, relation_in_ac, relation_of,
    synced_person,
};

use super::phones::*;
use super::{COMPANY, OTHER, marker, office, person_marker};

fn company(id: &str) -> RecordId {
    RecordId::Relatie(RelatieId::new(id))
}

fn undo_with(world: &World, which: &Which, even_if_moved: bool, budget: Budget) -> Vec<&'static str> {
    let mut codes = Vec::new();
    loop {
        let outcome = records::undo(world.ports(), &world.read_settings(), budget, which, even_if_moved).unwrap();
        codes.extend(outcome.notes.iter().map(|note| note.code.as_str()));
        if outcome.next == Next::Done {
            return codes;
        }
    }
}

fn undo(world: &World, which: &Which) -> Vec<&'static str> {
    undo_with(world, which, false, AMPLE)
}

fn phone_of(world: &World, id: &str) -> (String, String) {
    let ac = relation_in_ac(world, id)[FIELD].as_str().unwrap_or_default().to_owned();
    (ac, relation_of(world, id, PROPERTY))
}

fn both(value: &str) -> (String, String) {
    (value.to_owned(), value.to_owned())
}

#[test]
fn f116_what_is_cleared_or_overwritten_on_either_side_is_kept() {
    let world = office();
    let before = phone_of(&world, COMPANY);
    edit_relatie(&world, COMPANY, json!({ FIELD: "020 5551001", "email": null }));
    world.edit_in_tribe(&marker(OTHER), &json!({ PROPERTY: "020 5551002", "EmailAddress": null }));
    let email = (relation_of(&world, COMPANY, "EmailAddress"), relation_in_ac(&world, OTHER)["email"].clone());
    let phone = relation_in_ac(&world, OTHER)[FIELD].clone();
    world.settle().unwrap();
    let mut found: Vec<(String, Side, String, Reason)> =
        kept(&world).into_iter().map(|(_, kept)| (kept.slot, kept.side, kept.lost, kept.reason)).collect();
    found.sort_by_key(|(slot, side, ..)| (slot.clone(), *side));
    let (mail, telephone) = ("organisatie.email".to_owned(), "organisatie.telefoonnummer".to_owned());
    let expected = [
        (mail.clone(), Side::AdvocaatCentraal, email.1.as_str().unwrap().to_owned(), Reason::Cleared),
        (mail, Side::Tribe, email.0, Reason::Cleared),
        (telephone.clone(), Side::AdvocaatCentraal, phone.as_str().unwrap().to_owned(), Reason::Overwritten),
        (telephone, Side::Tribe, before.1, Reason::Overwritten),
    ];
    assert_eq!(found, expected);
}

#[test]
fn f116_one_field_of_a_record_is_given_back_to_both_sides() {
    let world = office();
    let before = phone_of(&world, COMPANY);
    let email = relation_of(&world, COMPANY, "EmailAddress");
    edit_relatie(&world, COMPANY, json!({ FIELD: "020 5551001", "email": "fout@voorbeeld.example" }));
    world.settle().unwrap();
    let which = Which::Field(company(COMPANY), "organisatie.telefoonnummer".to_owned());
    assert_eq!(undo(&world, &which), Vec::<&str>::new());
    world.settle().unwrap();
    assert_eq!(phone_of(&world, COMPANY), before);
    assert_eq!(relation_of(&world, COMPANY, "EmailAddress"), "fout@voorbeeld.example");
    assert_eq!(undo(&world, &Which::Record(company(COMPANY))), Vec::<&str>::new());
    world.settle().unwrap();
    assert_eq!(phone_of(&world, COMPANY), before, "what was given back is not undone");
    assert_eq!(relation_of(&world, COMPANY, "EmailAddress"), email);
    world.assert_same();
}

#[test]
fn f116_what_was_changed_since_is_left_alone_unless_told_to_go_on() {
    let world = office();
    let before = phone_of(&world, COMPANY);
    edit_relatie(&world, COMPANY, json!({ FIELD: "020 5551001" }));
    world.settle().unwrap();
    let id = kept(&world)[0].0.as_str().to_owned();
    world.edit_in_tribe(&marker(COMPANY), &json!({ PROPERTY: "020 5551002" }));
    let writes = world.writes();
    assert_eq!(undo(&world, &Which::One(id.clone())), ["moved-since"]);
    assert_eq!(world.writes(), writes, "not even the new number travels");
    undo_with(&world, &Which::One(id), true, AMPLE);
    world.settle().unwrap();
    assert_eq!(phone_of(&world, COMPANY).1, before.1);
    assert!(kept(&world).iter().any(|(_, kept)| kept.lost == "020 5551002" && kept.reason == Reason::GivenBack));
    world.assert_same();
}

#[test]
fn f116_the_giving_back_can_be_undone_too() {
    let world = office();
    edit_relatie(&world, COMPANY, json!({ FIELD: "020 5551001" }));
    world.settle().unwrap();
    undo(&world, &Which::Record(company(COMPANY)));
    world.settle().unwrap();
    let given_back = kept(&world).into_iter().find(|(_, kept)| kept.reason == Reason::GivenBack).unwrap();
    assert_eq!(given_back.1.lost, "020 5551001");
    undo(&world, &Which::One(given_back.0.as_str().to_owned()));
    world.settle().unwrap();
    assert_eq!(phone_of(&world, COMPANY), both("020 5551001"));
}

#[test]
fn f116_restoring_a_conflict_writes_only_the_place_that_lost() {
    let world = office();
    let person = synced_person(&world);
    let at = format!("{}@{}", person_marker(&person), company_of(&world, &person));
    edit_contact(&world, &person, json!({"mobiel": "06 55500001"}));
    // Both places were changed too: one of them gives way, so that AC's value stands somewhere (D15).
    world.edit_in_tribe(&at, &json!({"MobilePhoneNumber": "06 55500002"}));
    world.edit_in_tribe(&person_marker(&person), &json!({"MobilePhoneNumber": "06 55500003"}));
    world.settle().unwrap();
    assert_eq!(contact_of(&world, &person, "MobilePhoneNumber"), "06 55500001");
    let conflicts = tests::support::conflicts(&world);
    let [(id, conflict)] = conflicts.as_slice() else { panic!("{conflicts:?}") };
    assert_eq!(conflict.lost, "06 55500002");
    undo(&world, &Which::One(id.as_str().to_owned()));
    world.settle().unwrap();
    assert_eq!(contact_of(&world, &person, "MobilePhoneNumber"), "06 55500002");
    assert_eq!(person_in_ac(&world, &person)["mobiel"], "06 55500002");
    assert_eq!(person_of(&world, &person, "MobilePhoneNumber"), "06 55500003", "the other field never lost anything");
}

#[test]
fn f116_a_value_of_acs_is_given_back_without_touching_a_sibling_that_a_user_made_different() {
    let world = office();
    let person = synced_person(&world);
    let at = format!("{}@{}", person_marker(&person), company_of(&world, &person));
    let before = person_in_ac(&world, &person)["mobiel"].clone();
    world.edit_in_tribe(&person_marker(&person), &json!({"MobilePhoneNumber": "06 55500003"}));
    world.settle().unwrap();
    world.edit_in_tribe(&at, &json!({"MobilePhoneNumber": "06 55500004"}));
    world.settle().unwrap();
    let lost = kept(&world).into_iter().find(|(_, kept)| kept.lost == "06 55500003").unwrap();
    assert_eq!(lost.1.side, Side::AdvocaatCentraal);
    undo(&world, &Which::One(lost.0.as_str().to_owned()));
    world.settle().unwrap();
    assert_eq!(person_in_ac(&world, &person)["mobiel"], "06 55500003");
    assert_eq!(contact_of(&world, &person, "MobilePhoneNumber"), "06 55500003");
    assert_ne!(before, "06 55500003");
}

#[test]
fn f116_a_run_is_undone_by_its_time_and_nothing_else_is() {
    let (world, companies) = office_with_phones(60);
    let tenth = companies.len() / 10;
    empty_in_ac(&world, &companies[..1]);
    world.settle().unwrap();
    world.wait(Duration::from_secs(600));
    let from = Instant::from_millis(world.now().as_millis());
    empty_in_tribe(&world, &companies[1..=tenth.max(2)]);
    world.settle().unwrap();
    let to = Instant::from_millis(world.now().as_millis());
    undo(&world, &Which::Between(from, to));
    world.settle().unwrap();
    assert_eq!(with_phone(&world, &companies), companies.len() - 1);
    assert_eq!(empty_in_ac_now(&world, &companies), 1);
    world.assert_same();
}

#[test]
fn f116_taking_a_brake_back_gives_every_value_back_also_those_that_went_before() {
    for side in ["ac", "tribe"] {
        let (world, companies) = office_with_phones(150);
        let tenth = companies.len() / 10;
        for some in [&companies[..tenth], &companies[tenth..]] {
            if side == "ac" {
                empty_in_ac(&world, some);
            } else {
                empty_in_tribe(&world, some);
            }
            world.poll().unwrap();
            world.wait(Duration::from_secs(600));
        }
        assert!(is_on(&world), "{side}");
        assert!(with_phone(&world, &companies) < companies.len(), "{side}");
        take_back(&world, None);
        world.settle().unwrap();
        assert_eq!(empty_in_ac_now(&world, &companies), 0, "{side}");
        assert_eq!(with_phone(&world, &companies), companies.len(), "{side}");
        assert!(standing(&world).is_empty());
        world.assert_same();
    }
}

#[test]
fn f116_taking_back_what_was_only_held_tells_of_no_value_that_is_not_kept() {
    let (world, companies) = office_with_phones(60);
    empty_in_ac(&world, &companies);
    world.poll().unwrap();
    assert_eq!(with_phone(&world, &companies), companies.len(), "all of it is held");
    assert_eq!(take_back(&world, None), Vec::<&str>::new());
    assert_eq!(empty_in_ac_now(&world, &companies), 0);
}

#[test]
fn f116_a_taking_back_that_is_cut_off_goes_on_with_the_poll() {
    let (world, companies) = office_with_phones(250);
    empty_in_ac(&world, &companies);
    world.poll().unwrap();
    let first = records::undo(world.ports(), &world.read_settings(), TINY, &Which::Brake(0), false).unwrap();
    assert_eq!(first.next, Next::Again);
    assert_eq!(standing(&world)[0].1, BrakeState::TakingBack);
    world.poll().unwrap();
    assert_eq!(empty_in_ac_now(&world, &companies), 0);
    assert_eq!(with_phone(&world, &companies), companies.len());
    assert!(standing(&world).is_empty());
}

#[test]
fn f116_a_brake_that_was_let_through_by_mistake_is_undone() {
    let (world, companies) = office_with_phones(60);
    empty_in_ac(&world, &companies);
    world.poll().unwrap();
    release(&world);
    assert_eq!(empty_in_tribe_now(&world, &companies), companies.len());
    world.wait(Duration::from_secs(3600));
    world.settle().unwrap();
    undo_with(&world, &Which::Brake(0), false, AMPLE);
    world.settle().unwrap();
    assert_eq!(with_phone(&world, &companies), companies.len());
    assert_eq!(empty_in_ac_now(&world, &companies), 0);
    world.assert_same();
}

#[test]
fn f116_an_undo_in_small_slices_goes_on_where_it_stopped() {
    let (world, companies) = office_with_phones(250);
    empty_in_ac(&world, &companies);
    world.poll().unwrap();
    release(&world);
    // One of them was filled again by hand: it stays, and is told once.
    edit_relatie(&world, &companies[0], json!({ FIELD: "020 5559999" }));
    world.settle().unwrap();
    let codes = undo_with(&world, &Which::Brake(0), false, TINY);
    assert_eq!(codes.iter().filter(|code| **code == "moved-since").count(), 1);
    world.settle().unwrap();
    assert_eq!(with_phone(&world, &companies[1..]), companies.len() - 1);
    assert_eq!(phone_of(&world, &companies[0]), both("020 5559999"));
}

#[test]
fn f116_values_are_kept_for_as_long_as_is_set_and_then_no_trace_of_them_is() {
    for (days, kept_days) in [(None, 30), (Some("7"), 7), (Some("0"), 0)] {
        let world = office();
        if let Some(days) = days {
            world.settings.borrow_mut().insert(name::KEPT_DAYS.to_owned(), days.to_owned());
        }
        let lost = relation_of(&world, COMPANY, PROPERTY);
        edit_relatie(&world, COMPANY, json!({ FIELD: "020 5551001" }));
        world.settle().unwrap();
        let is_kept = || {
            let store = world.store.dump();
            store.iter().any(|(key, value)| key.contains("/kept/") && String::from_utf8_lossy(value).contains(&lost))
        };
        assert_eq!(is_kept(), kept_days > 0, "{days:?}");
        if kept_days > 0 {
            world.wait(Duration::from_secs(kept_days * 24 * 3600 - 3600));
            world.settle().unwrap();
            assert!(is_kept(), "{days:?}");
            world.wait(Duration::from_secs(2 * 3600));
            world.settle().unwrap();
        }
        assert!(!is_kept(), "{days:?}");
        assert!(kept(&world).is_empty(), "{days:?}");
    }
}

#[test]
fn f116_a_house_number_is_given_back_in_its_own_two_members() {
    let world = office();
    let addresses = relation_in_ac(&world, COMPANY)["adressen"].clone();
    super::edit_addresses(&world, COMPANY, |addresses| {
        addresses[0]["huisnummer"] = "99".into();
        addresses[0]["toevoeging"] = "".into();
    });
    world.settle().unwrap();
    assert_ne!(relation_in_ac(&world, COMPANY)["adressen"], addresses);
    undo(&world, &Which::Record(company(COMPANY)));
    world.settle().unwrap();
    let now = relation_in_ac(&world, COMPANY)["adressen"].clone();
    let number = |of: &serde_json::Value| format!("{} {}", of[0]["huisnummer"], of[0]["toevoeging"]).replace('"', "");
    assert!(!now[0]["huisnummer"].as_str().unwrap().contains(' '), "{now}");
    assert_eq!(number(&now).replace(' ', ""), number(&addresses).replace(' ', ""));
}

#[test]
fn f116_a_house_number_that_tribe_went_over_is_given_back_to_the_two_members_of_ac() {
    let world = office();
    super::edit_addresses(&world, COMPANY, |addresses| {
        (addresses[0]["huisnummer"], addresses[0]["toevoeging"]) = ("12".into(), "hs".into());
    });
    world.settle().unwrap();
    let addresses = relation_in_ac(&world, COMPANY)["adressen"].clone();
    let in_tribe = world.address_in_tribe(&marker(COMPANY), "VisitingAddress");
    world.edit_by_id(&in_tribe, &json!({"HouseNumber": 99, "HouseNumberSuffix": "bis"}));
    world.settle().unwrap();
    assert_ne!(relation_in_ac(&world, COMPANY)["adressen"], addresses);
    undo(&world, &Which::Field(company(COMPANY), "hoofdkantoor.huisnummer".to_owned()));
    world.settle().unwrap();
    assert_eq!(relation_in_ac(&world, COMPANY)["adressen"], addresses);
    world.assert_same();
}

#[test]
fn f116_a_value_that_stands_in_its_place_is_said_to_and_nothing_is_written() {
    let world = office();
    let person = synced_person(&world);
    let at = format!("{}@{}", person_marker(&person), company_of(&world, &person));
    world.edit_in_tribe(&at, &json!({"MobilePhoneNumber": "06 55500002"}));
    world.edit_in_tribe(&person_marker(&person), &json!({"MobilePhoneNumber": "06 55500003"}));
    world.settle().unwrap();
    let conflicts = tests::support::conflicts(&world);
    let [(id, conflict)] = conflicts.as_slice() else { panic!("{conflicts:?}") };
    assert_eq!(conflict.lost, "06 55500003", "it did not reach AC, and stands in Tribe");
    let writes = world.writes();
    assert_eq!(undo(&world, &Which::One(id.as_str().to_owned())), ["stands-there"]);
    assert_eq!((world.writes(), person_of(&world, &person, "MobilePhoneNumber").as_str()), (writes, "06 55500003"));
}
