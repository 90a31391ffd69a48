#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::time::Duration;

use super::super::{AdvocaatCentraal, Empties, Etag, Filter, Office, Order, PageCap, Put, Refusals, Wire};
use super::*;
use crate::population;

const NOW: Instant = Instant::from_millis(1_780_394_400_000);

fn office(variants: Variants) -> AdvocaatCentraal {
    AdvocaatCentraal::new(Office::default(), variants).speaking(Wire::Practice)
}

fn populated(variants: Variants, seed: u64, relations: usize) -> AdvocaatCentraal {
    let mut ac = office(variants);
    population::seeded(seed, relations).load_into(&mut ac);
    ac
}

fn with(variants: Variants, list: List, record: Value) -> AdvocaatCentraal {
    let mut ac = office(variants);
    ac.load(list, [record.as_object().unwrap().clone()]);
    ac
}

fn request(method: &str, target: &str) -> Request {
    Request::new(method, format!("/api/v4/firms/12345{target}")).with_header("Authorization", "Bearer sandbox-key")
}

fn get(ac: &mut AdvocaatCentraal, target: &str) -> Response {
    ac.handle(NOW, &request("GET", target))
}

fn put(ac: &mut AdvocaatCentraal, target: &str, data: &Value) -> Response {
    ac.handle(NOW, &request("PUT", target).with_json(&json!({ "data": data })))
}

fn company() -> Value {
    json!({"id": "1001", "soort": "bedrijf", "status": "actief", "relatietypen": ["client"], "bedrijfsnaam": "Voorbeeld B.V.",
        "telefoonnummer": "020 555 01 23", "email": null, "kvk": "01234567", "fax": "020 555 01 99", "notitie": "blijft",
        "gewijzigd": "2026-03-02T10:00:05+01:00", "adressen": [{"id": "a1", "type": "hoofdkantoor",
        "straat": "Keizersgracht", "huisnummer": "12-14", "toevoeging": "hs", "postcode": "1015 CS", "plaats": "Amsterdam"}]})
}

fn person() -> Value {
    json!({"id": "5001", "status": "gearchiveerd", "achternaam": "Voorbeeld", "geslacht": "V", "mobiel": "06 5550 5678",
        "koppelingen": [{"relatie_id": "1001", "functie": "Directeur", "doorkiesnummer": null}]})
}

#[test]
fn a_record_is_shown_in_its_own_words() {
    let mut ac = with(Variants::default(), List::Relaties, company());
    let answer = get(&mut ac, "/contacts/1001");
    assert_eq!(answer.header("etag"), Some("\"1\""));
    assert_eq!(
        answer.json(),
        json!({"data": {"id": 1001, "type": "Company", "status": "active", "created_at": null,
            "updated_at": "2026-03-02T09:00:05Z", "name": "Voorbeeld B.V.", "registration_number": "01234567",
            "phone_numbers": [{"id": 4, "name": "Fax", "number": "020 555 01 99"},
                {"id": 1, "name": "Work", "number": "020 555 01 23"}],
            "email_addresses": [], "web_sites": [],
            "addresses": [{"id": "a1", "name": "Work", "street": "Keizersgracht 12-14 hs", "postal_code": "1015 CS",
                "city": "Amsterdam", "country": null}],
            "categories": [{"id": "client", "name": "Cliënt"}], "custom_fields": {"notitie": "blijft"}}})
    );
    ac.load(List::Contactpersonen, [person().as_object().unwrap().clone()]);
    let person = get(&mut ac, "/people/5001").json()["data"].clone();
    assert_eq!((&person["status"], &person["gender"]), (&json!("archived"), &json!("Female")));
    assert_eq!(person["positions"], json!([{"contact_id": 1001, "title": "Directeur", "direct_number": null}]));
}

#[test]
fn pages_are_followed_to_the_end_in_any_order() {
    for order in [Order::Sorted, Order::RandomWithinEqualStamps, Order::Unsorted] {
        let mut ac = populated(Variants { order, ..Variants::default() }, 1, 95);
        for (path, list) in [("/contacts", List::Relaties), ("/people", List::Contactpersonen)] {
            let (mut seen, mut page, mut pages) = (Vec::new(), 1, 1);
            while page <= pages {
                let body = get(&mut ac, &format!("{path}?page={page}&per_page=20")).json();
                seen.extend(body["data"].as_array().unwrap().iter().map(|row| row["id"].to_string()));
                pages = body["meta"]["pages"].as_u64().unwrap();
                page += 1;
            }
            assert_eq!(pages, u64::try_from(seen.len().div_ceil(20)).unwrap());
            seen.sort_unstable();
            let stored: Vec<String> = ac.store.table(list).records.keys().cloned().collect();
            assert_eq!(seen, stored, "{order:?} {path}");
        }
        assert_eq!(get(&mut ac, "/contacts?page=9").json()["data"], json!([]));
    }
}

#[test]
fn a_list_tells_what_changed_since() {
    let counted = |variants, since: &str| {
        let mut ac = populated(variants, 1, 50);
        get(&mut ac, &format!("/contacts?updated_since={since}")).json()["meta"]["total"].as_u64().unwrap()
    };
    // The stamps of 20 to 30 are one.
    let shared = population::FIRST_STAMP.plus(Duration::from_secs(37 * 20)).utc();
    assert_eq!(counted(Variants::default(), &shared), 30);
    assert_eq!(counted(Variants { filter: Filter::Exclusive, ..Variants::default() }, &shared), 20);
    assert_eq!(counted(Variants { filter: Filter::Ignored, ..Variants::default() }, &shared), 50);
    let mut ac = populated(Variants::default(), 1, 5);
    assert_eq!(get(&mut ac, "/contacts?updated_since=2026-03-02T10:00:00").status, 400, "no offset");
}

#[test]
fn an_edit_is_written_and_read_back() {
    let mut ac = with(Variants::default(), List::Relaties, company());
    let mut record = get(&mut ac, "/contacts/1001").json()["data"].clone();
    record["phone_numbers"][1]["number"] = "020 555 01 24".into();
    record["email_addresses"] = json!([{"name": "Work", "address": "info@voorbeeld.example"}]);
    record["addresses"][0]["street"] = "Keizersgracht 16 hs".into();
    record["addresses"]
        .as_array_mut()
        .unwrap()
        .push(json!({"name": "Mailing", "street": "Postbus 123", "city": "Breda"}));
    let answer = put(&mut ac, "/contacts/1001", &record);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), get(&mut ac, "/contacts/1001").json());
    let stored = Value::Object(ac.relatie("1001").unwrap().current().fields().clone());
    assert_eq!(stored["telefoonnummer"], "020 555 01 24");
    assert_eq!(stored["email"], "info@voorbeeld.example");
    assert_eq!(stored["adressen"][0]["huisnummer"], "16");
    assert_eq!(stored["adressen"][0]["toevoeging"], "hs");
    assert_eq!(stored["adressen"][1]["type"], "postadres");
    assert_eq!(
        (&stored["adressen"][1]["straat"], &stored["adressen"][1]["huisnummer"]),
        (&json!("Postbus"), &json!("123"))
    );
    assert_eq!((&stored["fax"], &stored["notitie"]), (&json!("020 555 01 99"), &json!("blijft")));
    assert_eq!(ac.counters().written().last().unwrap().set, "relaties");
}

#[test]
fn a_row_that_does_not_come_back_is_empty_and_what_is_left_out_is_gone_unless_the_variant_merges() {
    for (way, gone) in [(Put::Replace, true), (Put::Merge, false)] {
        let mut ac = with(Variants { put: way, ..Variants::default() }, List::Relaties, company());
        let answer = put(&mut ac, "/contacts/1001", &json!({"name": "Voorbeeld B.V.", "phone_numbers": []}));
        assert_eq!(answer.status, 200);
        let stored = ac.relatie("1001").unwrap().current().fields().clone();
        assert_eq!(stored["telefoonnummer"], Value::Null);
        assert_eq!(stored.contains_key("kvk"), !gone);
        assert_eq!(stored.contains_key("adressen"), !gone);
    }
}

#[test]
fn a_refused_member_is_named_in_its_own_words() {
    let mut ac = with(Variants::default(), List::Relaties, company());
    let record = get(&mut ac, "/contacts/1001").json()["data"].clone();
    let mut refused = |member: &str, value: Value| {
        let mut record = record.clone();
        record[member] = value;
        let answer = put(&mut ac, "/contacts/1001", &record);
        (answer.status, answer.json()["error"]["field"].as_str().unwrap_or_default().to_owned())
    };
    let at = |pointer: &str| (422, pointer.to_owned());
    assert_eq!(refused("registration_number", "12".into()), at("/registration_number"));
    assert_eq!(refused("name", "é".repeat(201).into()), at("/name"));
    let emails = json!([{"name": "Work", "address": "geen adres"}]);
    assert_eq!(refused("email_addresses", emails), at("/email_addresses/0/address"));
    let phones = json!([{"id": 4, "name": "Fax", "number": "1"}, {"id": 1, "name": "Work", "number": "9".repeat(256)}]);
    assert_eq!(refused("phone_numbers", phones), at("/phone_numbers/1/number"));
    assert_eq!(refused("phone_numbers", json!([{"name": "Pager", "number": "1"}])), at("/phone_numbers/0/name"));
    assert_eq!(refused("addresses", json!([{"id": "a9", "name": "Work"}])), at("/addresses/0/id"));
    assert_eq!(refused("addresses", json!([{"id": "a1", "name": "Work", "zip": "1"}])), at("/addresses/0/zip"));
    assert_eq!(refused("categories", json!([{"id": "unknown"}])), at("/categories/0/id"));
    assert_eq!(refused("telefoonnummer", "1".into()), at("/telefoonnummer"));
    assert_eq!(refused("id", 7.into()), at("/id"));
    ac.variants_mut().refusals = Refusals::Bare;
    let answer = put(&mut ac, "/contacts/1001", &json!({"id": 7}));
    assert_eq!(answer.json(), json!({"error": {"type": "invalid"}}));
}

#[test]
fn a_write_in_between_is_told_by_412() {
    let mut ac = with(Variants::default(), List::Contactpersonen, person());
    let read = get(&mut ac, "/people/5001");
    ac.edit_contactpersoon(NOW, "5001", |fields| drop(fields.insert("mobiel".into(), "06 5550 0001".into()))).unwrap();
    let write = |etag: &str| request("PUT", "/people/5001").with_header("If-Match", etag).with_json(&read.json());
    let answer = ac.handle(NOW, &write(read.header("etag").unwrap()));
    assert_eq!((answer.status, answer.json()), (412, json!({"error": {"type": "precondition_failed"}})));
    assert_eq!(ac.contactpersoon("5001").unwrap().current().text("mobiel"), "06 5550 0001");
    assert_eq!(ac.handle(NOW, &write("\"2\"")).status, 200);
    ac.variants_mut().etag = Etag::No;
    assert_eq!(get(&mut ac, "/people/5001").header("etag"), None);
    assert_eq!(ac.handle(NOW, &write("\"1\"")).status, 200);
}

#[test]
fn what_the_wire_does_not_know_is_refused() {
    let mut ac = populated(Variants::default(), 1, 20);
    let mut status = |method: &str, target: &str| ac.handle(NOW, &request(method, target)).status;
    assert_eq!(status("GET", "/contacts?aantal=5"), 400);
    assert_eq!(status("GET", "/contacts?page=0"), 400);
    assert_eq!(status("GET", "/contacts?per_page=101"), 400);
    assert_eq!(status("GET", "/contacts/1001?fields=name"), 400);
    assert_eq!(status("GET", "/relaties"), 404);
    assert_eq!(status("GET", "/contacts/999"), 404);
    assert_eq!(status("GET", "/contacts/1008"), 410);
    assert_eq!(status("PUT", "/contacts/1001"), 400);
    assert_eq!(
        (status("POST", "/contacts"), status("DELETE", "/contacts/1001"), status("PATCH", "/contacts/1001")),
        (405, 405, 405)
    );
    assert_eq!(ac.counters().violations(), 3);
    assert_eq!(ac.counters().writes(), 0);
    let plain = Request::new("GET", "/api/v4/firms/12345").with_header("X-Api-Key", "sandbox-key");
    assert_eq!(ac.handle(NOW, &plain).json(), json!({"error": {"type": "unauthorized"}}));
    assert_eq!(get(&mut ac, "").json(), json!({"data": {"id": "12345", "name": "Voorbeeld Advocaten"}}));
    assert_eq!(get(&mut ac, "/categories").json()["data"][0], json!({"id": "client", "name": "Cliënt"}));
    ac.variants_mut().page_cap = PageCap::SilentlyClipped;
    assert_eq!(get(&mut ac, "/contacts?per_page=500").status, 200);
}

#[test]
fn a_late_change_is_listed_late_and_read_at_once() {
    let late = Duration::from_secs(240);
    let mut ac = with(Variants { late_visible: late, ..Variants::default() }, List::Relaties, company());
    ac.edit_relatie(NOW, "1001", |fields| drop(fields.insert("bedrijfsnaam".into(), "Later".into()))).unwrap();
    let listed =
        |ac: &mut AdvocaatCentraal, now| ac.handle(now, &request("GET", "/contacts")).json()["data"][0]["name"].clone();
    assert_eq!(get(&mut ac, "/contacts/1001").json()["data"]["name"], "Later");
    assert_eq!(listed(&mut ac, NOW), "Voorbeeld B.V.");
    assert_eq!(listed(&mut ac, NOW.plus(late)), "Later");
}

#[test]
fn every_record_that_comes_back_as_it_was_shown_stays_as_it_was() {
    for (seed, way, empties) in [
        (1, Put::Replace, Empties::Given),
        (2, Put::Merge, Empties::Given),
        (3, Put::Replace, Empties::LeftOut),
        (4, Put::Merge, Empties::LeftOut),
    ] {
        let mut ac = populated(Variants { put: way, empties, ..Variants::default() }, seed, 150);
        for (path, list) in [("contacts", List::Relaties), ("people", List::Contactpersonen)] {
            for (id, before) in ac.store.table(list).records.clone() {
                let answer = get(&mut ac, &format!("/{path}/{id}"));
                if answer.status == 410 {
                    continue;
                }
                assert_eq!(put(&mut ac, &format!("/{path}/{id}"), &answer.json()["data"]).status, 200, "{path} {id}");
                let after = &ac.store.table(list).records[&id];
                assert_eq!(after.current.fields, before.current.fields, "{path} {id} {way:?} {empties:?}");
            }
        }
    }
}
