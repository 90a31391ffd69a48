#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use serde_json::json;

use super::*;

fn built_in(answers: &[Answer]) -> Report {
    report(&Dialect::parse(crate::BUILT_IN).unwrap(), answers)
}

fn of_built_in(answer: Value) -> Report {
    built_in(&[Answer::alone(answer)])
}

fn asked(method: &str, path: &str, status: u16, body: Value) -> Answer {
    let asked = Asked {
        host: "ac.example".to_owned(),
        method: method.to_owned(),
        path: path.to_owned(),
        query: Vec::new(),
        status,
        sent: None,
        key: None,
        secrets: Vec::new(),
        headers: Vec::new(),
        is_form: false,
        has_etag: false,
        has_next_link: false,
    };
    Answer { asked: Some(asked), body }
}

fn field(report: &Report, of: &str, name: &str) -> FieldReport {
    report.fields.iter().find(|field| field.of == of && field.name == name).unwrap().clone()
}

fn found(report: &Report, of: &str, name: &str) -> Found {
    field(report, of, name).found.unwrap()
}

#[test]
fn a_field_is_told_by_how_often_it_is_found_and_in_which_form() {
    let told = of_built_in(json!({"relaties": [
        {"id": 7, "soort": "bedrijf", "bedrijfsnaam": "Voorbeeld", "kvk": 1234567, "email": null, "extra": 1},
        {"id": "8", "soort": "particulier", "naam": "Kanarie"},
        {"id": "9", "soort": "stichting"},
    ]}));
    assert_eq!(told.records, BTreeMap::from([("organisation", 1), ("private-person", 1), ("unknown-kind", 1)]));
    assert_eq!(found(&told, "relation", "id"), Found { text: 2, number: 1, ..Found::default() });
    assert_eq!(found(&told, "organisation", "kvk"), Found { number: 1, not_understood: 1, ..Found::default() });
    assert_eq!(found(&told, "organisation", "email"), Found { null: 1, ..Found::default() });
    assert_eq!(found(&told, "organisation", "website"), Found { absent: 1, ..Found::default() });
    assert_eq!((told.unread, told.unknown_words), (["extra".to_owned()].into(), BTreeMap::from([("kind", 1)])));
}

#[test]
fn a_field_of_the_manual_that_the_dialect_has_not_is_told_as_well() {
    let mut document: Value = serde_json::from_str(crate::BUILT_IN).unwrap();
    document["relations"]["record"]["organisation"].as_object_mut().unwrap().remove("kvk");
    let dialect = Dialect::parse(&document.to_string()).unwrap();
    let told = report(&dialect, &[Answer::alone(json!({"relaties": [{"id": "1", "soort": "bedrijf", "kvk": "1"}]}))]);
    assert_eq!((field(&told, "organisation", "kvk").at, field(&told, "organisation", "kvk").found), (None, None));
    assert_eq!(told.unread, ["kvk".to_owned()].into());
}

#[test]
fn an_address_is_looked_for_by_its_type() {
    let address = |kind: &str| json!({"id": "a", "type": kind, "straat": "Keizersgracht", "huisnummer": 12});
    let told = of_built_in(json!({"relaties": [
        {"id": "1", "soort": "bedrijf", "adressen": [address("hoofdkantoor"), address("factuuradres")]},
        {"id": "2", "soort": "bedrijf", "adressen": [address("postadres")]},
    ]}));
    assert_eq!(found(&told, "organisation", "hoofdkantoor.straat"), Found { text: 1, no_row: 1, ..Found::default() });
    assert_eq!(
        found(&told, "organisation", "postadres.huisnummer"),
        Found { number: 1, no_row: 1, ..Found::default() }
    );
    assert_eq!(told.other_rows, BTreeMap::from([("/adressen".to_owned(), 1)]));
}

#[test]
fn what_cannot_be_read_is_counted() {
    let told = of_built_in(json!({"contactpersonen": [
        {"id": "1", "achternaam": "Kanarie", "geslacht": "man", "geboortedatum": "31-01-1980", "gewijzigd": "gisteren"},
        {"id": "2", "achternaam": "Merel", "geslacht": "V", "geboortedatum": "1980-01-31", "gewijzigd": "2026-01-02T03:04:05Z"},
    ]}));
    for name in ["geslacht", "changed"] {
        assert_eq!(found(&told, "contact-person", name).not_understood, 1, "{name}");
    }
    assert_eq!(told.unknown_words, BTreeMap::from([("genders", 1)]));
}

#[test]
fn a_date_in_another_form_is_read_and_told_as_such() {
    let person = |date: &str| json!({"id": "1", "achternaam": "Kanarie", "geboortedatum": date});
    for (date, other_form, not_understood) in [
        ("1980-01-31", 0, 0),
        ("31-01-1980", 1, 0),
        ("31/01/1980", 1, 0),
        ("1980-01-31T00:00:00", 1, 0),
        ("1980-01-31T12:00:00", 0, 1),
        ("31 januari 1980", 0, 1),
    ] {
        let found = found(&of_built_in(json!({"contactpersonen": [person(date)]})), "contact-person", "geboortedatum");
        assert_eq!((found.other_form, found.not_understood), (other_form, not_understood), "{date}");
    }
}

#[test]
fn the_answer_of_the_office_is_no_relation_of_unknown_kind() {
    let office = json!({"id": "12345", "name": "Voorbeeld Advocaten"});
    let bookkeeping: Value = serde_json::from_str(crate::BOOKKEEPING).unwrap();
    let told =
        |document: &Value| report(&Dialect::parse(&document.to_string()).unwrap(), &[Answer::alone(office.clone())]);
    let known = told(&bookkeeping);
    assert_eq!((known.records.len(), known.not_understood), (0, 0));
    let mut without = bookkeeping.clone();
    without.as_object_mut().unwrap().remove("office");
    let unknown = told(&without);
    assert_eq!((unknown.records.len(), unknown.not_understood), (0, 1));
}

#[test]
fn relations_of_which_none_says_its_kind_are_told_apart_from_a_few() {
    let of = |kinds: &[&str]| {
        let rows: Vec<Value> = kinds.iter().map(|kind| json!({"id": "1", "soort": kind})).collect();
        of_built_in(json!({ "relaties": rows })).relations_of_no_kind()
    };
    assert_eq!((of(&["stichting", "vof"]), of(&["stichting", "bedrijf"]), of(&[])), (Some(2), None, None));
}

#[test]
fn one_record_is_told_from_a_list_and_a_person_from_a_relation() {
    let person = json!({"id": "1", "achternaam": "Kanarie", "koppelingen": [], "mobiel": null});
    assert_eq!(of_built_in(person).records, BTreeMap::from([("contact-person", 1)]));
    assert_eq!(of_built_in(json!({"fout": {}})).not_understood, 1);
    assert_eq!(of_built_in(json!({"relatietypen": [{"id": "client", "naam": "Cliënt"}]})).types, 1);
}

#[test]
fn what_a_recording_asked_for_tells_what_an_answer_is() {
    let one = json!({"id": "1", "soort": "bedrijf"});
    let told = built_in(&[
        asked("GET", "/base/offices/12345/relaties", 200, json!({"relaties": [one]})),
        asked("GET", "/base/offices/12345/relaties/1", 200, one.clone()),
        asked("PUT", "/base/offices/12345/relaties/1", 200, one.clone()),
        asked("GET", "/base/offices/12345/relaties/1", 404, json!({})),
        asked("GET", "/base/offices/12345/contactpersonen", 200, json!({"rows": []})),
        asked("GET", "/base/offices/12345/dossiers/jan-kanarie", 200, one.clone()),
        asked("POST", "/base/offices/12345/relaties", 200, one),
    ]);
    assert_eq!(told.records, BTreeMap::from([("organisation", 3)]));
    assert_eq!((told.refusals, told.not_understood), (1, 1));
    let elsewhere = [("GET /{}/offices/{}/dossiers/{}", 1), ("POST /{}/offices/{}/relaties", 1)];
    assert_eq!(told.elsewhere, elsewhere.map(|(form, count)| (form.to_owned(), count)).into());
}

#[test]
fn nothing_that_stands_in_a_member_is_told() {
    let record = json!({"id": "1", "soort": "bedrijf", "jan@voorbeeld.example": "geheim", "Jan Kanarie": 1, "0612345678": 1,
        "by_day": {"1980-01-31": "geheim"}});
    let told = format!("{:?}", of_built_in(json!({"relaties": [record]})));
    for value in ["voorbeeld.example", "geheim", "Kanarie", "0612345678", "1980"] {
        assert!(!told.contains(value), "{value}");
    }
}

/// What of relations nothing reads.
fn unread(of_each: impl Fn(usize) -> Value, count: usize) -> Vec<String> {
    let relation = |number: usize| {
        let mut relation = json!({"id": number.to_string(), "soort": "bedrijf"});
        relation.as_object_mut().unwrap().extend(of_each(number).as_object().unwrap().clone());
        relation
    };
    let relaties: Vec<Value> = (0..count).map(relation).collect();
    of_built_in(json!({ "relaties": relaties })).unread.into_iter().collect()
}

#[test]
fn members_that_are_keyed_by_data_are_told_by_their_number() {
    let told = unread(|_| json!({"extra": 1, "jan@voorbeeld.example": 1, "regel\neen": 1}), 1);
    assert_eq!(told, ["…(3 members, keyed by data)"]);
    let told = unread(|number| json!({ format!("Kanarie{}", ["A", "B", "C", "D"][number]): 1 }), 4);
    assert_eq!(told, ["…(4 members, keyed by data)"]);
    let told = unread(|_| json!({"extra": 1, "@odata.etag": 1, "naam@odata.type": 1}), 4);
    assert_eq!(told, ["@odata.etag", "extra", "naam@odata.type"]);
}

#[test]
fn what_stands_in_an_object_that_nothing_reads_is_not_told() {
    let told = unread(|_| json!({"bij": {"Kanarie": {"jan@voorbeeld.example": 1}}}), 2);
    assert_eq!(told, ["bij"]);
}

#[test]
fn a_row_that_is_keyed_by_data_is_told_by_the_number_of_its_members() {
    let told = unread(|_| json!({"adressen": [{"id": "a", "type": "hoofdkantoor", "Jan Kanarie": 1}]}), 2);
    assert_eq!(told, ["adressen/…(1 member, keyed by data)"]);
}

#[test]
fn values_stand_in_the_order_of_the_fields() {
    let dialect = Dialect::parse(crate::BUILT_IN).unwrap();
    let answers = [Answer::alone(json!({"relaties": [{"id": 7, "soort": "bedrijf", "bedrijfsnaam": "Voorbeeld"}]}))];
    let (told, values) = (report(&dialect, &answers), values(&dialect, &answers));
    let name = told.fields.iter().position(|field| field.name == "bedrijfsnaam").unwrap();
    assert_eq!(
        (values.len(), values[0].as_deref(), values[name].as_deref()),
        (told.fields.len(), Some("7"), Some("Voorbeeld"))
    );
}

#[test]
fn an_answer_alone_is_that_of_which_most_members_are_there() {
    let dialect = Dialect::parse(crate::PRACTICE).unwrap();
    // It has lists that relations have too, each with several fields.
    let person = json!({"id": 1, "status": "active", "first_names": "Merel", "last_name": "Kanarie", "addresses": [],
        "phone_numbers": [], "email_addresses": [], "positions": []});
    let told = report(&dialect, &[Answer::alone(json!({"data": [person]}))]);
    assert_eq!(told.records, BTreeMap::from([("contact-person", 1)]));
}
