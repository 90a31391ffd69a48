//! What is special to a register: a session that ends, ids that count within their list, refusals inside a success.

use std::time::Duration;

use advocaatcentraal_tribe::settings::name;
use advocaatcentraal_tribe::sync::Stop;
use advocaatcentraal_tribe::wording::Why;
use sandbox::advocaatcentraal::List;
use sandbox::{Alteration, Altered, Written};
use serde_json::json;
use tests::World;
use tests::invariants::all_differences;
use tests::support::edit_relatie;

use super::{SYSTEMS, begin, marker, office};

fn register() -> World {
    office(1, SYSTEMS[2])
}

fn sessions(world: &World) -> u64 {
    world.ac.borrow().counters().calls().get(&("POST".to_owned(), "session".to_owned())).copied().unwrap_or_default()
}

#[test]
fn a_session_that_ends_under_way_is_opened_anew() {
    let world = register();
    *world.before_request.borrow_mut() = Some(Box::new(|world, request| {
        if request.target.starts_with("/register") {
            world.wait(Duration::from_secs(400));
        }
    }));
    world.budget.set(advocaatcentraal_tribe::sync::Budget { time: Duration::from_secs(100_000), requests: 100_000 });
    let cycle = world.initial_sync().unwrap();
    assert!(sessions(&world) > 1, "{}", sessions(&world));
    assert!(cycle.counts.created > 10);
    world.edit_in_tribe(&marker(&world), &json!({"PhoneNumber": "020 555 09 09"}));
    assert_eq!(super::try_dialect(&world, false), advocaatcentraal_tribe::sync::Trial::AsBefore);
    world.settle().unwrap();
    assert_eq!(tests::support::relation_in_ac(&world, "1001")["telefoonnummer"], "020 555 09 09");
}

/// A register that stores a write only after a while, and shows it nowhere before.
fn slow_register(seed: u64, stored_after: u64) -> World {
    let world = office(seed, SYSTEMS[2]);
    world.ac.borrow_mut().variants_mut().stored_after = Duration::from_secs(stored_after);
    world
}

#[test]
fn a_write_that_is_stored_later_is_seen_with_the_next_cycles_and_made_once() {
    let world = slow_register(1, 20);
    begin(&world);
    world.edit_in_tribe(&marker(&world), &json!({"PhoneNumber": "020 555 09 09"}));
    let cycle = world.poll().unwrap();
    assert!(cycle.codes().contains(&"not-visible-yet"), "{:?}", cycle.codes());
    let waiting = all_differences(&world).unwrap().into_iter().filter(|found| found.why == Why::Waiting);
    assert_eq!(waiting.filter_map(|found| found.field).collect::<Vec<_>>(), ["organisatie.telefoonnummer"]);
    world.settle().unwrap();
    assert_eq!(tests::support::relation_in_ac(&world, "1001")["telefoonnummer"], "020 555 09 09");
    let of_phone = |written: &&Written| written.members == ["telefoonnummer"];
    assert_eq!(world.ac.borrow().counters().written().filter(of_phone).count(), 1);
    assert_eq!(super::refused_fields(&world), [] as [&str; 0]);
}

#[test]
fn what_a_register_accepts_and_never_stores_is_told_and_keeps_nothing_else_back() {
    let passed_over: Altered = &[("telefoonnummer", Alteration::PassedOver), ("plaats", Alteration::PassedOver)];
    let world = slow_register(1, 20);
    begin(&world);
    world.ac.borrow_mut().variants_mut().altered = passed_over;
    world.edit_in_tribe(&marker(&world), &json!({"PhoneNumber": "020 555 09 09"}));
    let address = world.address_in_tribe(&marker(&world), "VisitingAddress");
    world.edit_by_id(&address, &json!({"City": "Voorbeeldstad"}));
    world.settle().unwrap();
    let written = world.ac.borrow().counters().writes();
    let told = all_differences(&world).unwrap().into_iter().filter(|found| found.why == Why::StoredOtherwise);
    let fields: Vec<_> = told.filter_map(|found| found.field).collect();
    assert_eq!(fields, ["organisatie.telefoonnummer", "hoofdkantoor.plaats"]);
    edit_relatie(&world, "1001", json!({"email": "nieuw@voorbeeld.example"}));
    world.settle().unwrap();
    world.settle().unwrap();
    assert_eq!(world.ac.borrow().counters().writes(), written, "it is not sent again");
    let tribe = world.tribe.borrow();
    let company = tribe.find_by_import_id(&marker(&world))[0];
    assert_eq!(tribe.entity(company).unwrap().text("EmailAddress"), "nieuw@voorbeeld.example");
}

#[test]
fn a_register_that_stores_later_is_kept_the_same_as_tribe() {
    for seed in 1..6 {
        let world = slow_register(seed, 20);
        super::working_day(seed, &world);
        assert_eq!(super::differences(&world), Vec::<String>::new(), "{seed}");
    }
}

#[test]
fn a_key_that_opens_no_session_is_told_as_such_and_is_tried_once() {
    let world = register();
    world.set(name::ADVOCAATCENTRAAL_KEY, "another");
    let stopped = world.initial_sync().unwrap_err();
    assert!(matches!(stopped.error, Stop::Credentials(_)), "{:?}", stopped.error);
    assert_eq!(sessions(&world), 1);
}

#[test]
fn two_relations_of_one_id_are_two_in_tribe_and_an_edit_reaches_the_right_one() {
    let world = register();
    let twin = json!({"id": "person-1001", "soort": "particulier", "status": "actief", "relatietypen": ["client"],
        "naam": "Tweeling Voorbeeld", "telefoon": null, "email": null, "adressen": [],
        "gewijzigd": "2026-03-02T10:00:05+01:00"});
    world.ac.borrow_mut().load(List::Relaties, [twin.as_object().unwrap().clone()]);
    begin(&world);
    let company = world.text_in_tribe("ac:12345:relatie:org-1001", "Name");
    assert_eq!(world.text_in_tribe("ac:12345:relatie:person-1001", "LastName"), "Tweeling Voorbeeld");
    world.edit_in_tribe("ac:12345:relatie:person-1001", &json!({"LastName": "Kanarie"}));
    world.settle().unwrap();
    assert_eq!(tests::support::relation_in_ac(&world, "person-1001")["naam"], "Kanarie");
    assert_eq!(tests::support::relation_in_ac(&world, "1001")["bedrijfsnaam"], company);
}

#[test]
fn a_house_number_that_is_none_goes_where_a_text_can_stand() {
    let world = register();
    begin(&world);
    let address = world.address_in_tribe(&marker(&world), "VisitingAddress");
    for (number, suffix, shown) in [
        (json!(null), "t.o. 5", ["", "", "t.o. 5"]),
        (json!(12), "a hs", ["12", "a", "hs"]),
        (json!(12), "-14 hs", ["12", "", "-14 hs"]),
        (json!(12), "b", ["12", "b", ""]),
    ] {
        world.edit_by_id(&address, &json!({"HouseNumber": number, "HouseNumberSuffix": suffix}));
        world.settle().unwrap();
        let in_ac = tests::support::relation_in_ac(&world, "1001")["adressen"][0].clone();
        let text = |field: &str| in_ac[field].as_str().unwrap_or_default().to_owned();
        let rest = [shown[1], shown[2]].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        assert_eq!((text("huisnummer").as_str(), text("toevoeging")), (shown[0], rest), "{suffix}");
        assert_eq!(super::refused_fields(&world), [] as [&str; 0]);
    }
}
