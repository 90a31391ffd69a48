#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::advocaatcentraal::Record;
use crate::advocaatcentraal::veld::Veld;
use crate::relation::{AddressPart, Presence};

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
fn what_the_server_makes_itself_is_not_sent_back() {
    let record = json!({"Id": "1", "Changed": "2026-03-02 10:00:05", "Created": "", "Display": "x", "Properties": {"Name": "x"}});
    let mut edit = Edit::new();
    edit.veld(Veld::Bedrijfsnaam, Some("y"));
    assert_eq!(sent(dialect::REGISTER, &record, &edit), Some(json!({"Id": "1", "Properties": {"Name": "y"}})));
}

fn refused(dialect: &Value, record: &Value, edit: &Edit) -> Failure {
    let (read, dialect) = company(&dialect.to_string(), record);
    relation(&read, edit, &dialect).unwrap_err()
}

#[test]
fn an_edit_of_what_is_read_only_is_refused_for_that_field_and_not_lost() {
    let mut dialect: Value = serde_json::from_str(dialect::BUILT_IN).unwrap();
    dialect["writing"]["read-only"] = json!(["/kvk", "/email/werk", "/adressen", "/nummers"]);
    let organisation = &mut dialect["relations"]["record"]["organisation"];
    organisation["telefoonnummer"] = json!({"list": "/nummers", "where": {"/woord": ["werk"]}, "at": "/nummer"});
    let address = json!({"id": "a", "type": "hoofdkantoor", "straat": "Vinkenkade"});
    let record = json!({"id": "1", "soort": "bedrijf", "kvk": "01234567", "nummers": [], "adressen": [address]});
    for (veld, text) in [(Veld::Kvk, "07654321"), (Veld::Email, "vink@vink.example"), (Veld::Telefoonnummer, "7")] {
        let mut edit = Edit::new();
        edit.veld(veld, Some(text));
        assert_eq!(refused(&dialect, &record, &edit), no_place(veld.name()));
    }
    let mut edit = Edit::new();
    edit.adres(AddressType::Hoofdkantoor, AddressPart::Straat, Some("Lijsterpad"));
    assert_eq!(refused(&dialect, &record, &edit), no_place("straat"));
}

#[test]
fn what_is_read_only_and_stays_as_it_is_holds_no_other_field_back() {
    let mut dialect: Value = serde_json::from_str(dialect::BUILT_IN).unwrap();
    dialect["writing"]["read-only"] = json!(["/kvk"]);
    let record = json!({"id": "1", "soort": "bedrijf", "kvk": "01234567", "email": "vink@vink.example"});
    let mut edit = Edit::new();
    edit.veld(Veld::Kvk, Some("01234567"));
    edit.veld(Veld::Email, Some("post@vink.example"));
    let expected = json!({"id": "1", "soort": "bedrijf", "email": "post@vink.example"});
    assert_eq!(sent(&dialect.to_string(), &record, &edit), Some(expected));
}

#[test]
fn a_contact_person_whose_rows_are_read_only_is_not_written_with_its_relation() {
    let mut document: Value = serde_json::from_str(dialect::BOOKKEEPING).unwrap();
    document["writing"]["read-only"] = json!(["/contact_people"]);
    let dialect = Dialect::parse(&document.to_string()).unwrap();
    let dialect::Persons::Inside(inside) = &dialect.persons else { return };
    let parent = Object::parse(br#"{"id": "1", "contact_people": [{"id": "2"}]}"#).unwrap();
    let (part, whole) = (Object::default(), Object::default());
    let told = within_parent(&parent, 0, (part, &whole), inside, &dialect).err();
    assert_eq!(told, Some(Failure::Refused { status: 422, field: None }));
}

#[test]
fn a_contact_person_goes_with_the_version_of_the_relation_in_which_it_stands() {
    let dialect = Dialect::parse(dialect::BOOKKEEPING).unwrap();
    let dialect::Persons::Inside(inside) = &dialect.persons else { panic!("they stand inside") };
    let parent = Object::parse(br#"{"id": "1", "version": 7, "contact_people": [{"id": "2"}]}"#).unwrap();
    let part = Object::parse(br#"{"firstname": "Johanna"}"#).unwrap();
    let whole = Object::parse(br#"{"id": "2", "firstname": "Johanna"}"#).unwrap();
    let body = within_parent(&parent, 0, (part, &whole), inside, &dialect).unwrap();
    let body: Value = serde_json::from_str(&body.to_text()).unwrap();
    assert_eq!(body["version"], 7);
    assert_eq!(body["contact_people"][0], json!({"id": "2", "firstname": "Johanna"}));
}
