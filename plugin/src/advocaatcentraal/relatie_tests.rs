#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use serde_json::{Value, json};

use super::*;
use crate::advocaatcentraal::Status;
use crate::relation::{AddressPart, AddressType, Presence, StampKind};

fn bedrijf(changes: Value) -> Relatie {
    let mut record = json!({
        "id": "1001", "soort": "bedrijf", "relatietypen": ["client"], "status": "actief",
        "gewijzigd": "2026-03-02T10:00:05+01:00", "bedrijfsnaam": "Voorbeeld Logistiek B.V.",
        "telefoonnummer": "020 555 01 23", "email": "info@voorbeeld.example", "website": "www.voorbeeld.example",
        "kvk": "01234567", "adressen": [],
    });
    let Value::Object(changes) = changes else { unreachable!("a test gives an object") };
    record.as_object_mut().unwrap().extend(changes);
    Relatie::sample(&record)
}

fn oddities(relatie: &Relatie) -> Vec<(&'static str, OddityKind)> {
    relatie.oddities().into_iter().map(|oddity| (oddity.member, oddity.kind)).collect()
}

#[test]
fn a_record_of_the_contract_is_read_without_oddities() {
    let relatie = bedrijf(json!({}));
    assert_eq!(relatie.id().as_str(), "1001");
    assert_eq!((relatie.soort(), relatie.status()), (Soort::Bedrijf, Status::Actief));
    assert_eq!(relatie.relatietypen(), Some(vec![RelatietypeId::new("client")]));
    assert_eq!(relatie.gewijzigd().unwrap().kind(), StampKind::Offset);
    assert_eq!(relatie.field(Veld::Bedrijfsnaam).text(), Some("Voorbeeld Logistiek B.V."));
    assert_eq!(relatie.field(Veld::Kvk).text(), Some("01234567"));
    assert!(relatie.oddities().is_empty());
}

#[test]
fn absent_says_nothing_and_null_or_blank_says_empty() {
    let relatie = Relatie::sample(&json!({"id": "1", "email": null, "website": " "}));
    assert!(relatie.field(Veld::Telefoonnummer).is_absent());
    assert!(relatie.field(Veld::Email) == Presence::Empty && relatie.field(Veld::Website) == Presence::Empty);
}

#[test]
fn f51_a_null_list_is_empty_and_an_absent_one_says_nothing() {
    let null = Relatie::sample(&json!({"id": "1", "relatietypen": null, "adressen": null}));
    assert_eq!(null.relatietypen(), Some(vec![]));
    assert_eq!(null.adressen().map(|adressen| adressen.len()), Some(0));
    assert!(matches!(null.adres(AddressType::Prive), Some(None)));
    let absent = Relatie::sample(&json!({"id": "1"}));
    assert!(absent.relatietypen().is_none() && absent.adressen().is_none());
    assert!(absent.adres(AddressType::Prive).is_none());
}

#[test]
fn a_list_of_another_shape_says_nothing_and_is_reported() {
    let relatie = bedrijf(json!({"adressen": "geen", "relatietypen": {"id": "client"}}));
    assert!(relatie.adressen().is_none() && relatie.relatietypen().is_none());
    let expected = [("adressen", OddityKind::NotUnderstood), ("relatietypen", OddityKind::NotUnderstood)];
    assert_eq!(oddities(&relatie), expected);
}

#[test]
fn f52_a_word_that_we_do_not_know_is_reported_and_the_rest_is_read() {
    let relatie = bedrijf(json!({"soort": "maatschap", "status": "slapend", "gewijzigd": "gisteren"}));
    assert_eq!((relatie.soort(), relatie.status()), (Soort::Onbekend, Status::Onbekend));
    assert!(relatie.gewijzigd().is_none());
    assert_eq!(relatie.field(Veld::Email).text(), Some("info@voorbeeld.example"));
    let expected = [
        ("status", OddityKind::UnknownValue),
        ("gewijzigd", OddityKind::NotUnderstood),
        ("soort", OddityKind::UnknownValue),
    ];
    assert_eq!(oddities(&relatie), expected);
}

#[test]
fn f54_what_is_no_text_cannot_be_read_where_a_text_stands_even_where_it_could_be_guessed() {
    for odd in [json!(205550123), json!(true), json!(["a@b.example"]), json!({"a": 1}), json!(1.5), json!(-1)] {
        let relatie = bedrijf(json!({"telefoonnummer": odd}));
        assert!(relatie.field(Veld::Telefoonnummer) == Presence::Unreadable, "{odd}");
        assert_eq!(relatie.field(Veld::Email).text(), Some("info@voorbeeld.example"));
    }
}

#[test]
fn f79_a_kvk_number_that_lost_its_zero_is_told_and_stays_the_users_own() {
    let short = bedrijf(json!({"kvk": "1234567"}));
    assert_eq!(short.field(Veld::Kvk).text(), Some("1234567"));
    assert_eq!(oddities(&short), [("kvk", OddityKind::LostZero)]);
    assert!(bedrijf(json!({"kvk": "12345678"})).oddities().is_empty());
    assert!(bedrijf(json!({"kvk": 1234567})).field(Veld::Kvk) == Presence::Unreadable);
}

#[test]
fn an_id_may_be_a_number_and_is_kept_as_text() {
    let relatie = bedrijf(json!({"id": 1001, "relatietypen": [7, "client", null]}));
    assert_eq!(relatie.id().as_str(), "1001");
    assert_eq!(relatie.relatietypen(), Some(vec![RelatietypeId::new("7"), RelatietypeId::new("client")]));
    assert_eq!(oddities(&relatie), [("relatietypen", OddityKind::NotUnderstood)]);
}

#[test]
fn an_address_is_found_by_its_type() {
    let relatie = bedrijf(json!({"adressen": [
        {"id": "a1", "type": "factuuradres", "straat": "Postbus", "huisnummer": "1"},
        {"id": "a2", "type": "hoofdkantoor", "straat": "Keizersgracht", "huisnummer": "12", "toevoeging": "hs",
         "postcode": "1015 CS", "plaats": "Amsterdam", "land": null},
    ]}));
    let adres = relatie.adres(AddressType::Hoofdkantoor).unwrap().unwrap();
    assert_eq!(adres.id().as_deref(), Some("a2"));
    assert_eq!(adres.part(AddressPart::Straat).text(), Some("Keizersgracht"));
    assert_eq!(adres.part(AddressPart::Huisnummer).text(), Some("12 hs"));
    assert!(adres.part(AddressPart::Land) == Presence::Empty);
    assert_eq!(adres.house_number().unwrap().unwrap().canonical(), "12hs");
    assert!(matches!(relatie.adres(AddressType::Postadres), Some(None)));
    assert_eq!(relatie.adressen().unwrap().len(), 2);
    assert!(relatie.oddities().is_empty());
}

#[test]
fn f70_the_addition_zero_is_kept() {
    let relatie = bedrijf(json!({"adressen": [{"type": "hoofdkantoor", "huisnummer": "12", "toevoeging": "0"}]}));
    let house_number = relatie.adres(AddressType::Hoofdkantoor).unwrap().unwrap().house_number().unwrap().unwrap();
    assert_eq!(house_number.toevoeging, "0");
}

#[test]
fn an_address_says_nothing_of_a_house_number_that_it_does_not_mention() {
    let relatie = bedrijf(json!({"adressen": [{"type": "hoofdkantoor"}, {"type": "postadres", "huisnummer": "123"}]}));
    let house_number = |address_type| relatie.adres(address_type).unwrap().unwrap().house_number();
    assert!(house_number(AddressType::Hoofdkantoor) == Ok(None));
    assert_eq!(house_number(AddressType::Postadres).unwrap().unwrap().canonical(), "123");
}

#[test]
fn a_house_number_of_which_one_member_cannot_be_read_cannot_be_read() {
    for (huisnummer, toevoeging) in [(json!(12), json!("hs")), (json!("12"), json!(true)), (json!([12]), json!(null))] {
        let adres = json!({"type": "hoofdkantoor", "huisnummer": huisnummer, "toevoeging": toevoeging});
        let relatie = bedrijf(json!({"adressen": [adres]}));
        let adres = relatie.adres(AddressType::Hoofdkantoor).unwrap().unwrap();
        assert!(adres.house_number() == Err(crate::relation::Unreadable));
        assert!(adres.part(AddressPart::Huisnummer) == Presence::Unreadable);
    }
}

#[test]
fn f84_of_two_addresses_of_one_type_the_lowest_id_is_taken_whatever_their_order() {
    let [nine, ten, none] =
        [json!({"id": "a9", "plaats": "9"}), json!({"id": "a10", "plaats": "10"}), json!({"plaats": "-"})];
    for order in [[&nine, &ten, &none], [&none, &ten, &nine], [&ten, &none, &nine]] {
        let adressen: Vec<Value> = order
            .into_iter()
            .cloned()
            .map(|mut adres| {
                adres.as_object_mut().unwrap().insert("type".to_owned(), "hoofdkantoor".into());
                adres
            })
            .collect();
        let relatie = bedrijf(json!({"adressen": adressen}));
        let chosen = relatie.adres(AddressType::Hoofdkantoor).unwrap().unwrap();
        assert_eq!(chosen.part(AddressPart::Plaats).text(), Some("9"));
        assert_eq!(oddities(&relatie), [("adressen", OddityKind::Several)]);
    }
}

#[test]
fn a_row_is_lean_if_it_leaves_out_what_is_needed() {
    let needed = [Veld::Bedrijfsnaam, Veld::Kvk];
    assert!(bedrijf(json!({"kvk": null})).leaves_out(&needed).is_empty());
    let lean = Relatie::sample(
        &json!({"id": "1", "soort": "bedrijf", "status": "actief", "relatietypen": [], "adressen": []}),
    );
    assert_eq!(lean.leaves_out(&needed), ["bedrijfsnaam", "kvk"]);
    assert!(lean.leaves_out(&[]).is_empty() && !lean.is_partial());
    let without_addresses =
        Relatie::sample(&json!({"id": "1", "soort": "bedrijf", "status": "actief", "relatietypen": []}));
    assert_eq!(without_addresses.leaves_out(&[]), ["adressen"]);
    let without_types = Relatie::sample(&json!({"id": "1", "soort": "bedrijf", "status": "actief", "adressen": []}));
    assert!(without_types.is_partial());
}

#[test]
fn nothing_of_a_record_but_its_id_is_printed() {
    let relatie = bedrijf(json!({"adressen": [{"type": "prive", "plaats": "Amsterdam"}]}));
    let printed = format!("{relatie:?} {:?} {:?}", relatie.adressen(), relatie.field(Veld::Email));
    assert!(printed.contains("1001"));
    for canary in ["Voorbeeld", "555", "Amsterdam", "example"] {
        assert!(!printed.contains(canary), "{canary}");
    }
}

#[test]
fn a_row_that_is_not_there_says_nothing_of_how_empty_members_are_given() {
    let dialect = std::sync::Arc::new(dialect::Dialect::parse(dialect::PRACTICE).unwrap());
    let read = |record: Value| {
        let raw = crate::advocaatcentraal::json::Object::parse(record.to_string().as_bytes()).unwrap();
        Relatie::read(raw, None, &dialect.relations.lists[0], &dialect).unwrap()
    };
    let record = |more: Value| {
        let mut record = json!({"id": 1, "type": "Company", "status": "active", "name": "x", "web_sites": []});
        record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        read(record)
    };
    let without_rows = record(json!({"registration_number": "01234567"}));
    assert!(!without_rows.holds_an_empty_field() && !without_rows.leaves_out_a_field());
    assert!(record(json!({"registration_number": null})).holds_an_empty_field());
    assert!(record(json!({})).leaves_out_a_field());
}
