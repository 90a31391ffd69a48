#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::advocaatcentraal::Record;
use crate::relation::Presence;

/// A company as a dialect reads it, and what is sent of an edit.
fn company(dialect: &str, record: &Value) -> (Relatie, Arc<Dialect>) {
    let dialect = Arc::new(Dialect::parse(dialect).unwrap());
    let raw = Object::parse(record.to_string().as_bytes()).unwrap();
    let list = dialect.relations.lists.first().unwrap();
    (Relatie::read(raw, None, list, &dialect).unwrap(), Arc::clone(&dialect))
}

fn sent(dialect: &str, record: &Value, edit: &Edit) -> Option<Value> {
    let (read, dialect) = company(dialect, record);
    relation(&read, edit, &dialect).unwrap().map(|body| serde_json::from_str(&body).unwrap())
}

#[test]
fn a_json_number_gets_no_zeros_in_front_and_is_read_with_those_of_a_kvk_number() {
    let record = json!({"id": 1, "company": {"name": "x", "registration": 123456}});
    let (read, _) = company(dialect::LEDGER, &record);
    assert!(read.field(Veld::Kvk) == Presence::of("00123456"));
    assert!(read.oddities().is_empty());
    let mut edit = Edit::new();
    edit.veld(Veld::Kvk, Some("00765432"));
    assert_eq!(sent(dialect::LEDGER, &record, &edit), Some(json!({"company": {"registration": 765432}})));
    edit.veld(Veld::Kvk, Some("00123456"));
    assert_eq!(sent(dialect::LEDGER, &record, &edit), None, "nothing would change");
    edit.veld(Veld::Kvk, None);
    assert_eq!(sent(dialect::LEDGER, &record, &edit), Some(json!({"company": {"registration": null}})));
}

#[test]
fn a_number_or_a_text_stays_a_text_where_it_has_zeros_in_front() {
    let either = dialect::LEDGER.replace(
        r#""as": "number" }
      },"#,
        r#""as": "either" }
      },"#,
    );
    let record = json!({"id": 1, "company": {"name": "x", "registration": 12345678}});
    for (number, expected) in [("87654321", json!(87_654_321)), ("01234567", json!("01234567"))] {
        let mut edit = Edit::new();
        edit.veld(Veld::Kvk, Some(number));
        assert_eq!(sent(&either, &record, &edit), Some(json!({"company": {"registration": expected}})));
    }
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
        let (read, _) = company(dialect::REGISTER, &json!({"Id": "1", "Addresses": {"Visiting": visiting}}));
        let read = read.adres(AddressType::Hoofdkantoor).unwrap().unwrap().house_number().unwrap().unwrap();
        let written = HouseNumber { huisnummer: number.to_owned(), toevoeging: suffix.to_owned() };
        assert_eq!(read.canonical(), written.canonical(), "{number} {suffix}");
    }
}

#[test]
fn a_letter_and_a_word_after_it_stay_apart() {
    let visiting = json!({"Number": "12", "Letter": "a", "Addition": "hs"});
    let (read, _) = company(dialect::REGISTER, &json!({"Id": "1", "Addresses": {"Visiting": visiting}}));
    let read = read.adres(AddressType::Hoofdkantoor).unwrap().unwrap().house_number().unwrap().unwrap();
    assert_eq!((read.huisnummer.as_str(), read.toevoeging.as_str()), ("12", "a hs"));
}

#[test]
fn what_the_server_makes_itself_is_not_sent_back() {
    let record = json!({"Id": "1", "Changed": "2026-03-02 10:00:05", "Created": "", "Display": "x", "Properties": {"Name": "x"}});
    let mut edit = Edit::new();
    edit.veld(Veld::Bedrijfsnaam, Some("y"));
    assert_eq!(sent(dialect::REGISTER, &record, &edit), Some(json!({"Id": "1", "Properties": {"Name": "y"}})));
}
