#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::time::Duration;

use super::super::{AdvocaatCentraal, ChildEditsMoveParent, Filter, NewAddresses, Office, Order, PageCap};
use super::*;
use crate::population;

const NOW: Instant = Instant::from_millis(1_780_394_400_000);
const ONE: &str = "/contacts/400000000000001001.json";
const PERSON: &str = "500000000000005001";

fn office(variants: Variants) -> AdvocaatCentraal {
    AdvocaatCentraal::new(Office::default(), variants).speaking(Wire::Bookkeeping)
}

fn populated(variants: Variants, seed: u64, relations: usize) -> AdvocaatCentraal {
    let mut ac = office(variants);
    population::seeded(seed, relations).load_into(&mut ac);
    ac
}

/// A company, and a contact person of it and of a private person.
fn three(variants: Variants) -> AdvocaatCentraal {
    let fields = |value: Value| value.as_object().unwrap().clone();
    let mut ac = office(variants);
    ac.load(
        List::Relaties,
        [
            fields(json!({"id": "1001", "soort": "bedrijf", "status": "actief", "relatietypen": ["client"],
            "bedrijfsnaam": "Voorbeeld B.V.", "telefoonnummer": "020 555 01 23", "email": null, "kvk": "01234567",
            "notitie": "blijft", "gewijzigd": "2026-03-02T10:00:05+01:00", "adressen": [
            {"id": "a1", "type": "hoofdkantoor", "straat": "Keizersgracht", "huisnummer": "12-14", "toevoeging": "hs",
                "postcode": "1015 CS", "plaats": "Amsterdam"},
            {"id": "a2", "type": "factuuradres", "straat": "Singel", "huisnummer": "1"}]})),
            fields(json!({"id": "1002", "soort": "particulier", "status": "actief", "naam": "E. Voorbeeld"})),
        ],
    );
    ac.load(
        List::Contactpersonen,
        [fields(json!({"id": "5001", "status": "actief", "achternaam": "Voorbeeld",
        "geslacht": "V", "mobiel": "06 5550 5678", "koppelingen": [{"relatie_id": "1001", "functie": "Directeur"},
        {"relatie_id": "1002", "functie": "Zus", "doorkiesnummer": ""}]}))],
    );
    ac
}

fn request(method: &str, target: &str) -> Request {
    Request::new(method, format!("/api/v2/12345{target}")).with_header("Authorization", "Bearer sandbox-key")
}

fn get(ac: &mut AdvocaatCentraal, target: &str) -> Response {
    ac.handle(NOW, &request("GET", target))
}

fn patch(ac: &mut AdvocaatCentraal, target: &str, body: &Value) -> Response {
    ac.handle(NOW, &request("PATCH", target).with_json(body))
}

/// The target of the next page.
fn next(answer: &Response) -> Option<String> {
    let links = answer.header("link")?;
    let link = links.split(", ").find_map(|link| link.strip_suffix(">; rel=\"next\""))?;
    Some(link.strip_prefix("</api/v2/12345").unwrap().to_owned())
}

#[test]
fn a_contact_is_flat_and_holds_its_people() {
    let mut ac = three(Variants::default());
    assert_eq!(
        get(&mut ac, ONE).json(),
        json!({"id": "400000000000001001", "version": 1, "company_name": "Voorbeeld B.V.", "lastname": "",
            "phone": "020 555 01 23", "email": "", "website": "", "chamber_of_commerce": "01234567", "kinds": ["client"],
            "archived": false, "created_at": "", "updated_at": "2026-03-02T09:00:05.000Z",
            "address1": "Keizersgracht 12-14 hs", "zipcode": "1015 CS", "city": "Amsterdam", "country": "",
            "postal_address1": "", "postal_zipcode": "", "postal_city": "", "postal_country": "",
            "contact_people": [{"id": PERSON, "firstname": "", "infix": "", "lastname": "Voorbeeld", "initials": "",
                "birthdate": "", "gender": "f", "mobile": "06 5550 5678", "phone": "", "email": "", "archived": false,
                "job_title": "Directeur", "direct_phone": "", "address1": "", "zipcode": "", "city": "", "country": ""}]})
    );
    let private = get(&mut ac, "/contacts/400000000000001002").json();
    assert_eq!((&private["company_name"], &private["lastname"]), (&json!(""), &json!("E. Voorbeeld")));
    assert_eq!(private["contact_people"][0]["job_title"], "Zus");
}

#[test]
fn next_links_lead_to_the_end_in_any_order() {
    for order in [Order::Sorted, Order::RandomWithinEqualStamps, Order::Unsorted] {
        let mut ac = populated(Variants { order, ..Variants::default() }, 1, 95);
        let (mut seen, mut at) = (Vec::new(), Some("/contacts.json?include_archived=true&per_page=20".to_owned()));
        while let Some(target) = at {
            let answer = get(&mut ac, &target);
            seen.extend(answer.json().as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()));
            at = next(&answer);
        }
        seen.sort_unstable();
        let there = ac.relaties().filter(|(_, record)| record.current().text("status") != "verwijderd");
        let there: Vec<String> = there.map(|(id, _)| Wire::Bookkeeping.written_id(List::Relaties, id)).collect();
        assert_eq!(seen, there, "{order:?}");
    }
}

#[test]
fn the_archive_is_listed_when_asked_for_and_what_is_deleted_never() {
    let mut ac = populated(Variants::default(), 1, 30);
    let ids = |ac: &mut AdvocaatCentraal, target: &str| -> Vec<String> {
        let rows = get(ac, target).json();
        rows.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()[14..].to_owned()).collect()
    };
    let with = ids(&mut ac, "/contacts?include_archived=true&per_page=100");
    let without = ids(&mut ac, "/contacts?per_page=100");
    assert!(with.contains(&"1007".to_owned()) && !without.contains(&"1007".to_owned()));
    assert!(!with.contains(&"1008".to_owned()));
    assert_eq!(get(&mut ac, "/contacts/400000000000001008").json(), json!({"code": "not_found"}));
    assert_eq!(get(&mut ac, "/contacts/400000000000001007").json()["archived"], true);
}

#[test]
fn a_list_tells_what_changed_since() {
    let counted = |variants, after: &str| {
        let mut ac = populated(variants, 1, 50);
        let target = format!("/contacts?include_archived=true&per_page=100&updated_after={after}");
        get(&mut ac, &target).json().as_array().unwrap().len()
    };
    let all = counted(Variants::default(), "2026-01-01T00:00:00Z");
    // The stamps of 20 to 30 are one.
    let shared = population::FIRST_STAMP.plus(Duration::from_secs(37 * 20));
    let (at, later) = (shared.utc(), shared.plus(Duration::from_secs(1)).utc());
    assert!(counted(Variants::default(), &at) > counted(Variants::default(), &later));
    let exclusive = Variants { filter: Filter::Exclusive, ..Variants::default() };
    assert_eq!(counted(exclusive, &at), counted(Variants::default(), &later));
    assert_eq!(counted(Variants { filter: Filter::Ignored, ..Variants::default() }, &at), all);
}

#[test]
fn a_contact_person_that_changes_comes_or_goes_moves_its_contacts() {
    let mut ac = three(Variants { child_edits_move_parent: ChildEditsMoveParent::No, ..Variants::default() });
    let mut since = NOW;
    let mut moved = |ac: &mut AdvocaatCentraal, at: Instant| {
        let rows = ac.handle(at, &request("GET", &format!("/contacts?updated_after={}", since.utc()))).json();
        since = at.plus(Duration::from_secs(1));
        rows.as_array().unwrap().iter().map(|row| row["contact_people"].as_array().unwrap().len()).collect::<Vec<_>>()
    };
    let at = |seconds: u64| NOW.plus(Duration::from_secs(seconds));
    assert!(moved(&mut ac, at(0)).is_empty());
    ac.edit_contactpersoon(at(10), "5001", |fields| drop(fields.insert("mobiel".into(), "06".into()))).unwrap();
    assert_eq!(moved(&mut ac, at(10)), [1, 1]);
    let new = json!({"achternaam": "Nieuw", "koppelingen": [{"relatie_id": "1002"}]});
    ac.add_contactpersoon(at(20), new.as_object().unwrap().clone());
    assert_eq!(moved(&mut ac, at(20)), [2]);
    ac.delete(at(30), List::Contactpersonen, "5001").unwrap();
    assert_eq!(moved(&mut ac, at(30)), [0, 1]);
}

#[test]
fn an_edit_is_written_and_read_back() {
    let mut ac = three(Variants::default());
    let body = json!({"version": 1, "phone": "020 555 01 24", "address1": "Keizersgracht 16 hs", "zipcode": null,
        "postal_address1": "Postbus 123", "postal_city": "Breda",
        "contact_people": [{"id": PERSON, "mobile": "", "gender": "x", "direct_phone": "020 555 01 25"}]});
    let answer = patch(&mut ac, ONE, &body);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), get(&mut ac, ONE).json());
    let stored = Value::Object(ac.relatie("1001").unwrap().current().fields().clone());
    assert_eq!((&stored["telefoonnummer"], &stored["notitie"]), (&json!("020 555 01 24"), &json!("blijft")));
    let rows = &stored["adressen"];
    assert_eq!(
        (&rows[0]["huisnummer"], &rows[0]["toevoeging"], &rows[0]["postcode"]),
        (&json!("16"), &json!("hs"), &json!(null))
    );
    assert_eq!((&rows[1]["type"], &rows[1]["straat"]), (&json!("factuuradres"), &json!("Singel")));
    assert_eq!(
        (&rows[2]["type"], &rows[2]["huisnummer"], &rows[2]["plaats"]),
        (&json!("postadres"), &json!("123"), &json!("Breda"))
    );
    let person = Value::Object(ac.contactpersoon("5001").unwrap().current().fields().clone());
    assert_eq!(
        (&person["mobiel"], &person["geslacht"], &person["achternaam"]),
        (&json!(""), &json!("X"), &json!("Voorbeeld"))
    );
    assert_eq!(
        person["koppelingen"],
        json!([{"relatie_id": "1001", "functie": "Directeur", "doorkiesnummer": "020 555 01 25"},
        {"relatie_id": "1002", "functie": "Zus", "doorkiesnummer": ""}])
    );
    let written: Vec<String> = ac.counters().written().map(|write| format!("{} {}", write.method, write.set)).collect();
    assert_eq!(written, ["PATCH relaties", "PATCH contactpersonen"]);
}

#[test]
fn a_patch_of_people_alone_writes_no_relation() {
    let mut ac = three(Variants::default());
    let answer = patch(&mut ac, ONE, &json!({"version": 1, "contact_people": [{"id": PERSON, "mobile": "06"}]}));
    assert_eq!(answer.json()["version"], 2, "the contact has another version by now");
    let sets: Vec<&str> = ac.counters().written().map(|write| write.set.as_str()).collect();
    assert_eq!(sets, ["contactpersonen"]);
    assert_eq!(get(&mut ac, "/contacts/400000000000001002").json()["contact_people"][0]["mobile"], "06");
}

#[test]
fn a_stale_version_is_told_by_409_and_nothing_is_written() {
    let mut ac = three(Variants::default());
    ac.edit_contactpersoon(NOW, "5001", |fields| drop(fields.insert("mobiel".into(), "06".into()))).unwrap();
    let answer = patch(&mut ac, ONE, &json!({"version": 1, "phone": "1"}));
    assert_eq!((answer.status, answer.json()), (409, json!({"code": "stale"})));
    assert_eq!(ac.relatie("1001").unwrap().current().text("telefoonnummer"), "020 555 01 23");
    assert_eq!(ac.counters().writes(), 0);
    assert_eq!(patch(&mut ac, ONE, &json!({"version": 2, "phone": "1"})).json()["version"], 3);
    assert_eq!(patch(&mut ac, ONE, &json!({"phone": "2"})).status, 200, "without a version there is no lock");
}

#[test]
fn a_refused_member_is_named_in_its_own_words_and_nothing_is_written() {
    let mut ac = three(Variants::default());
    let mut refused = |body: Value| {
        let answer = patch(&mut ac, ONE, &body);
        (answer.status, answer.json()["member"].as_str().unwrap_or_default().to_owned())
    };
    let at = |member: &str| (400, member.to_owned());
    assert_eq!(refused(json!({"email": "geen adres"})), at("email"));
    assert_eq!(refused(json!({"chamber_of_commerce": "12"})), at("chamber_of_commerce"));
    assert_eq!(refused(json!({"phone": 12})), at("phone"));
    assert_eq!(refused(json!({"lastname": "Iemand"})), at("lastname"));
    assert_eq!(refused(json!({"telefoonnummer": "1"})), at("telefoonnummer"));
    assert_eq!(refused(json!({"archived": true})), at("archived"));
    assert_eq!(refused(json!({"kinds": ["unknown"]})), at("kinds"));
    let of = |row: Value| json!({"phone": "020", "contact_people": [row]});
    assert_eq!(refused(of(json!({"id": PERSON, "birthdate": "gisteren"}))), at("contact_people.birthdate"));
    assert_eq!(refused(of(json!({"lastname": "Nieuw"}))), at("contact_people.id"));
    assert_eq!(refused(of(json!({"id": PERSON, "gender": "man"}))), at("contact_people.gender"));
    assert_eq!(ac.counters().writes(), 0);
    assert_eq!(ac.relatie("1001").unwrap().current().text("telefoonnummer"), "020 555 01 23");
    ac.variants_mut().new_addresses = NewAddresses::Refused;
    assert_eq!(
        patch(&mut ac, ONE, &json!({"postal_city": "Breda"})).json(),
        json!({"code": "invalid", "member": "address1"})
    );
}

#[test]
fn what_the_wire_does_not_know_is_refused() {
    let mut ac = populated(Variants::default(), 1, 20);
    let mut status = |method: &str, target: &str| ac.handle(NOW, &request(method, target)).status;
    assert_eq!(status("GET", "/contacts?updated_since=2026-01-01T00:00:00Z"), 400);
    assert_eq!(status("GET", "/contacts?updated_after=2026-01-01"), 400);
    assert_eq!(status("GET", "/contacts?per_page=101"), 400);
    assert_eq!(status("GET", "/contact_people"), 404);
    assert_eq!(status("PATCH", ONE), 400);
    assert_eq!((status("POST", "/contacts"), status("DELETE", ONE), status("PUT", ONE)), (405, 405, 405));
    assert_eq!(ac.counters().violations(), 3);
    assert_eq!(get(&mut ac, ".json").json(), json!({"id": "12345", "name": "Voorbeeld Advocaten"}));
    let wrong = Request::new("GET", "/api/v2/12345/contacts").with_header("Authorization", "Bearer ander");
    assert_eq!(ac.handle(NOW, &wrong).json(), json!({"code": "unauthorized"}));
    let elsewhere = Request::new("GET", "/api/v2/99/contacts").with_header("Authorization", "Bearer sandbox-key");
    assert_eq!(ac.handle(NOW, &elsewhere).status, 404);
    ac.variants_mut().page_cap = PageCap::SilentlyClipped;
    assert_eq!(get(&mut ac, "/contacts?per_page=500").status, 200);
}

#[test]
fn every_contact_that_comes_back_as_it_was_shown_stays_as_it_was() {
    for seed in 1..4 {
        let mut ac = populated(Variants::default(), seed, 150);
        let before: Vec<_> =
            ac.relaties().chain(ac.contactpersonen()).map(|(_, record)| record.current().fields().clone()).collect();
        let ids: Vec<String> = ac.relaties().map(|(id, _)| Wire::Bookkeeping.written_id(List::Relaties, id)).collect();
        for id in ids {
            let answer = get(&mut ac, &format!("/contacts/{id}"));
            if answer.status == 404 {
                continue;
            }
            let answer = patch(&mut ac, &format!("/contacts/{id}"), &answer.json());
            assert_eq!(answer.status, 200, "{id}");
        }
        let after: Vec<_> =
            ac.relaties().chain(ac.contactpersonen()).map(|(_, record)| record.current().fields().clone()).collect();
        assert_eq!(after, before, "{seed}");
        assert!(ac.counters().writes() > 100);
    }
}
