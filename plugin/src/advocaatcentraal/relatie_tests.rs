#![allow(clippy::unwrap_used)]

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
fn f54_a_number_where_text_was_expected_is_read_as_it_was_written() {
    let relatie = bedrijf(json!({"telefoonnummer": 205550123, "website": true, "email": ["a@b.example"]}));
    assert_eq!(relatie.field(Veld::Telefoonnummer).text(), Some("205550123"));
    assert_eq!(relatie.field(Veld::Website).text(), Some("true"));
    assert!(relatie.field(Veld::Email).is_absent());
    let expected = [
        ("telefoonnummer", OddityKind::NotText),
        ("email", OddityKind::NotUnderstood),
        ("website", OddityKind::NotText),
    ];
    assert_eq!(oddities(&relatie), expected);
}

#[test]
fn f79_a_kvk_number_gets_its_lost_zero_back_only_if_it_came_as_a_number() {
    let number = bedrijf(json!({"kvk": 1234567}));
    assert_eq!(number.field(Veld::Kvk).text(), Some("01234567"));
    assert_eq!(oddities(&number), [("kvk", OddityKind::LostZero)]);
    let whole = bedrijf(json!({"kvk": 12345678}));
    assert_eq!(whole.field(Veld::Kvk).text(), Some("12345678"));
    assert_eq!(oddities(&whole), [("kvk", OddityKind::NotText)]);
    let text = bedrijf(json!({"kvk": "1234567"}));
    assert_eq!(text.field(Veld::Kvk).text(), Some("1234567"));
    assert!(text.oddities().is_empty());
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
    assert_eq!(adres.house_number().unwrap().canonical(), "12hs");
    assert!(matches!(relatie.adres(AddressType::Postadres), Some(None)));
    assert_eq!(relatie.adressen().unwrap().len(), 2);
    assert!(relatie.oddities().is_empty());
}

#[test]
fn f70_the_addition_zero_is_kept() {
    let relatie = bedrijf(json!({"adressen": [{"type": "hoofdkantoor", "huisnummer": "12", "toevoeging": "0"}]}));
    let house_number = relatie.adres(AddressType::Hoofdkantoor).unwrap().unwrap().house_number().unwrap();
    assert_eq!(house_number.toevoeging, "0");
}

#[test]
fn an_address_says_nothing_of_a_house_number_that_it_does_not_mention() {
    let relatie = bedrijf(json!({"adressen": [{"type": "hoofdkantoor"}, {"type": "postadres", "huisnummer": 123}]}));
    let house_number = |address_type| relatie.adres(address_type).unwrap().unwrap().house_number();
    assert!(house_number(AddressType::Hoofdkantoor).is_none());
    assert_eq!(house_number(AddressType::Postadres).unwrap().canonical(), "123");
    assert_eq!(oddities(&relatie), [("huisnummer", OddityKind::NotText)]);
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
    assert!(!bedrijf(json!({"kvk": null})).is_partial(&needed));
    let lean = Relatie::sample(
        &json!({"id": "1", "soort": "bedrijf", "status": "actief", "relatietypen": [], "adressen": []}),
    );
    assert!(lean.is_partial(&needed) && !lean.is_partial(&[]));
    let without_addresses =
        Relatie::sample(&json!({"id": "1", "soort": "bedrijf", "status": "actief", "relatietypen": []}));
    assert!(without_addresses.is_partial(&[]));
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
