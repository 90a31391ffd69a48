#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::sync::Arc;

use dialect::{DateForm, Dialect};
use serde_json::json;

use super::*;
use crate::advocaatcentraal::changing;
use crate::advocaatcentraal::contactpersoon::Source;
use crate::advocaatcentraal::json::Object;
use crate::advocaatcentraal::record::date_read;
use crate::advocaatcentraal::{Contactpersoon, Edit, Record, Relatie};
use crate::relation::Presence;

type Document = serde_json::Value;

/// The built-in dialect with one field of an organisation elsewhere.
fn with(veld: Veld, stands: Document) -> Arc<Dialect> {
    let mut document: Document = serde_json::from_str(dialect::BUILT_IN).unwrap();
    document["relations"]["record"]["organisation"][veld.name()] = stands;
    Arc::new(Dialect::parse(&document.to_string()).unwrap())
}

fn read(dialect: &Arc<Dialect>, record: &Document) -> Relatie {
    let raw = Object::parse(record.to_string().as_bytes()).unwrap();
    Relatie::read(raw, None, dialect.relations.lists.first().unwrap(), dialect).unwrap()
}

/// What AC gets when the field is set.
fn sent(dialect: &Arc<Dialect>, record: &Document, veld: Veld, text: &str) -> Result<Document, Failure> {
    let mut edit = Edit::new();
    edit.veld(veld, Some(text));
    let sent = changing::relation(&read(dialect, record), &edit, dialect)?;
    Ok(serde_json::from_str(&sent.unwrap()).unwrap())
}

/// The places where a field can stand, each with a record in which something stands there and one in which nothing does.
fn places(written: &str, now: &Document) -> [(Document, Document, Document, &'static str); 2] {
    let company = |rest: Document| {
        let mut company = json!({ "id": "1", "soort": "bedrijf" });
        company.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        company
    };
    let at = json!({ "at": "/plek/veld", "as": written });
    let pick = json!({ "list": "/rijen", "where": { "/woord": ["werk"] }, "at": "/veld", "as": written });
    [
        (at, company(json!({ "plek": { "veld": now } })), company(json!({})), "/plek/veld"),
        (
            pick,
            company(json!({ "rijen": [{ "woord": "werk", "veld": now }] })),
            company(json!({ "rijen": [] })),
            "/rijen/0/veld",
        ),
    ]
}

#[test]
fn a_value_is_written_in_the_form_in_which_it_is_read_wherever_it_stands() {
    for (written, now, text, value) in [
        ("text", json!("201112222"), "205559876", json!("205559876")),
        ("text", json!("020 111 22 22"), "020 555 98 76", json!("020 555 98 76")),
        ("number", json!(201_112_222), "205559876", json!(205_559_876)),
        ("number", json!(0), "7", json!(7)),
        ("number", json!(7), "0", json!(0)),
        ("either", json!(201_112_222), "205559876", json!(205_559_876)),
        ("either", json!("201112222"), "205559876", json!("205559876")),
        ("either", json!(201_112_222), "0205559876", json!("0205559876")),
        ("either", json!(201_112_222), "na 17 uur", json!("na 17 uur")),
    ] {
        for (place, record, _, at) in places(written, &now) {
            let dialect = with(Veld::Telefoonnummer, place);
            let sent = sent(&dialect, &record, Veld::Telefoonnummer, text).unwrap();
            assert_eq!(sent.pointer(at), Some(&value), "{written} {text} at {at}");
            assert!(
                read(&dialect, &sent).field(Veld::Telefoonnummer) == Presence::of(text),
                "{written} {text} at {at}"
            );
        }
    }
}

#[test]
fn a_value_that_stands_nowhere_yet_is_written_so_that_it_can_be_read() {
    for written in ["text", "number", "either"] {
        for (place, _, record, at) in places(written, &json!(null)) {
            let dialect = with(Veld::Telefoonnummer, place);
            let sent = sent(&dialect, &record, Veld::Telefoonnummer, "205559876").unwrap();
            let expected = if written == "number" { json!(205_559_876) } else { json!("205559876") };
            assert_eq!(sent.pointer(at), Some(&expected), "{written} at {at}");
            assert!(read(&dialect, &sent).field(Veld::Telefoonnummer) == Presence::of("205559876"));
        }
    }
}

#[test]
fn what_no_number_says_is_refused_for_that_field_wherever_it_stands() {
    for text in ["+31 20 5559876", "0205559876", "020 5559876", "na 17 uur", "-1", "1.5", "1e3"] {
        for (place, record, without, at) in places("number", &json!(201_112_222)) {
            let dialect = with(Veld::Telefoonnummer, place);
            for record in [record, without] {
                assert_eq!(
                    sent(&dialect, &record, Veld::Telefoonnummer, text).unwrap_err(),
                    no_place("telefoonnummer"),
                    "{text} at {at}"
                );
            }
        }
    }
}

#[test]
fn a_kvk_number_keeps_its_zeros_as_a_number_wherever_it_stands() {
    for (place, record, without, at) in places("number", &json!(1_234_567)) {
        let dialect = with(Veld::Kvk, place);
        assert!(read(&dialect, &record).field(Veld::Kvk) == Presence::of("01234567"));
        for record in [&record, &without] {
            let sent = sent(&dialect, record, Veld::Kvk, "00034599").unwrap();
            assert_eq!(sent.pointer(at), Some(&json!(34_599)), "{at}");
            assert!(read(&dialect, &sent).field(Veld::Kvk) == Presence::of("00034599"));
        }
        for text in ["123", "0001", "12345678 a", "00000000"] {
            assert_eq!(sent(&dialect, &record, Veld::Kvk, text).unwrap_err(), no_place("kvk"), "{text}");
        }
    }
}

#[test]
fn what_is_emptied_reads_as_empty_in_every_form() {
    for written in ["text", "number", "either"] {
        for (place, record, ..) in places(written, &json!(if written == "text" { json!("7") } else { json!(7) })) {
            let dialect = with(Veld::Telefoonnummer, place);
            let mut edit = Edit::new();
            edit.veld(Veld::Telefoonnummer, None);
            let sent = changing::relation(&read(&dialect, &record), &edit, &dialect).unwrap().unwrap();
            let sent: Document = serde_json::from_str(&sent).unwrap();
            assert!(read(&dialect, &sent).field(Veld::Telefoonnummer) == Presence::Empty, "{written}");
        }
    }
}

#[test]
fn a_gender_and_a_birth_date_are_written_in_their_words_and_form_wherever_they_stand() {
    for (field, now, text, value) in [
        ("geslacht", json!(1), "V", json!(2)),
        ("geboortedatum", json!("01-02-1980"), "1981-03-04", json!("04-03-1981")),
    ] {
        let written = if field == "geslacht" { "number" } else { "text" };
        for (place, record, _, at) in places(written, &now) {
            let mut document: Document = serde_json::from_str(dialect::BUILT_IN).unwrap();
            let person = &mut document["persons"]["lists"]["record"];
            person["fields"][field] = place;
            person["genders"] = json!({ "male": ["1"], "female": ["2"] });
            person["dates"] = "day-first".into();
            let dialect = Arc::new(Dialect::parse(&document.to_string()).unwrap());
            let read = |record: &Document| {
                let raw = Object::parse(record.to_string().as_bytes()).unwrap();
                Contactpersoon::read(raw, None, &Source::of(&dialect, None).unwrap(), None).unwrap()
            };
            let veld = if field == "geslacht" { Veld::Geslacht } else { Veld::Geboortedatum };
            let mut edit = Edit::new();
            edit.veld(veld, Some(text));
            let of = dialect.person().unwrap();
            let sent = changing::person(&read(&record), &edit, of, None, &dialect).unwrap().unwrap();
            let sent: Document = serde_json::from_str(&sent).unwrap();
            assert_eq!(sent.pointer(at), Some(&value));
            assert!(read(&sent).field(veld) == Presence::of(text), "{field} at {at}");
        }
    }
}

#[test]
fn a_date_at_midnight_is_its_day_and_any_other_time_is_left_to_be_read_or_refused() {
    let read = |text: &str| date_read(text, &DateForm::Midnight);
    let day = "1970-01-31";
    for time in ["00:00", "00:00:00", "00:00:00.000", "00:00:00Z", "00:00:00+01:00", "00:00-0500", "00:00:00.0Z"] {
        assert_eq!(read(&format!("{day}T{time}")), day, "{time}");
    }
    for time in
        ["12:34:56", "00:00:01", "00:00garbage", "00:00:00+1", "00:00:00Zx", "00", "", "00:00:00.5", "23:00:00Z"]
    {
        let text = format!("{day}T{time}");
        assert_eq!(read(&text), text);
    }
}
