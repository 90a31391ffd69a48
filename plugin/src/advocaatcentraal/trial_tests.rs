#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

use std::sync::Arc;

use dialect::Dialect;
use serde_json::{Value, json};

use super::*;
use crate::advocaatcentraal::script::{Answer, Script, answer, raw, relatie_id, with};

const STORED: &str = r#"{"id":"1","soort":"bedrijf","email":"a@b.example","gewijzigd":"2026-11-01T10:00:00Z","onbekend":{"tarief":195.10},"adressen":[{"id":"9","type":"Hoofdkantoor","straat":"Gracht"}]}"#;

fn read(text: &str) -> Answer {
    with(raw(200, text), "ETag", "\"v1\"")
}

fn try_with(after: &str) -> (Result<Trial, Failure>, Script) {
    let script = Script::of([read(STORED), read(after), read(after)]);
    let trial = script.run(|client| client.try_relatie(&relatie_id("1")));
    (trial, script)
}

#[test]
fn a_record_goes_back_byte_for_byte_and_is_read_again() {
    let (trial, script) = try_with(STORED);
    assert_eq!(trial, Ok(Trial::AsBefore));
    assert_eq!(script.asked(), ["Get /relaties/1", "Put /relaties/1", "Get /relaties/1"]);
    assert_eq!(script.body(1), STORED);
    assert_eq!(script.header(1, "if-match").as_deref(), Some("\"v1\""));
}

#[test]
fn what_is_another_after_the_write_is_told_by_its_place_but_for_the_stamp() {
    for (from, to, expected) in [
        ("2026-11-01T10", "2026-11-26T10", &[] as &[&str]),
        ("a@b.example", "geheim@b.example", &["/email"]),
        ("195.10", "195.1", &["/onbekend/tarief"]),
        ("\"Gracht\"", "\"Gracht 1\"", &["/adressen/0/straat"]),
        (",\"straat\":\"Gracht\"", "", &["/adressen/0/straat"]),
        ("\"id\":\"9\"", "\"id\":\"10\"", &["/adressen/0/id"]),
        ("[{\"id\":\"9\",\"type\":\"Hoofdkantoor\",\"straat\":\"Gracht\"}]", "[]", &["/adressen"]),
        ("\"soort\"", "\"nieuw\":1,\"soort\"", &["/nieuw"]),
        ("a@b.example", "\\u0061@b.example", &[]),
    ] {
        let (trial, _) = try_with(&STORED.replacen(from, to, 1));
        let expected: Vec<String> = expected.iter().map(|at| (*at).to_owned()).collect();
        let expected = if expected.is_empty() { Trial::AsBefore } else { Trial::Changed(expected) };
        assert_eq!(trial, Ok(expected), "{from} -> {to}");
    }
}

#[test]
fn a_write_that_is_refused_or_came_too_late_tries_nothing() {
    let moved = STORED.replacen("T10:00", "T10:05", 1);
    let refused = |status| vec![read(STORED), answer(status, &json!({}))];
    let changed: Vec<Answer> = refused(412).into_iter().chain([read(&moved)]).collect();
    for (answers, failure) in [(changed, Failure::Changed), (refused(404), Failure::Gone)] {
        let script = Script::of(answers);
        assert_eq!(script.run(|client| client.try_relatie(&relatie_id("1"))), Err(failure));
    }
}

#[test]
fn a_tag_that_fits_nothing_is_left_out() {
    let script = Script::of([read(STORED), answer(412, &json!({})), read(STORED), read(STORED), read(STORED)]);
    let (trial, tags) = script.run(|client| (client.try_relatie(&relatie_id("1")), client.tags()));
    assert_eq!(trial, Ok(Trial::AsBefore));
    assert!(matches!(tags, Some(Tags::DoNotFit { .. })));
    assert_eq!([1, 3].map(|put| script.header(put, "if-match").is_some()), [true, false]);
    assert_eq!(script.body(3), STORED);
}

/// The body that AC gets when the dialect is tried with that record, or with the contact person in it.
fn written(dialect: &str, record: &Value, of_person: bool) -> Value {
    let script = Script::of([answer(200, record), answer(200, record), answer(200, record)]);
    let trial = script.run_as(Arc::new(Dialect::parse(dialect).unwrap()), |client| match of_person {
        false => client.try_relatie(&relatie_id("1")),
        true => client.try_contactpersoon(&ContactpersoonId::new("1/7")),
    });
    assert_eq!(trial, Ok(Trial::AsBefore));
    script.sent(1)
}

#[test]
fn a_patch_sends_along_what_an_edit_could_change_and_nothing_else() {
    let person = json!({"id": "7", "lastname": "Jansen", "mobile": "", "job_title": "Directeur", "unknown": 1});
    let record = json!({
        "id": "1", "version": 4, "company_name": "Voorbeeld", "email": null, "address1": "Gracht 38", "unknown": [1],
        "updated_at": "2026-11-01T10:00:00Z", "contact_people": [{"id": "6", "lastname": "Ander"}, person],
    });
    assert_eq!(
        written(dialect::BOOKKEEPING, &record, false),
        json!({"version": 4, "company_name": "Voorbeeld", "email": null, "address1": "Gracht 38"})
    );
    let part = json!({"id": "7", "lastname": "Jansen", "mobile": "", "job_title": "Directeur"});
    assert_eq!(written(dialect::BOOKKEEPING, &record, true), json!({"version": 4, "contact_people": [part]}));
}

#[test]
fn an_envelope_goes_around_the_whole_record() {
    let record =
        json!({"id": "1", "type": "Company", "name": "Voorbeeld", "phone_numbers": [{"name": "Work", "number": "1"}]});
    assert_eq!(written(dialect::PRACTICE, &json!({"data": record}), false), json!({"data": record}));
}
