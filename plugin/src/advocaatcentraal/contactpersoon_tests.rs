#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

use serde_json::json;

use super::*;
use crate::advocaatcentraal::Status;
use crate::relation::AddressType;

fn oddities(person: &Contactpersoon) -> Vec<(&'static str, OddityKind)> {
    person.oddities().into_iter().map(|oddity| (oddity.member, oddity.kind)).collect()
}

#[test]
fn a_contact_person_of_the_contract_is_read_without_oddities() {
    let person = Contactpersoon::sample(&json!({
        "id": "5001", "status": "actief", "gewijzigd": "2026-03-02T10:00:05+01:00", "voornamen": "Johanna Maria",
        "tussenvoegsels": "van der", "achternaam": "Voorbeeld", "voorletters": "J.M.", "geboortedatum": "1980-02-29",
        "geslacht": "V", "mobiel": "06 5550 1234", "prive_telefoon": "020-5550199", "emailadres": "jm@voorbeeld.example",
        "koppelingen": [{"relatie_id": "1001", "functie": "Directeur", "doorkiesnummer": "020 555 01 24"}],
        "adressen": [{"id": "a4", "type": "prive", "plaats": "Utrecht"}],
    }));
    assert_eq!(person.id().as_str(), "5001");
    assert_eq!(person.status(), Status::Actief);
    assert_eq!(person.field(Veld::PriveTelefoon).text(), Some("020-5550199"));
    assert!(person.adres(AddressType::Prive).unwrap().is_some());
    let koppelingen = person.koppelingen().unwrap();
    assert_eq!(koppelingen[0].relatie_id.as_str(), "1001");
    assert_eq!(koppelingen[0].functie.text(), Some("Directeur"));
    assert!(person.oddities().is_empty() && person.leaves_out(CONTACTPERSOON).is_empty());
    assert!(!format!("{person:?} {koppelingen:?}").contains("Directeur"));
}

#[test]
fn a_koppeling_without_a_relation_is_left_out_and_reported() {
    let person = Contactpersoon::sample(&json!({
        "id": "1", "koppelingen": [{"functie": "Directeur"}, "1001", {"relatie_id": 1002, "functie": 7}],
    }));
    let koppelingen = person.koppelingen().unwrap();
    assert_eq!(koppelingen.len(), 1);
    assert_eq!(koppelingen[0].relatie_id.as_str(), "1002");
    assert!(koppelingen[0].doorkiesnummer.is_absent());
    assert!(koppelingen[0].functie == Presence::Unreadable);
    assert_eq!(oddities(&person), [("koppelingen", OddityKind::NotUnderstood)]);
}

#[test]
fn of_two_koppelingen_with_one_relation_the_one_that_is_meant_is_taken_or_the_first_by_its_text() {
    let mut person = Contactpersoon::sample(&json!({
        "id": "1", "koppelingen": [{"relatie_id": "1", "functie": "b"}, {"relatie_id": "1", "functie": "a"}],
    }));
    let koppelingen = person.koppelingen().unwrap();
    assert_eq!(koppelingen.len(), 1);
    assert_eq!(koppelingen[0].functie.text(), Some("a"));
    assert_eq!(oddities(&person), [("koppelingen", OddityKind::SeveralAtOne)]);
    let both = person.doubled().remove(&koppelingen[0].relatie_id).unwrap();
    assert!(!person.mean(&koppelingen[0]) && person.mean(&both[0]));
    assert_eq!(person.koppelingen().unwrap()[0].functie.text(), Some("b"));
}

#[test]
fn koppelingen_that_are_absent_say_nothing() {
    let person = Contactpersoon::sample(&json!({"id": "1"}));
    assert!(person.koppelingen().is_none() && person.is_partial());
    let null = Contactpersoon::sample(&json!({"id": "1", "koppelingen": null}));
    assert_eq!(null.koppelingen().map(|koppelingen| koppelingen.len()), Some(0));
}

#[test]
fn what_a_koppeling_or_an_address_leaves_out_is_a_field_that_is_left_out() {
    let full = json!({"id": "5001", "voornamen": "A", "voorletters": "A.", "tussenvoegsels": "de", "achternaam": "Zwart",
        "geslacht": "V", "geboortedatum": "1980-01-01", "prive_telefoon": "020 555 01 01", "mobiel": "06 5550 0101",
        "emailadres": "a@b.example",
        "koppelingen": [{"relatie_id": "1001", "functie": "Directeur", "doorkiesnummer": "020 555 01 02"}],
        "adressen": [{"type": "prive", "straat": "Singel", "huisnummer": "1", "postcode": "1012 AB",
            "plaats": "Amsterdam", "land": "NL"}]});
    let person = |pointer: &str| {
        let mut record = full.clone();
        if let Some((parent, member)) = pointer.rsplit_once('/') {
            record.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(member).unwrap();
        }
        Contactpersoon::sample(&record)
    };
    assert!(!person("").leaves_out_a_field(), "nothing is left out");
    for member in ["/koppelingen/0/functie", "/koppelingen/0/doorkiesnummer", "/adressen/0/land", "/mobiel"] {
        assert!(person(member).leaves_out_a_field(), "{member}");
    }
}
