#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use dialect::Dialect;
use serde_json::{Value, json};

use super::*;
use crate::advocaatcentraal::json::Object;
use crate::advocaatcentraal::{Record, Relatie};
use crate::relation::AddressType;

fn company(record: &Value) -> Relatie {
    let dialect = Arc::new(Dialect::parse(dialect::REGISTER).unwrap());
    let raw = Object::parse(record.to_string().as_bytes()).unwrap();
    Relatie::read(raw, None, dialect.relations.lists.first().unwrap(), &dialect).unwrap()
}

#[test]
fn a_house_number_is_divided_over_three_members_and_read_as_it_was() {
    for (number, suffix, members) in [
        ("12", "", ["12", "", ""]),
        ("12", "a", ["12", "a", ""]),
        ("12a", "", ["12", "a", ""]),
        ("12", "bis", ["12", "", "bis"]),
        ("12", "a hs", ["12", "a", "hs"]),
        ("12", "a2", ["12", "a", "2"]),
        ("12-14", "hs", ["12", "", "-14 hs"]),
        ("t.o. 5", "", ["", "", "t.o. 5"]),
        ("", "a", ["", "", "a"]),
    ] {
        assert_eq!(in_three(number, suffix), members.map(str::to_owned), "{number} {suffix}");
        let [number_member, letter, rest] = members;
        let visiting = json!({"Number": number_member, "Letter": letter, "Addition": rest});
        let read = company(&json!({"Id": "1", "Addresses": {"Visiting": visiting}}));
        let read = read.adres(AddressType::Hoofdkantoor).unwrap().unwrap().house_number().unwrap().unwrap();
        let written = HouseNumber { huisnummer: number.to_owned(), toevoeging: suffix.to_owned() };
        assert_eq!(read.canonical(), written.canonical(), "{number} {suffix}");
    }
}

#[test]
fn a_letter_and_a_word_after_it_stay_apart() {
    let visiting = json!({"Number": "12", "Letter": "a", "Addition": "hs"});
    let read = company(&json!({"Id": "1", "Addresses": {"Visiting": visiting}}));
    let read = read.adres(AddressType::Hoofdkantoor).unwrap().unwrap().house_number().unwrap().unwrap();
    assert_eq!((read.huisnummer.as_str(), read.toevoeging.as_str()), ("12", "a hs"));
}
