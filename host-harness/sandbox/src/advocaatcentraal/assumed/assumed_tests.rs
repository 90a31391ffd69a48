#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeSet;
use std::time::Duration;

use super::super::{
    AdvocaatCentraal, ChildEditsMoveParent, Filter, Ids, NewAddresses, Office, Order, PageCap, Paging, Put, Rows,
    Stamps, Variants, record,
};
use super::*;

const NOW: Instant = Instant::from_millis(1_772_442_005_000);

fn fields(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn office(variants: Variants) -> AdvocaatCentraal {
    AdvocaatCentraal::new(Office::default(), variants)
}

fn with_relaties(variants: Variants, count: usize) -> AdvocaatCentraal {
    let mut ac = office(variants);
    ac.load(
        List::Relaties,
        (0..count).map(|number| {
            // Thirty share each stamp.
            let stamp = NOW.minus(Duration::from_secs(86_400)).plus(Duration::from_secs((number / 30) as u64));
            fields(json!({"id": format!("{}", 1000 + number), "soort": "bedrijf", "status": "actief",
                "bedrijfsnaam": format!("Bedrijf {number}"), "telefoonnummer": "020 555 01 01", "gewijzigd": stamp.amsterdam()}))
        }),
    );
    ac
}

fn request(method: &str, target: &str) -> Request {
    Request::new(method, format!("/offices/12345{target}")).with_header("x-api-key", "sandbox-key")
}

fn get(ac: &mut AdvocaatCentraal, target: &str) -> Response {
    ac.handle(NOW, &request("GET", target))
}

fn ids(page: &Value) -> Vec<String> {
    page["relaties"].as_array().unwrap().iter().map(|row| record::id_text(&row["id"]).unwrap()).collect()
}

/// Follows `volgende` to the end, or gives up after so many pages.
fn walk(ac: &mut AdvocaatCentraal, rows: usize, most: usize) -> (Vec<String>, bool) {
    let (mut seen, mut after) = (Vec::new(), String::new());
    for _ in 0..most {
        let page = get(ac, &format!("/relaties?aantal={rows}&na={after}")).json();
        seen.extend(ids(&page));
        match page["volgende"].as_str() {
            Some(next) => after = next.to_owned(),
            None => return (seen, true),
        }
    }
    (seen, false)
}

#[test]
fn a_walk_gives_every_relation_once_in_any_order() {
    for order in [Order::Sorted, Order::RandomWithinEqualStamps, Order::Unsorted] {
        for paging in [Paging::Cursor, Paging::PageNumber] {
            let mut ac = with_relaties(Variants { order, paging, ..Variants::default() }, 95);
            let (seen, ended) = walk(&mut ac, 20, 10);
            assert!(ended);
            assert_eq!(seen.len(), 95, "{order:?} {paging:?}");
            assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 95);
            assert_eq!(order == Order::Sorted, seen.is_sorted(), "{order:?}");
        }
    }
}

#[test]
fn broken_paging_never_ends() {
    for paging in [Paging::IgnoresCursor, Paging::NextLinksToItself] {
        let mut ac = with_relaties(Variants { paging, ..Variants::default() }, 95);
        let (seen, ended) = walk(&mut ac, 20, 12);
        assert!(!ended, "{paging:?}");
        assert!(seen.iter().collect::<BTreeSet<_>>().len() < 95);
    }
}

#[test]
fn a_page_has_a_cap() {
    let refused = |cap| {
        let mut ac = with_relaties(Variants { page_cap: cap, ..Variants::default() }, 150);
        let answer = get(&mut ac, "/relaties?aantal=101");
        (answer.status, answer.json()["relaties"].as_array().map_or(0, Vec::len))
    };
    assert_eq!(refused(PageCap::Hundred), (422, 0));
    assert_eq!(refused(PageCap::TwentyFive), (422, 0));
    assert_eq!(refused(PageCap::SilentlyClipped), (200, 40));
}

#[test]
fn the_filter_takes_the_bound_along_unless_the_variant_says_otherwise() {
    let counted = |variants| {
        let mut ac = with_relaties(variants, 90);
        let second = NOW.minus(Duration::from_secs(86_400)).plus(Duration::from_secs(1)).amsterdam();
        let page = get(&mut ac, &format!("/relaties?aantal=100&gewijzigd_vanaf={second}")).json();
        ids(&page).len()
    };
    assert_eq!(counted(Variants::default()), 60);
    assert_eq!(counted(Variants { filter: Filter::Exclusive, ..Variants::default() }), 30);
    assert_eq!(counted(Variants { filter: Filter::Ignored, ..Variants::default() }), 90);
    assert_eq!(counted(Variants { stamps: Stamps::DateOnlyFilter, ..Variants::default() }), 90);
}

#[test]
fn stamps_can_come_without_an_offset_and_ids_as_numbers() {
    let mut ac = with_relaties(Variants { stamps: Stamps::Naive, ids: Ids::Number, ..Variants::default() }, 1);
    let record = get(&mut ac, "/relaties/1000").json();
    assert_eq!(record["gewijzigd"], "2026-03-01T10:00:05");
    assert_eq!(record["id"], 1000);
}

#[test]
fn a_lean_row_leaves_keys_out_and_the_single_record_does_not() {
    let mut ac = with_relaties(Variants { rows: Rows::Lean, ..Variants::default() }, 1);
    let page = get(&mut ac, "/relaties").json();
    assert!(page["relaties"][0].get("telefoonnummer").is_none());
    assert_eq!(page["relaties"][0]["bedrijfsnaam"], "Bedrijf 0");
    assert!(get(&mut ac, "/relaties/1000").json().get("telefoonnummer").is_some());
}

#[test]
fn a_put_that_leaves_a_member_out_loses_it_unless_the_variant_merges() {
    for (put, left) in [(Put::Replace, false), (Put::Merge, true)] {
        let mut ac = with_relaties(Variants { put, ..Variants::default() }, 1);
        let answer = ac.handle(NOW, &request("PUT", "/relaties/1000").with_json(&json!({"bedrijfsnaam": "Nieuw"})));
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["bedrijfsnaam"], "Nieuw");
        assert_eq!(answer.json()["soort"], "bedrijf");
        assert_eq!(answer.json()["gewijzigd"], NOW.amsterdam());
        assert_eq!(answer.json().get("telefoonnummer").is_some(), left);
    }
}

#[test]
fn a_write_in_between_is_told_by_412() {
    let mut ac = with_relaties(Variants::default(), 1);
    let read = get(&mut ac, "/relaties/1000");
    ac.edit_relatie(NOW, "1000", |fields| {
        fields.insert("website".into(), "www.ander.example".into());
    })
    .unwrap();
    let put = request("PUT", "/relaties/1000").with_header("If-Match", read.header("ETag").unwrap());
    let answer = ac.handle(NOW, &put.with_json(&read.json()));
    assert_eq!(answer.status, 412);
    assert_eq!(ac.relatie("1000").unwrap().current().text("website"), "www.ander.example");
}

#[test]
fn a_refused_value_names_its_field_and_an_old_odd_one_may_stay() {
    let mut ac = office(Variants::default());
    let odd = json!({"id": "1", "soort": "bedrijf", "email": "geen adres", "bedrijfsnaam": "A"});
    ac.load(List::Relaties, [fields(odd.clone())]);
    let mut put = |body: Value| ac.handle(NOW, &request("PUT", "/relaties/1").with_json(&body));
    assert_eq!(put(odd).status, 200);
    let refused = put(json!({"email": "ook geen", "bedrijfsnaam": "A"}));
    assert_eq!(refused.status, 422);
    assert_eq!(refused.json(), json!({"fout": {"code": "waarde", "veld": "email"}}));
    assert_eq!(put(json!({"bedrijfsnaam": "é".repeat(200)})).status, 200);
    assert_eq!(put(json!({"bedrijfsnaam": "é".repeat(201)})).json()["fout"]["veld"], "bedrijfsnaam");
    assert_eq!(put(json!({"bedrijfsnaam": 12})).status, 422);
}

#[test]
fn an_address_without_an_id_is_new_and_becomes_what_the_variant_says() {
    for (new_addresses, status, kept) in [
        (NewAddresses::Kept, 200, vec!["a1", "n1"]),
        (NewAddresses::PassedOver, 200, vec!["a1"]),
        (NewAddresses::Refused, 422, vec!["a1"]),
        (NewAddresses::KeptTwice, 200, vec!["a1", "n1", "n2"]),
    ] {
        let mut ac = office(Variants { new_addresses, ..Variants::default() });
        let old = json!({"id": "a1", "type": "factuuradres", "straat": "Singel"});
        ac.load(List::Relaties, [fields(json!({"id": "1", "soort": "bedrijf", "adressen": [old]}))]);
        let body = json!({"adressen": [old, {"type": "hoofdkantoor", "straat": "Gracht"}], "website": "w.example"});
        assert_eq!(ac.handle(NOW, &request("PUT", "/relaties/1").with_json(&body)).status, status, "{new_addresses:?}");
        let rows = ac.relatie("1").unwrap().current().rows("adressen").to_vec();
        let ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
        assert_eq!(ids, kept, "{new_addresses:?}");
    }
}

#[test]
fn a_wrong_key_office_or_id_is_told_apart() {
    let mut ac = with_relaties(Variants::default(), 1);
    let wrong = Request::new("GET", "/offices/12345").with_header("X-Api-Key", "ander");
    let answer = ac.handle(NOW, &wrong);
    assert_eq!((answer.status, answer.json()), (401, json!({"fout": {"code": "sleutel"}})));
    let elsewhere = Request::new("GET", "/offices/999").with_header("X-Api-Key", "sandbox-key");
    assert_eq!(ac.handle(NOW, &elsewhere).status, 404);
    assert_eq!(get(&mut ac, "/relaties/999").status, 404);
    assert_eq!(get(&mut ac, "").json()["naam"], "Voorbeeld Advocaten");
}

#[test]
fn a_deleted_relation_stays_listed_until_it_is_purged() {
    let mut ac = with_relaties(Variants::default(), 2);
    ac.delete(NOW, List::Relaties, "1000").unwrap();
    let listed = |ac: &mut AdvocaatCentraal| get(ac, "/relaties").json()["relaties"].as_array().unwrap().len();
    assert_eq!(listed(&mut ac), 2);
    assert_eq!(get(&mut ac, "/relaties/1000").status, 410);
    ac.purge(List::Relaties, "1000").unwrap();
    assert_eq!(listed(&mut ac), 1);
    assert_eq!(get(&mut ac, "/relaties/1000").status, 404);
}

#[test]
fn creating_and_deleting_are_refused_and_counted() {
    let mut ac = with_relaties(Variants::default(), 1);
    assert_eq!(ac.handle(NOW, &request("POST", "/relaties").with_json(&json!({}))).status, 405);
    assert_eq!(ac.handle(NOW, &request("DELETE", "/relaties/1000")).status, 405);
    assert_eq!(ac.counters().violations(), 2);
    assert_eq!(ac.counters().writes(), 0);
    assert!(ac.relatie("1000").is_some());
}

#[test]
fn an_edit_of_a_contact_person_moves_the_relation_or_does_not() {
    for (variant, moved) in [(ChildEditsMoveParent::Yes, true), (ChildEditsMoveParent::No, false)] {
        let mut ac = with_relaties(Variants { child_edits_move_parent: variant, ..Variants::default() }, 1);
        let person = json!({"id": "5001", "achternaam": "Voorbeeld", "koppelingen": [{"relatie_id": "1000"}]});
        ac.load(List::Contactpersonen, [fields(person)]);
        let before = ac.relatie("1000").unwrap().current().changed();
        ac.edit_contactpersoon(NOW, "5001", |fields| {
            fields.insert("mobiel".into(), "06 5550 0001".into());
        })
        .unwrap();
        assert_eq!(ac.relatie("1000").unwrap().current().changed() > before, moved);
    }
}

#[test]
fn a_late_change_is_listed_late_and_read_at_once() {
    let late = Duration::from_secs(240);
    let mut ac = with_relaties(Variants { late_visible: late, ..Variants::default() }, 1);
    ac.edit_relatie(NOW, "1000", |fields| {
        fields.insert("bedrijfsnaam".into(), "Later".into());
    })
    .unwrap();
    let listed = |ac: &mut AdvocaatCentraal, now| {
        ac.handle(now, &request("GET", "/relaties")).json()["relaties"][0]["bedrijfsnaam"].clone()
    };
    assert_eq!(get(&mut ac, "/relaties/1000").json()["bedrijfsnaam"], "Later");
    assert_eq!(listed(&mut ac, NOW), "Bedrijf 0");
    assert_eq!(listed(&mut ac, NOW.plus(late)), "Later");
}

#[test]
fn calls_and_writes_are_counted_without_values() {
    let mut ac = with_relaties(Variants::default(), 1);
    get(&mut ac, "/relaties/1000");
    let before = ac.counters().writes();
    ac.handle(NOW, &request("PUT", "/relaties/1000").with_json(&json!({"bedrijfsnaam": "B", "website": null})));
    assert_eq!(ac.writes_since(before), 1);
    assert_eq!(ac.counters().calls()[&("GET".to_owned(), "relaties/{id}".to_owned())], 1);
    assert_eq!(ac.counters().written().last().unwrap().members, ["bedrijfsnaam", "website"]);
    ac.reset_counters();
    assert_eq!(ac.counters().total(), 0);
}
