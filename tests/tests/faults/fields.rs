//! Fields.

use sandbox::advocaatcentraal::{List, Rows, Variants};
use sandbox::tribe::{Character, Null, PutAnswer};
use serde_json::json;
use tests::World;
use tests::faults::Kind;
use tests::support::{
    company_of, contact_of, edit_contact, edit_relatie, person_in_ac, person_of, relation_in_ac, relation_of,
    synced_person,
};

use super::{
    COMPANY, OTHER, PERSON, add_company, conflicts, edit_addresses, letters, marker, office, office_with,
    person_marker, standing,
};

fn address(world: &World, id: &str, property: &str) -> String {
    let address = world.address_in_tribe(&marker(id), "VisitingAddress").parse().unwrap();
    world.tribe.borrow().entity(address).unwrap().text(property)
}

#[test]
fn f67_an_emptied_field_is_emptied_on_the_other_side() {
    let world = office();
    edit_relatie(&world, COMPANY, json!({"email": null}));
    world.edit_in_tribe(&marker(OTHER), &json!({"EmailAddress": null}));
    world.settle().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "EmailAddress"), "");
    assert!(relation_in_ac(&world, OTHER)["email"].as_str().unwrap_or("").is_empty());
}

#[test]
fn f67_a_field_that_tribe_does_not_empty_is_told_once_and_left_alone() {
    for put_answer in [PutAnswer::Entity, PutAnswer::NoContent] {
        let character = Character { null: Null::IsPassedOver, put_answer, ..Character::default() };
        let world = office_with(Variants::default(), character);
        edit_relatie(&world, COMPANY, json!({"telefoonnummer": null}));
        edit_addresses(&world, COMPANY, |addresses| addresses[0]["plaats"] = serde_json::Value::Null);
        let phone = relation_of(&world, COMPANY, "PhoneNumber");
        let cycle = world.poll().unwrap();
        let told: Vec<_> = cycle.notes.iter().filter(|note| note.code.as_str() == "not-cleared").collect();
        let fields: Vec<_> = told.iter().filter_map(|note| note.field.as_deref()).collect();
        assert_eq!(fields.len(), 2, "{fields:?}");
        assert!(fields.contains(&"organisatie.telefoonnummer"), "{fields:?}");
        let writes = world.writes();
        world.settle().unwrap();
        assert_eq!(world.writes(), writes, "{put_answer:?}");
        assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), phone);
        assert!(relation_in_ac(&world, COMPANY)["telefoonnummer"].is_null(), "it does not come back");
        // A value of either side syncs again.
        edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 67 01"}));
        world.settle().unwrap();
        assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 67 01");
    }
}

#[test]
fn f68_a_birth_date_stays_on_its_day_both_ways() {
    let world = office();
    let person = synced_person(&world);
    for date in ["1937-06-30", "1940-05-16", "1973-11-01", "1980-02-29"] {
        edit_contact(&world, &person, json!({"geboortedatum": date}));
        world.settle().unwrap();
        assert_eq!(person_of(&world, &person, "BirthDate"), date);
    }
    world.edit_in_tribe(&person_marker(&person), &json!({"BirthDate": "1921-03-28"}));
    world.settle().unwrap();
    assert_eq!(person_in_ac(&world, &person)["geboortedatum"], "1921-03-28");
}

#[test]
fn f69_a_key_that_is_left_out_clears_nothing() {
    let world = office_with(Variants { rows: Rows::Lean, ..Variants::default() }, Character::default());
    world.assert_same();
    let phone = relation_of(&world, COMPANY, "PhoneNumber");
    world.edit_in_ac(List::Relaties, COMPANY, |record| {
        record.remove("telefoonnummer");
        record.insert("website".to_owned(), "www.anders.example".into());
    });
    world.settle().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), phone);
    assert_eq!(relation_of(&world, COMPANY, "Website"), "www.anders.example");
}

#[test]
fn f70_a_zero_is_a_value() {
    let world = office();
    // Relation 1005 lives at number 0 with the addition 0.
    let number = address(&world, "1005", "HouseNumber") + &address(&world, "1005", "HouseNumberSuffix");
    assert_eq!(number.replace(' ', ""), "00");
    edit_addresses(&world, COMPANY, |addresses| addresses[0]["toevoeging"] = "0".into());
    world.settle().unwrap();
    assert!(address(&world, COMPANY, "HouseNumberSuffix").ends_with('0'));
    world.assert_same();
}

#[test]
fn f71_an_edit_of_one_field_leaves_the_rest_of_the_record() {
    let world = office();
    let person = synced_person(&world);
    let mut expected = person_in_ac(&world, &person);
    expected["voornamen"] = "Hanna".into();
    world.edit_in_tribe(&person_marker(&person), &json!({"FirstName": "Hanna"}));
    world.settle().unwrap();
    assert_eq!(person_in_ac(&world, &person), expected);
}

#[test]
fn f72_a_number_that_is_not_synced_is_not_touched() {
    let world = office();
    world.edit_in_tribe(&marker(COMPANY), &json!({"FinancialEmailAddress": "f@voorbeeld.example", "IBAN": "NL00X"}));
    edit_relatie(&world, COMPANY, json!({"email": null, "telefoonnummer": null}));
    world.settle().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "FinancialEmailAddress"), "f@voorbeeld.example");
    assert_eq!(relation_of(&world, COMPANY, "IBAN"), "NL00X");
}

#[test]
fn f73_of_two_fields_for_one_value_the_edited_one_travels() {
    let world = office();
    let person = synced_person(&world);
    let at = format!("{}@{}", person_marker(&person), company_of(&world, &person));
    let before = contact_of(&world, &person, "MobilePhoneNumber");
    world.edit_in_tribe(&person_marker(&person), &json!({"MobilePhoneNumber": "06 5550 7301"}));
    world.settle().unwrap();
    assert_eq!(person_in_ac(&world, &person)["mobiel"], "06 5550 7301");
    assert_eq!(contact_of(&world, &person, "MobilePhoneNumber"), before);
    world.edit_in_tribe(&person_marker(&person), &json!({"MobilePhoneNumber": "06 5550 7302"}));
    world.edit_in_tribe(&at, &json!({"MobilePhoneNumber": "06 5550 7303"}));
    world.settle().unwrap();
    assert_eq!(person_in_ac(&world, &person)["mobiel"], "06 5550 7303", "the business number goes first");
    assert_eq!(conflicts(&world), ["06 5550 7302"]);
}

#[test]
fn f74_a_value_that_is_too_long_is_a_dead_letter_and_the_other_fields_go_on() {
    let world = office();
    let long = "x".repeat(300);
    world.edit_in_tribe(&marker(COMPANY), &json!({"Name": long, "PhoneNumber": "020 555 74 01"}));
    world.edit_in_tribe(&marker(OTHER), &json!({"PhoneNumber": "020 555 74 02"}));
    world.settle().unwrap();
    assert_eq!(relation_in_ac(&world, COMPANY)["telefoonnummer"], "020 555 74 01");
    assert_eq!(relation_in_ac(&world, COMPANY)["bedrijfsnaam"], "Voorbeeld Logistiek B.V.", "never cut");
    assert_eq!(relation_in_ac(&world, OTHER)["telefoonnummer"], "020 555 74 02");
    assert_eq!(letters(&world), 1);
}

#[test]
fn f75_nothing_is_cut() {
    let world = office();
    let name = format!("{}ëë B.V.", "a".repeat(39));
    edit_relatie(&world, COMPANY, json!({"bedrijfsnaam": name}));
    world.settle().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "Name"), name);
}

#[test]
fn f76_every_character_comes_through_and_broken_bytes_are_no_value() {
    let world = office();
    edit_relatie(&world, COMPANY, json!({"bedrijfsnaam": "Café 🦊 Öz B.V."}));
    world.faults.plan(Kind::BadUtf8, "GET", "/relaties?", 1);
    assert!(world.poll().is_err());
    poll_and_settle(&world);
    assert_eq!(relation_of(&world, COMPANY, "Name"), "Café 🦊 Öz B.V.");
    world.edit_in_tribe(&marker(COMPANY), &json!({"Name": "Čaj 🫖 & Zn."}));
    world.settle().unwrap();
    assert_eq!(relation_in_ac(&world, COMPANY)["bedrijfsnaam"], "Čaj 🫖 & Zn.");
}

fn poll_and_settle(world: &World) {
    world.poll().unwrap();
    world.settle().unwrap();
}

#[test]
fn f77_a_composed_and_a_decomposed_accent_are_one() {
    let world = office();
    edit_relatie(&world, COMPANY, json!({"bedrijfsnaam": "Café Voorbeeld"}));
    world.settle().unwrap();
    world.edit_in_tribe(&marker(COMPANY), &json!({"Name": "Cafe\u{301} Voorbeeld"}));
    let writes = world.writes();
    world.settle().unwrap();
    assert_eq!(world.writes(), writes);
    assert_eq!(relation_in_ac(&world, COMPANY)["bedrijfsnaam"], "Café Voorbeeld");
}

#[test]
fn f78_a_telephone_number_is_never_rewritten() {
    let world = office();
    for number in ["0032 2 123 45 67", "06-12345678 (na 17u)", "+31 (0)20 555 78 01", "020/555.78.02 tst 12"] {
        edit_relatie(&world, COMPANY, json!({"telefoonnummer": number}));
        world.settle().unwrap();
        assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), number);
        assert_eq!(relation_in_ac(&world, COMPANY)["telefoonnummer"], number);
    }
}

#[test]
fn f79_leading_zeros_stay() {
    let world = office();
    assert_eq!(relation_of(&world, COMPANY, "ChamberOfCommerceNumber"), "01234567");
    assert_eq!(address(&world, "1004", "Postalcode"), "01067", "in Dresden");
    let id = add_company(&world, json!({"kvk": "1234567"}));
    world.settle().unwrap();
    assert_eq!(relation_of(&world, &id, "ChamberOfCommerceNumber"), "01234567");
}

#[test]
fn f80_a_tussenvoegsel_stays_in_its_field() {
    let world = office();
    let person = synced_person(&world);
    edit_contact(&world, &person, json!({"tussenvoegsels": "van der", "achternaam": "Voorbeeld"}));
    for round in 0..3 {
        world.edit_in_tribe(&person_marker(&person), &json!({"FirstName": format!("Hanna {round}")}));
        world.settle().unwrap();
    }
    let in_ac = person_in_ac(&world, &person);
    assert_eq!((in_ac["tussenvoegsels"].as_str(), in_ac["achternaam"].as_str()), (Some("van der"), Some("Voorbeeld")));
    assert_eq!(person_of(&world, &person, "MiddleName"), "van der");
    assert_eq!(person_of(&world, &person, "LastName"), "Voorbeeld");
}

#[test]
fn f81_a_type_that_is_renamed_stays_the_same_and_one_that_is_gone_holds_up_only_its_own() {
    let world = office();
    world.ac.borrow_mut().relatietypen_mut()[0].1 = "Opdrachtgever".to_owned();
    let writes = world.writes();
    world.poll().unwrap();
    assert_eq!(world.writes(), writes);
    let gone = "11111111-2222-4333-8444-555555555555";
    let types = json!({"client": "customer", "betalende-partij": "prospect", "leverancier": "supplier", "rvr": gone});
    world.set("relation-types", &types.to_string());
    let of_gone = add_company(&world, json!({"relatietypen": ["rvr"]}));
    let other = add_company(&world, json!({}));
    world.poll().unwrap();
    assert_eq!(standing(&world, &format!("{}#rvr", marker(&of_gone))), 0);
    assert_eq!(standing(&world, &marker(&other)), 1);
}

#[test]
fn f82_nine_of_ten_are_written_and_one_is_a_dead_letter() {
    let world = office();
    let ids: Vec<String> = (0..10).map(|n| add_company(&world, json!({"kvk": format!("1000000{n}")}))).collect();
    let mut creates = 0;
    world.before_request.borrow_mut().replace(Box::new(move |world, request| {
        creates += u32::from(request.method == "POST");
        if request.method == "POST" && creates == 4 {
            world.faults.plan(Kind::Status413, "POST", "Customer", 1);
        }
    }));
    let cycle = world.poll().unwrap();
    let counts = cycle.counts;
    assert_eq!((counts.created, counts.dead_lettered), (9, 1), "{counts:?}");
    // The tenth stands without its role, which is what was refused (D16).
    let role = |id: &&String| format!("{}#client", marker(id));
    assert_eq!(ids.iter().filter(|id| standing(&world, &marker(id)) == 1).count(), 10);
    assert_eq!(ids.iter().filter(|id| standing(&world, &role(id)) == 1).count(), 9);
}

#[test]
fn f83_a_house_number_comes_back_as_ac_wrote_it() {
    let world = office();
    for (number, addition) in [("12-14", "hs"), ("t.o. 5", ""), ("", ""), ("7", "bis-2"), ("0", "")] {
        edit_addresses(&world, COMPANY, |addresses| {
            addresses[0]["huisnummer"] = number.into();
            addresses[0]["toevoeging"] = addition.into();
        });
        world.settle().unwrap();
        let id = world.address_in_tribe(&marker(COMPANY), "VisitingAddress");
        world.edit_by_id(&id, &json!({"City": format!("Stad {number}{addition}")}));
        world.settle().unwrap();
        let stored = &relation_in_ac(&world, COMPANY)["adressen"][0];
        assert_eq!((stored["huisnummer"].as_str(), stored["toevoeging"].as_str()), (Some(number), Some(addition)));
    }
}

#[test]
fn f84_of_two_addresses_of_one_type_always_the_same_is_synced() {
    let world = office();
    edit_addresses(&world, COMPANY, |addresses| {
        let mut second = addresses[0].clone();
        second["id"] = "a9".into();
        second["straat"] = "Tweede Straat".into();
        addresses.insert(0, second);
    });
    let cycle = world.poll().unwrap();
    assert!(cycle.codes().contains(&"several-of-one"));
    assert_eq!(address(&world, COMPANY, "Street"), "Keizersgracht");
    let writes = world.writes();
    edit_addresses(&world, COMPANY, |addresses| addresses.iter_mut().for_each(|a| a["type"] = "factuuradres".into()));
    world.settle().unwrap();
    assert_eq!(world.writes(), writes, "a type that is not synced leaves Tribe as it is");
    assert_eq!(address(&world, COMPANY, "Street"), "Keizersgracht");
    assert_eq!(standing(&world, &marker(PERSON)), 1);
}
