//! Addresses: their slots, how a house number is cut in two, the names of countries, and removed addresses.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use sandbox::advocaatcentraal::Variants;
use sandbox::tribe::{Character, CountryCodes, Guid};
use serde_json::{Value, json};
use tests::World;
use tests::support::{edit_relatie, relation_in_ac, relation_of};

fn synced(soort: &str, addresses: &Value) -> (World, String) {
    synced_with(World::new(3, 13), soort, addresses)
}

fn synced_with(world: World, soort: &str, addresses: &Value) -> (World, String) {
    let name = if soort == "bedrijf" { "bedrijfsnaam" } else { "naam" };
    let fields = json!({"soort": soort, "relatietypen": ["client"], name: "Voorbeeld Adres", "adressen": addresses});
    let id = world.ac.borrow_mut().add_relatie(world.now(), fields.as_object().unwrap().clone());
    world.initial_sync().unwrap();
    world.settle().unwrap();
    (world, id)
}

fn address(kind: &str, street: &str, number: &str, suffix: Option<&str>, land: &str) -> Value {
    json!({"type": kind, "straat": street, "huisnummer": number, "toevoeging": suffix, "postcode": "1015 CS",
        "plaats": "Amsterdam", "land": land})
}

fn in_slot(world: &World, id: &str, slot: &str) -> Option<Guid> {
    let tribe = world.tribe.borrow();
    let owner = *tribe.find_by_import_id(&format!("ac:12345:relatie:{id}")).first().unwrap();
    tribe.entity(owner).unwrap().link(slot)
}

fn says(world: &World, id: &str, slot: &str, property: &str) -> String {
    let address = in_slot(world, id, slot).unwrap_or_else(|| panic!("no {slot}"));
    let tribe = world.tribe.borrow();
    match tribe.entity(address).unwrap().link(property) {
        Some(row) => tribe.entity(row).unwrap().text("Code"),
        None => tribe.entity(address).unwrap().text(property),
    }
}

#[test]
fn each_type_of_address_has_its_slot_and_one_without_a_slot_is_noted_and_left_out() {
    let addresses = json!([
        address("hoofdkantoor", "Keizersgracht", "1", None, "NL"),
        address("postadres", "Singel", "2", None, "NL"),
    ]);
    let (world, id) = synced("bedrijf", &addresses);
    assert_eq!(says(&world, &id, "VisitingAddress", "Street"), "Keizersgracht");
    assert_eq!(says(&world, &id, "PostalAddress", "Street"), "Singel");
    let addresses =
        json!([address("prive", "Prinsengracht", "3", None, "NL"), address("postadres", "Singel", "4", None, "NL"),]);
    let (world, id) = synced("particulier", &addresses);
    assert_eq!(says(&world, &id, "Address", "Street"), "Prinsengracht");
    assert_eq!(world.tribe.borrow().set("Address").filter(|address| address.text("HouseNumber") == "4").count(), 0);
    edit_relatie(&world, &id, json!({"naam": "Voorbeeld Anders"}));
    assert!(world.poll().unwrap().codes().contains(&"address-without-slot"));
}

#[test]
fn a_post_office_box_is_a_street_and_a_number_and_comes_back_as_it_was() {
    for (street, number) in [("Postbus", "123"), ("Postbus 123", "")] {
        let (world, id) = synced("bedrijf", &json!([address("postadres", street, number, None, "NL")]));
        assert_eq!(says(&world, &id, "PostalAddress", "Street"), street);
        assert_eq!(says(&world, &id, "PostalAddress", "HouseNumber"), number);
        world.assert_same();
        let before = relation_in_ac(&world, &id)["adressen"][0].clone();
        let tribe_id = in_slot(&world, &id, "PostalAddress").unwrap().to_string();
        world.edit_by_id(&tribe_id, &json!({"City": "Utrecht"}));
        world.push(&[&tribe_id]).unwrap();
        let mut expected = before;
        expected["plaats"] = "Utrecht".into();
        assert_eq!(relation_in_ac(&world, &id)["adressen"][0], expected);
    }
}

#[test]
fn letters_in_a_house_number_go_to_the_addition_and_come_back_where_they_stood() {
    for (number, suffix) in [("12a", None), ("12-14", Some("hs")), ("7", Some("bis A")), ("3 II", None)] {
        let (world, id) = synced("bedrijf", &json!([address("hoofdkantoor", "Gracht", number, suffix, "NL")]));
        let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
        assert_eq!(says(&world, &id, "VisitingAddress", "HouseNumber"), digits, "{number}");
        assert!(!says(&world, &id, "VisitingAddress", "HouseNumberSuffix").is_empty(), "{number}");
        world.assert_same();
        let before = relation_in_ac(&world, &id)["adressen"][0].clone();
        let tribe_id = in_slot(&world, &id, "VisitingAddress").unwrap().to_string();
        world.edit_by_id(&tribe_id, &json!({"Street": "Laan"}));
        world.push(&[&tribe_id]).unwrap();
        let stored = &relation_in_ac(&world, &id)["adressen"][0];
        assert_eq!((&stored["huisnummer"], &stored["toevoeging"]), (&before["huisnummer"], &before["toevoeging"]));
        assert_eq!(stored["straat"], "Laan");
    }
}

#[test]
fn a_foreign_address_keeps_its_postcode_and_gets_its_country() {
    let mut foreign = address("hoofdkantoor", "Rue de l'Exemple", "14", Some("ter"), "Frankrijk");
    foreign["postcode"] = "F-75001".into();
    foreign["plaats"] = "Paris".into();
    let (world, id) = synced("bedrijf", &json!([foreign]));
    assert_eq!(says(&world, &id, "VisitingAddress", "Postalcode"), "F-75001");
    assert_eq!(says(&world, &id, "VisitingAddress", "Country"), "FR");
    world.assert_same();
}

#[test]
fn a_country_is_known_by_its_code_and_by_its_dutch_and_english_name() {
    for land in ["Nederland", "NL", "nl", "Netherlands", "The Netherlands"] {
        let (world, id) = synced("bedrijf", &json!([address("hoofdkantoor", "Gracht", "1", None, land)]));
        assert_eq!(says(&world, &id, "VisitingAddress", "Country"), "NL", "{land}");
        let before = world.writes();
        edit_relatie(&world, &id, json!({"adressen": [address("hoofdkantoor", "Gracht", "1", None, "Nederland")]}));
        world.settle().unwrap();
        assert_eq!(world.writes(), before, "another word for {land} is no change");
    }
}

#[test]
fn a_country_whose_code_is_a_number_is_known_by_its_name() {
    let character = Character { country_codes: CountryCodes::Numbers, ..Character::default() };
    for land in ["NL", "ES", "SR"] {
        let (world, id) = synced_with(
            World::with(3, 13, Variants::default(), character.clone()),
            "bedrijf",
            &json!([address("hoofdkantoor", "Gracht", "1", None, land)]),
        );
        let row = in_slot(&world, &id, "VisitingAddress").unwrap();
        assert!(world.tribe.borrow().entity(row).unwrap().link("Country").is_some(), "{land}");
        world.assert_same();
    }
}

#[test]
fn a_country_that_nobody_knows_costs_that_field_and_not_the_address() {
    let (world, id) = synced("bedrijf", &json!([address("hoofdkantoor", "Gracht", "1", None, "Atlantis")]));
    assert_eq!(says(&world, &id, "VisitingAddress", "Street"), "Gracht");
    assert_eq!(says(&world, &id, "VisitingAddress", "Country"), "");
}

#[test]
fn of_two_addresses_of_one_type_one_is_synced_whatever_their_order_and_that_is_noted() {
    let mut first = address("hoofdkantoor", "Eerste Straat", "1", None, "NL");
    let mut second = address("hoofdkantoor", "Tweede Straat", "2", None, "NL");
    first["id"] = "a1".into();
    second["id"] = "a2".into();
    let (world, id) = synced("bedrijf", &json!([first, second]));
    assert_eq!(says(&world, &id, "VisitingAddress", "Street"), "Eerste Straat");
    let before = world.writes();
    edit_relatie(&world, &id, json!({"adressen": [second, first]}));
    let cycle = world.poll().unwrap();
    world.settle().unwrap();
    assert_eq!(world.writes(), before, "another order is no change");
    assert!(cycle.codes().contains(&"several-of-one"), "{:?}", cycle.codes());
}

/// An address is a record, and the connector deletes none (D6).
#[test]
fn an_address_that_is_removed_in_ac_stays_in_tribe_as_it_is() {
    let (world, id) = synced("bedrijf", &json!([address("hoofdkantoor", "Gracht", "1", None, "NL")]));
    let slot = in_slot(&world, &id, "VisitingAddress");
    edit_relatie(&world, &id, json!({"adressen": []}));
    let before = world.writes();
    world.settle().unwrap();
    assert_eq!(world.writes(), before);
    assert_eq!(in_slot(&world, &id, "VisitingAddress"), slot);
    assert_eq!(says(&world, &id, "VisitingAddress", "Street"), "Gracht");
}

#[test]
fn an_address_that_is_removed_in_tribe_stays_in_ac_and_is_not_made_again() {
    let (world, id) = synced("bedrijf", &json!([address("hoofdkantoor", "Gracht", "1", None, "NL")]));
    let removed = in_slot(&world, &id, "VisitingAddress").unwrap();
    world.tribe.borrow_mut().delete_as_user(world.now(), removed).unwrap();
    edit_relatie(&world, &id, json!({"email": "adres@voorbeeld.example"}));
    world.settle().unwrap();
    assert_eq!(relation_of(&world, &id, "EmailAddress"), "adres@voorbeeld.example");
    assert_eq!(relation_in_ac(&world, &id)["adressen"][0]["straat"], "Gracht");
    assert_eq!(in_slot(&world, &id, "VisitingAddress"), None);
}

#[test]
fn a_field_of_an_address_that_is_emptied_in_ac_is_emptied_in_tribe() {
    let (world, id) = synced("bedrijf", &json!([address("hoofdkantoor", "Gracht", "1", Some("hs"), "NL")]));
    world.edit_in_ac(sandbox::advocaatcentraal::List::Relaties, &id, |record| {
        record["adressen"][0]["plaats"] = Value::Null;
    });
    world.settle().unwrap();
    assert_eq!(says(&world, &id, "VisitingAddress", "City"), "");
    assert_eq!(says(&world, &id, "VisitingAddress", "Street"), "Gracht");
}
