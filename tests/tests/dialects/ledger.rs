//! What is special to a ledger: nothing tells what changed, contact persons stand below their relation, numbers.

use advocaatcentraal_tribe::setup::check;
use advocaatcentraal_tribe::wording::Code;
use sandbox::advocaatcentraal::List;
use serde_json::{Value, json};
use tests::World;
use tests::support::relation_in_ac;

use super::{SYSTEMS, begin, marker, office, refused_fields};

fn ledger() -> World {
    office(1, SYSTEMS[3])
}

#[test]
fn a_kvk_number_that_is_a_number_keeps_its_zeros_in_tribe_and_is_no_oddity() {
    let world = ledger();
    world.edit_in_ac(List::Relaties, "1001", |fields| drop(fields.insert("kvk".to_owned(), "00123456".into())));
    let cycle = world.initial_sync().unwrap();
    assert_eq!(world.text_in_tribe(&marker(&world), "ChamberOfCommerceNumber"), "00123456");
    assert!(!cycle.codes().contains(&"lost-zero"));
}

#[test]
fn a_point_of_contact_is_made_and_emptied_and_its_neighbours_stay() {
    let world = ledger();
    world.edit_in_ac(List::Relaties, "1001", |fields| {
        fields.insert("email".to_owned(), Value::Null);
        fields.insert("fax".to_owned(), "020 555 01 99".into());
    });
    begin(&world);
    let phone = relation_in_ac(&world, "1001")["telefoonnummer"].clone();
    for (email, expected) in [(json!("kanarie@voorbeeld.example"), "kanarie@voorbeeld.example"), (Value::Null, "")] {
        world.edit_in_tribe(&marker(&world), &json!({ "EmailAddress": email }));
        world.settle().unwrap();
        let in_ac = relation_in_ac(&world, "1001");
        assert_eq!(in_ac["email"].as_str().unwrap_or_default(), expected);
        assert_eq!((&in_ac["telefoonnummer"], &in_ac["fax"]), (&phone, &json!("020 555 01 99")));
    }
    assert_eq!(refused_fields(&world), [] as [&str; 0]);
}

#[test]
fn a_check_tells_nothing_of_stamps_that_are_not_there() {
    let told = |world: &World| {
        let found = check(world.ports(), &world.read_settings(), None).unwrap();
        let of_stamps = [Code::StampsWithOffset, Code::StampsWithoutOffset];
        found
            .into_iter()
            .map(|finding| finding.code)
            .filter(|code| of_stamps.iter().any(|of| *code == (*of).into()))
            .collect::<Vec<_>>()
    };
    assert_eq!(told(&ledger()), []);
    assert_eq!(told(&office(1, SYSTEMS[2])), [Code::StampsWithoutOffset.into()]);
}

#[test]
fn a_write_sends_only_what_changed() {
    let world = ledger();
    begin(&world);
    world.edit_in_tribe(&marker(&world), &json!({"Name": "Kanarie B.V."}));
    world.settle().unwrap();
    let ac = world.ac.borrow();
    let last = ac.counters().written().next_back().unwrap();
    assert_eq!(last.members, ["bedrijfsnaam"]);
}

#[test]
fn what_a_user_of_ac_writes_between_a_write_and_the_reading_after_it_is_an_edit() {
    let world = ledger();
    begin(&world);
    let mut is_written = false;
    *world.before_request.borrow_mut() = Some(Box::new(move |world, request| {
        if is_written && request.method == "GET" && request.target.ends_with("/relations/1001") {
            is_written = false;
            let edit = |fields: &mut serde_json::Map<String, Value>| {
                fields.insert("telefoonnummer".to_owned(), "020 555 17 02".into());
            };
            assert!(world.edit_in_ac(List::Relaties, "1001", edit));
        }
        is_written |= request.method == "PUT" && request.target.ends_with("/relations/1001");
    }));
    world.edit_in_tribe(&marker(&world), &json!({"PhoneNumber": "020 555 17 01"}));
    world.settle().unwrap();
    *world.before_request.borrow_mut() = None;
    assert_eq!(relation_in_ac(&world, "1001")["telefoonnummer"], "020 555 17 02");
    assert_eq!(world.text_in_tribe(&marker(&world), "PhoneNumber"), "020 555 17 02");
    assert_eq!(refused_fields(&world), [] as [&str; 0]);
}

#[test]
fn an_address_that_cannot_be_made_there_stays_in_tribe() {
    let world = ledger();
    world.edit_in_ac(List::Relaties, "1001", |fields| drop(fields.insert("adressen".to_owned(), json!([]))));
    begin(&world);
    let id = world.tribe.borrow().find_by_import_id(&marker(&world))[0];
    let address = json!({"Street": "Kanariehof", "HouseNumber": 7, "City": "Kanariedorp"});
    world.add_address_in_tribe(id, "VisitingAddress", &address).unwrap();
    world.settle().unwrap();
    world.settle().unwrap();
    assert_eq!(relation_in_ac(&world, "1001")["adressen"], json!([]));
    assert_eq!(world.violations(), 0);
}
